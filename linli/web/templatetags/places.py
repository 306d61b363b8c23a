"""The map of a case's place: its grid among the neighbouring ones, and the point if there is one."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from linli.divisions.models import Division
from linli.divisions.shapes import rings
from linli.web.map import Map, Outline, Pin
from linli.web.templatetags.frames import svg_map

register = template.Library()

MOST = 40
DRAWN = ("name", "code", "level", "outline", "schematic", "parent__name")
FINEST = 0.00003  # degrees, some three metres: finer corners cannot be seen
VILLAGE = 5


@register.inclusion_tag("web/map.html", takes_context=True)
def place_map(
    context: template.Context,
    division: Division,
    longitude: float | None = None,
    latitude: float | None = None,
) -> dict[str, Any]:
    """`{% place_map case.division detail.longitude detail.latitude %}`: works for any kind of case."""
    pins = (
        [] if longitude is None or latitude is None else [Pin(longitude, latitude, _("The place reported"))]
    )
    return svg_map(context, map_around(division, pins, title=_("Where it is")), "where")


def map_around(division: Division, pins: list[Pin], *, title: str) -> Map:
    """A grid among its neighbours, or the grids of a village, with pins; some three statements."""
    shown = _around(division)
    schematic = any(each.schematic for each in shown)
    note = _("The grids are drawn schematically; they are not surveyed borders.") if schematic else ""
    outlines = [outline for each in shown for outline in rings_of(each, here=each.pk == division.pk)]
    return Map(outlines, pins, title=title, note=note)


def _around(division: Division) -> list[Division]:
    """A grid and its neighbours in the village, or the grids of a village; nothing for wider areas."""
    if division.level < VILLAGE:
        return []
    parent = division.pk if division.level == VILLAGE else division.parent_id
    drawn = Division.objects.current().filter(parent=parent, outline__isnull=False)
    return list(drawn.select_related("parent").only(*DRAWN).order_by("code")[:MOST])


def rings_of(division: Division, *, here: bool = False, href: str = "") -> list[Outline]:
    """What is drawn of a division that was read with its outline and its parent's name; one ring of it has the name."""
    name = division.name.removeprefix(division.parent.name if division.parent else "")
    return [
        Outline(
            ring,
            label=name if place == 0 else "",
            css="is-here" if here else "",
            href=href if place == 0 else "",
        )
        for place, ring in enumerate(rings(division.outline or b"", finest=FINEST))
    ]
