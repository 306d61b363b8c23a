"""From a point on the earth (WGS-84) to the grid it lies in, today; one point or a million."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any

import numpy as np
import shapely
from django.db.models import Min, Q
from django.utils import timezone
from numpy.typing import ArrayLike, NDArray

from linli.base.generations import Cached
from linli.base.worktime import PLACE_TIME
from linli.divisions.cells import CellIndex, How
from linli.divisions.models import FAMILY, GRID_KINDS, Division


@dataclass(frozen=True)
class Located:
    """`how` is inside, nearest or outside; `contested` says that several grids claim the point."""

    grid: Division | None
    how: str
    distance_m: float
    contested: bool = False


@dataclass(frozen=True)
class Grids:
    """The grids of one day as an index. `until` is the first day on which it may be out of date."""

    ids: NDArray[np.int64]
    index: CellIndex
    until: date


def locate(longitude: float, latitude: float) -> Located:
    """The grid of one point; in a gap the nearest within 2 km, and it says so."""
    grids = _grids()
    position, how, metres = grids.index.locate(float(longitude), float(latitude))
    if how is How.OUTSIDE:
        return Located(None, "outside", inf)
    grid = _division(int(grids.ids[position]))
    return Located(grid, "nearest" if how is How.NEAREST else "inside", metres, how is How.CONTESTED)


def locate_many(longitudes: ArrayLike, latitudes: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """The ids of the grids of many points (0 for none) and how each was found (cells.How)."""
    grids = _grids()
    positions, how = grids.index.locate_many(np.asarray(longitudes), np.asarray(latitudes))
    ids = np.zeros(len(positions), np.int64)
    found = positions >= 0
    ids[found] = grids.ids[positions[found]]
    return ids, how


def _grids() -> Grids:
    grids = _cached()
    if grids.until <= timezone.localdate(timezone=PLACE_TIME):
        _cached.forget()
        grids = _cached()
    return grids


def _make() -> Grids:
    today = timezone.localdate()
    rows = list(
        Division.objects.as_of(today)
        .filter(kind__in=GRID_KINDS, outline__isnull=False)
        .order_by("code")
        .values_list("id", "code", "outline")
    )
    cells: Any = np.empty(0, object)
    if rows:
        cells = shapely.from_wkb([bytes(outline or b"") for _id, _code, outline in rows])
    codes = np.array([code for _id, code, _outline in rows], np.int64)
    return Grids(np.array([id_ for id_, *_rest in rows], np.int64), CellIndex(cells, codes), _until(today))


def _until(today: date) -> date:
    """The next day on which some grid begins or ends."""
    grids = Division.objects.filter(kind__in=GRID_KINDS)
    begins = grids.filter(valid_from__gt=today).aggregate(day=Min("valid_from"))["day"]
    ends = grids.filter(Q(valid_to__gt=today)).aggregate(day=Min("valid_to"))["day"]
    return min(begins or date.max, ends or date.max)


def _read(key: int) -> Division:
    return Division.objects.get(pk=key)


_cached: Cached[Grids] = Cached(FAMILY, _make)
_division: Cached[Division] = Cached(FAMILY, _read)

__all__ = ["How", "Located", "locate", "locate_many"]
