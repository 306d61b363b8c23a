"""Cases that may be the same thing reported twice: of one category, close by, within some days; never sensitive ones.

In Boston's 311 system 17 % of reports had one of the same sort within 50 m and 30 days before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians

from linli.base.coordinates import METRES_PER_DEGREE, metres_between
from linli.base.ids import uuid7
from linli.cases.catalogue import is_sensitive
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Category, Link
from linli.cases.sight import in_sight
from linli.divisions.models import Division
from linli.posts.actor import PostActor
from linli.residents.openings import proposes
from linli.residents.own_activities import LIKENESS

NEAR = 50.0  # metres
DAYS = timedelta(days=30)
MOST = 10


@dataclass(frozen=True)
class Alike:
    """A case that may be the same: how far away, and how many days lie between the two."""

    case: Case
    metres: int
    days: int


def point_of(case: Case) -> tuple[float, float] | None:
    """Longitude and latitude of a case, where its kind keeps them and they are known."""
    detail = kind_of(case.kind).detail_of(case)
    longitude, latitude = getattr(detail, "longitude", None), getattr(detail, "latitude", None)
    return None if longitude is None or latitude is None else (longitude, latitude)


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The metres between two points."""
    return float(metres_between(one, other))


def days_between(one: Case, other: Case) -> int:
    """How many days lie between two reports."""
    return abs(one.at - other.at).days


@dataclass(frozen=True)
class Spot:
    """A report as far as likeness goes: what it is about, where (degrees) and when; it need not be a case yet."""

    kind: str
    category: Category | None
    place: Division
    point: tuple[float, float] | None
    at: datetime


def alike(case: Case, *, by: PostActor) -> list[Alike]:
    """The nearest cases that may be the same, in the actor's area; none for sensitive categories or unknown places."""
    spot = Spot(case.kind, case.category, case.division, point_of(case), case.at)
    return alike_at(spot, by=by, without=case)


@proposes(LIKENESS, closed=list)
def alike_at(spot: Spot, *, by: PostActor, without: Case | None = None) -> list[Alike]:
    """The same for a report that is no case yet."""
    if spot.point is None or spot.category is None or is_sensitive(spot.category):
        return []
    model = kind_of(spot.kind).model
    longitude, latitude = spot.point
    high, wide = NEAR / METRES_PER_DEGREE, NEAR / METRES_PER_DEGREE / max(0.1, cos(radians(latitude)))
    rows = model._default_manager.filter(
        case__in=_around(spot, without, by),
        longitude__range=(longitude - wide, longitude + wide),
        latitude__range=(latitude - high, latitude + high),
    )
    found = []
    for detail in rows.select_related("case__division").defer("case__division__outline"):
        other = detail.case  # type: ignore[attr-defined]
        metres = apart(spot.point, (detail.longitude, detail.latitude))  # type: ignore[attr-defined]
        if metres <= NEAR:
            found.append(Alike(other, round(metres), abs(spot.at - other.at).days))
    return sorted(found, key=lambda each: (each.metres, each.days))[:MOST]


def _around(spot: Spot, without: Case | None, by: PostActor) -> object:
    """The cases of the same village and category, of the days before and after, not linked with this one yet."""
    low, high = by.post.division.span
    place = spot.place.parent if spot.place.level > 5 and spot.place.parent else spot.place
    first, last = place.span
    near = Case.objects.within((max(low, first), min(high, last)))
    cases = in_sight(by, near).filter(
        kind=spot.kind, category=spot.category, id__gte=uuid7(spot.at - DAYS), id__lte=uuid7(spot.at + DAYS)
    )
    if without is None:
        return cases
    linked = Link.objects.filter(source=without).values("target")
    following = Link.objects.filter(target=without).values("source")
    return cases.exclude(pk=without.pk).exclude(pk__in=linked).exclude(pk__in=following)
