"""Outlines from GeoJSON (WGS-84, GCJ-02, BD-09): converted, mended, matched by code, feature by feature."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry import shape

from linli.base.coordinates import EAST, NORTH, SOUTH, WEST, Datum, to_wgs84
from linli.base.errors import Invalid, Refusal
from linli.base.generations import bump
from linli.base.text import half_width, tidy
from linli.base.writing import writing
from linli.divisions import sources
from linli.divisions.codes import Level, level_of, parent_of, parse_code
from linli.divisions.models import FAMILY, LOCAL, Division, Kind
from linli.divisions.shapes import Area, as_area, stored
from linli.ledger.records import By, Line, record

BATCH = 100
CODE_PROPERTIES = ("code", "adcode")
LEVEL_WORDS = {
    "province": 1,
    "city": 2,
    "district": 3,
    "county": 3,
    "town": 4,
    "street": 4,
    "village": 5,
    "grid": 6,
}
Progress = Callable[[int, int], None]


@dataclass
class Report(sources.Report):
    """What became of the features; codes are trimmed strings."""

    taken: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)  # grids the tree did not have
    mended: list[str] = field(default_factory=list)
    bad: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0

    def counts(self) -> dict[str, int]:
        """The numbers, for the ledger and for the person who ran it."""
        lists = {name: len(getattr(self, name)) for name in ("taken", "added", "mended", "bad")}
        return lists | {"unchanged": self.unchanged}

    def lines(self) -> Iterator[str]:
        """The report as sentences."""
        yield _(
            "{taken} outlines taken, {added} grids added, {mended} mended, {unchanged} unchanged."
        ).format(**self.counts())
        for code in self.mended:
            yield _("{code}: the outline crossed itself and was mended").format(code=code)
        for where, why in self.bad:
            yield _("{where}: left out. {why}").format(where=where, why=why)


@dataclass(frozen=True)
class Source:
    """Where outlines come from: their datum, the day new grids begin, the property that holds the code."""

    datum: Datum
    on: date
    code_property: str = ""


def read_features(path: Path) -> list[Any]:
    """The features of a GeoJSON file; Invalid if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as trouble:
        raise Invalid(
            _("{file} cannot be read: {reason}").format(file=path.name, reason=trouble)
        ) from trouble
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise Invalid(_("{file} is not a GeoJSON collection of features.").format(file=path.name))
    return features


def import_boundaries(
    features: list[Any], source: Source, *, by: By, progress: Progress | None = None
) -> Report:
    """Give divisions the outlines of these features; bad ones are reported one by one, good ones taken."""
    report = Report()
    for start in range(0, len(features), BATCH):
        batch = list(enumerate(features[start : start + BATCH], start=start + 1))
        outlines = [outline for place, feature in batch if (outline := _read(place, feature, source, report))]
        with writing():
            for outline in outlines:
                _take(outline, source, report)
            bump(FAMILY)
        if progress:
            progress(start + len(batch), len(features))
    if report.taken or report.added:
        with writing():
            facts = report.counts() | {"datum": source.datum.value}
            record(Line("divisions.boundaries", by, division=0, facts=facts))
    return report


@dataclass(frozen=True)
class Outline:
    """One feature, read and converted. `level` is what the file says, if it says anything."""

    where: str
    code: str
    level: int | None
    name: str
    area: Area
    mended: bool


def _read(place: int, feature: Any, source: Source, report: Report) -> Outline | None:
    """The feature as an outline, or None with the reason in the report."""
    where = _("feature {number}").format(number=place)
    try:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise Invalid(_("It has no properties."))
        code = _code_of(properties, source)
        where = f"{where} ({code})"
        area, mended = _area_of(feature.get("geometry"), source.datum)
        name = tidy(str(properties.get("name") or ""))[:100]
        return Outline(where, code, LEVEL_WORDS.get(str(properties.get("level"))), name, area, mended)
    except Refusal as refusal:
        report.bad.append((where, str(refusal.sentence)))
        return None


def _code_of(properties: dict[str, Any], source: Source) -> str:
    for name in (source.code_property,) if source.code_property else CODE_PROPERTIES:
        if properties.get(name) not in (None, ""):
            code = str(properties[name])
            level_of(code)
            return half_width(code).strip()
    raise Invalid(_("It has no code."))


def _area_of(geometry: Any, datum: Datum) -> tuple[Area, bool]:
    """The polygon in WGS-84, and whether it had to be mended."""
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise Invalid(_("It is not a polygon."))
    try:
        drawn = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError) as trouble:
        raise Invalid(_("Its coordinates cannot be read.")) from trouble
    if drawn.is_empty or not np.isfinite(shapely.get_coordinates(drawn)).all():
        raise Invalid(_("It has no coordinates."))
    west, south, east, north = drawn.bounds
    if not (west >= WEST and east <= EAST and south >= SOUTH and north <= NORTH):
        raise Invalid(_("It lies outside China; perhaps longitude and latitude are the wrong way round."))
    drawn = shapely.transform(
        drawn, lambda points: np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))
    )
    area = as_area(drawn)
    if area.is_empty:
        raise Invalid(_("It encloses nothing."))
    return area, not drawn.is_valid


def _take(outline: Outline, source: Source, report: Report) -> None:
    try:
        division = _division_of(outline) or _new_grid(outline, source, report)
    except Refusal as refusal:
        report.bad.append((outline.where, str(refusal.sentence)))
        return
    drawn = stored(outline.area)
    if division.pk and not division.schematic and bytes(division.outline or b"") == drawn:
        report.unchanged += 1
        return
    centre = outline.area.representative_point()
    division.outline, division.schematic, division.datum = drawn, False, source.datum
    division.longitude, division.latitude = round(centre.x, 6), round(centre.y, 6)
    division.save()
    report.taken.append(division.trimmed)
    if outline.mended:
        report.mended.append(division.trimmed)


def _division_of(outline: Outline) -> Division | None:
    """The row with that code; vendors pad theirs (320100 is the city 3201), so the level may have to decide."""
    rows = list(Division.objects.current().filter(code=parse_code(outline.code)).defer(None))
    if len(rows) > 1:
        wanted = outline.level or level_of(outline.code)
        rows = [row for row in rows if row.level == wanted]
    return rows[0] if rows else None


def _new_grid(outline: Outline, source: Source, report: Report) -> Division:
    """Grids may come with their outlines; anything above them must be in the tree already."""
    level = level_of(outline.code)
    if level < Level.GRID:
        raise Invalid(_("There is no division {code} in force.").format(code=outline.code))
    parent = Division.objects.coded(parent_of(outline.code)).current().first()
    if parent is None or not outline.name:
        raise Invalid(_("A new grid needs a name and a village that is in the tree."))
    report.added.append(outline.code)
    grid = Division(
        code=parse_code(outline.code), level=level, name=outline.name, parent=parent, source=LOCAL
    )
    grid.valid_from, grid.kind = source.on, Kind.GRID if level == Level.GRID else Kind.MICRO_GRID
    return grid


__all__ = ["Report", "Source", "import_boundaries", "read_features"]
