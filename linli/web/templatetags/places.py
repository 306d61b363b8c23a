"""The map of a case's place: its grid among the neighbouring ones, and the point if there is one."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from shapely.geometry import Polygon

from linli.divisions.models import Division
from linli.divisions.shapes import restored
from linli.web.map import Map, Outline, Pin
from linli.web.templatetags.frames import svg_map

register = template.Library()

MOST = 40
DRAWN = ("name", "outline", "schematic", "parent__name")
FINEST = 0.00003  # degrees, some three metres: finer corners cannot be seen
VILLAGE = 5


@register.inclusion_tag("web/map.html")
def place_map(
    division: Division, longitude: float | None = None, latitude: float | None = None
) -> dict[str, Any]:
    """`{% place_map case.division detail.longitude detail.latitude %}`: works for any kind of case."""
    shown = _around(division)
    pins = (
        [] if longitude is None or latitude is None else [Pin(longitude, latitude, _("The place reported"))]
    )
    schematic = any(each.schematic for each in shown)
    note = _("The grids are drawn schematically; they are not surveyed borders.") if schematic else ""
    outlines = [outline for each in shown for outline in _outlines(each, here=each.pk == division.pk)]
    return svg_map(Map(outlines, pins, title=_("Where it is"), note=note), "where")


def _around(division: Division) -> list[Division]:
    """A grid and its neighbours in the village, or the grids of a village; nothing for wider areas."""
    if division.level < VILLAGE:
        return []
    parent = division.pk if division.level == VILLAGE else division.parent_id
    drawn = Division.objects.current().filter(parent=parent, outline__isnull=False)
    drawn = (
        drawn.select_related("parent").defer(None).only(*DRAWN)
    )  # lists leave outlines out; this one draws them
    return list(drawn.order_by("code")[:MOST])


def _outlines(division: Division, *, here: bool) -> list[Outline]:
    name = division.name.removeprefix(division.parent.name if division.parent else "")
    area = restored(division.outline or b"").simplify(FINEST)
    parts = [area] if isinstance(area, Polygon) else list(getattr(area, "geoms", ()))
    rings = [[(x, y) for x, y, *_z in part.exterior.coords] for part in parts if isinstance(part, Polygon)]
    return [
        Outline(ring, label=name if place == 0 else "", css="is-here" if here else "")
        for place, ring in enumerate(rings)
    ]
