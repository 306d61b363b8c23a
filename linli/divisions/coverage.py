"""Where the tree has holes: villages nobody has divided into grids."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from linli.divisions.codes import Level
from linli.divisions.models import GRID_KINDS, Division, Divisions, Kind


def villages_without_grids(code: str) -> Divisions:
    """The villages and communities of an area that have no grid now, in the order of their codes."""
    grids = Division.objects.filter(parent=OuterRef("pk"), valid_to=None, kind__in=GRID_KINDS)
    villages = Division.objects.within(code).current().filter(level=Level.VILLAGE)
    return villages.exclude(kind=Kind.PLACEHOLDER).exclude(Exists(grids)).order_by("code")
