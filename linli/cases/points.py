"""Where open cases lie, for maps: number, kind of thing and limit; never words, photos or people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist

from linli.cases.kinds import Kind, all_kinds
from linli.cases.models import Case, areas_see
from linli.cases.sight import in_sight
from linli.divisions.models import Division
from linli.posts.actor import PostActor

MOST = 2_000  # more points on one tile nobody can tell apart
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Pointed:
    """An open case with a point, in WGS-84; `category` is its key."""

    number: str
    kind: str
    category: int | None
    due: datetime | None
    longitude: float
    latitude: float


def open_points(
    codes: Collection[int], *, by: PostActor, box: Box | None = None, most: int = MOST
) -> list[Pointed]:
    """The open cases of these places (17-digit codes) that the actor's area gives sight of, the newest first.

    `box` is west, south, east and north.
    """
    found = [
        each
        for kind in all_kinds()
        if _has_points(kind)
        for each in _of_kind(kind, codes, by, box=box, most=most)
    ]
    return found[:most]


def open_points_at(place: Division, *, by: PostActor, most: int = MOST) -> list[Pointed]:
    """The newest open cases of a village or a grid; a village's own code holds what lies in none of its grids."""
    below = Division.objects.current().filter(parent=place).values_list("code", flat=True)
    return open_points({place.code, *below}, by=by, most=most)


def _has_points(kind: Kind) -> bool:
    try:
        kind.model._meta.get_field("longitude")
    except FieldDoesNotExist:
        return False
    return areas_see(kind.name)


def _of_kind(
    kind: Kind, codes: Collection[int], by: PostActor, *, box: Box | None, most: int
) -> list[Pointed]:
    low, high = by.area
    cases = Case.everywhere.in_grids(codes).filter(closed_at=None, code_now__gte=low, code_now__lt=high)
    rows = kind.model._default_manager.filter(case__in=in_sight(by, cases), longitude__isnull=False)
    if box:
        west, south, east, north = box
        rows = rows.filter(longitude__range=(west, east), latitude__range=(south, north))
    read = ("case__number", "case__category_id", "case__due", "longitude", "latitude")
    newest = rows.order_by("-case_id").values_list(*read)[:most]
    return [
        Pointed(number, kind.name, category, due, longitude, latitude)
        for number, category, due, longitude, latitude in newest
    ]
