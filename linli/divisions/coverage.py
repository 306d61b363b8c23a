"""How the tree is divided into grids: how many lie in each part, and villages nobody has divided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db.models import Exists, OuterRef

from linli.base.generations import Cached
from linli.divisions.codes import SIZES, Level
from linli.divisions.models import FAMILY, GRID_KINDS, Division, Divisions, Kind


def villages_without_grids(code: str) -> Divisions:
    """The villages and communities of an area that have no grid now, in the order of their codes."""
    grids = Division.objects.filter(parent=OuterRef("pk"), valid_to=None, kind__in=GRID_KINDS)
    villages = Division.objects.within(code).current().filter(level=Level.VILLAGE)
    return villages.exclude(kind=Kind.PLACEHOLDER).exclude(Exists(grids)).order_by("code")


def grids_by_part(code: str, level: int) -> Mapping[int, int]:
    """How many grids lie in each part of an area, by the part's 17-digit code; `level` is that of the parts."""
    return _grids_by_part(code, level)


def _read_grids(code: str, level: int) -> Mapping[int, int]:
    size = SIZES[level]
    codes = Division.objects.within(code).current().filter(kind__in=GRID_KINDS).values_list("code", flat=True)
    return Counter(each // size * size for each in codes)


_grids_by_part: Cached[Mapping[int, int]] = Cached(FAMILY, _read_grids)
