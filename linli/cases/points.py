"""Where open cases lie, for maps: number, kind of thing and limit; never words, photos or people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist

from linli.cases.kinds import Kind, all_kinds
from linli.cases.models import Case, areas_see

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
    codes: Collection[int], *, span: tuple[int, int], box: Box | None = None, most: int = MOST
) -> list[Pointed]:
    """The open cases of these places (17-digit codes) that lie in a span of codes, the newest first.

    Only of kinds that area gives sight of; `box` is west, south, east and north.
    """
    found = [
        each for kind in all_kinds() if _has_points(kind) for each in _of_kind(kind, codes, (span, box, most))
    ]
    return found[:most]


def _has_points(kind: Kind) -> bool:
    try:
        kind.model._meta.get_field("longitude")
    except FieldDoesNotExist:
        return False
    return areas_see(kind.name)


def _of_kind(
    kind: Kind, codes: Collection[int], within: tuple[tuple[int, int], Box | None, int]
) -> list[Pointed]:
    (low, high), box, most = within
    cases = Case.everywhere.in_grids(codes).filter(closed_at=None, code_now__gte=low, code_now__lt=high)
    rows = kind.model._default_manager.filter(case__in=cases.seen_by_area(), longitude__isnull=False)
    if box:
        west, south, east, north = box
        rows = rows.filter(longitude__range=(west, east), latitude__range=(south, north))
    read = ("case__number", "case__category_id", "case__due", "longitude", "latitude")
    newest = rows.order_by("-case_id").values_list(*read)[:most]
    return [
        Pointed(number, kind.name, category, due, longitude, latitude)
        for number, category, due, longitude, latitude in newest
    ]
