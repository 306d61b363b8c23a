"""A day of real requests: Boston's 311 of 2015, read from its Parquet file, in our terms.

Source: City of Boston, 311 Service Requests (PDDL), as collected by johnsliao/bostonservicemap (MIT).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from linli.base.errors import Invalid, Unavailable

try:
    import pyarrow
    from pyarrow import parquet
except ImportError:  # the extra `replay` brings it; nothing else needs it
    pyarrow = parquet = None

BOSTON_TIME = ZoneInfo("America/New_York")
NOWHERE = (-71.0587, 42.3594)  # the default point of requests whose place nobody knew
BOX = (-71.1858, 42.2303, -70.9942, 42.3953)  # west, south, east, north
COLUMNS = [
    "case_id",
    "open_dt",
    "target_dt",
    "closed_dt",
    "reason",
    "type",
    "source",
    "neighborhood",
    "lat",
    "lon",
]
# Their reason: our category. What is not here is something else (0901).
CATEGORIES = {
    "Abandoned Bicycle": "0106", "Air Pollution Control": "0401", "Bridge Maintenance": "0202", "Building": "0206",
    "Catchbasin": "0203", "Code Enforcement": "0101", "Consumer Affairs Issues": "0303", "Disability": "0501",
    "Enforcement & Abandoned Vehicles": "0106", "Environmental Services": "0101", "Fire Department": "0301",
    "Fire Hydrant": "0301", "Generic Noise Disturbance": "0401", "Graffiti": "0102", "Health": "0303",
    "Highway Maintenance": "0202", "Housing": "0302", "Noise Disturbance": "0401", "Park Maintenance & Safety": "0205",
    "Parking Complaints": "0106", "Pothole": "0202", "Recycling": "0101", "Sanitation": "0101",
    "Signs & Signals": "0202", "Street Cleaning": "0102", "Street Lights": "0201",
    "Traffic Management & Engineering": "0106", "Trees": "0107", "Water Issues": "0203",
}  # fmt: skip
CHANNELS = {
    "Constituent Call": "phone", "Citizens Connect App": "web", "Self Service": "web", "Twitter": "web",
    "Employee Generated": "grid", "City Worker App": "grid", "Maximo Integration": "grid",
}  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One request as the city kept it; times are aware, the point is None where it was not known."""

    key: int
    opened: datetime
    promised: datetime | None
    closed: datetime | None
    text: str
    area: str
    category: str
    channel: str
    point: tuple[float, float] | None

    def share(self, part: float) -> datetime:
        """The moment at a part of the way from opening to closing; a day for those still open."""
        whole = (self.closed or self.opened + timedelta(days=1)) - self.opened
        return self.opened + whole * part


def requests_of(path: Path, day: date) -> list[Request]:
    """The requests opened on a day, by the city's clock, in the order of their opening."""
    if parquet is None:
        raise Unavailable(
            _("Reading Parquet files needs pyarrow. Install it with: pip install 'linli[replay]'")
        )
    if not path.is_file():
        raise Invalid(_("There is no file %(path)s.") % {"path": path})
    first = datetime(day.year, day.month, day.day)
    wanted = [("open_dt", ">=", first), ("open_dt", "<", first + timedelta(days=1))]
    try:
        rows = parquet.read_table(path, columns=COLUMNS, filters=wanted).to_pylist()
    except (pyarrow.ArrowException, KeyError, OSError) as trouble:
        raise Invalid(
            _("%(path)s is not the file of requests that is expected here: %(trouble)s")
            % {"path": path, "trouble": str(trouble).splitlines()[0][:200]}
        ) from trouble
    if not rows:
        raise Invalid(_("No requests were opened on %(day)s.") % {"day": day})
    return sorted(_requests(rows), key=lambda each: (each.opened, each.key))


def _requests(rows: list[dict[str, Any]]) -> Iterator[Request]:
    for row in rows:
        point = (row["lon"], row["lat"])
        yield Request(
            key=row["case_id"],
            opened=row["open_dt"].replace(tzinfo=BOSTON_TIME),
            promised=_aware(row["target_dt"]),
            closed=_aware(row["closed_dt"]),
            text=f"{row['type']} ({row['reason']})",
            area=row["neighborhood"] or "",
            category=CATEGORIES.get(row["reason"], "0901"),
            channel=CHANNELS.get(row["source"], "web"),
            point=None if point == NOWHERE else point,
        )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=BOSTON_TIME) if moment else None
