"""The map of an area: its parts coloured by what is open or overdue; at the lowest level the open cases as points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.cases.points import open_points_at
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.divisions.shapes import rings
from linli.portals.command.picture import FAR, Area, Picture
from linli.posts.actor import PostActor
from linli.web.map import Map, Outline, Pin

OVERDUE, OPEN, RATE, GRIDS, PEOPLE = "overdue", "open", "rate", "grids", "people"
STEPS = 4  # shades beside that of nothing
MOST_POINTS = 60
FINEST = 1 / 400  # of the width of the map
COUNTRY = 60.0  # degrees


@dataclass(frozen=True)
class Shade:
    """A shade of the map and the numbers it stands for."""

    css: str
    words: str


@dataclass(frozen=True)
class Shaded:
    """The map with what its shades mean, and from where to where the numbers of its parts go."""

    map: Map
    shades: Sequence[Shade]
    between: str = ""


def value_of(area: Area, measure: str) -> int:
    """What a part is coloured by."""
    values = {OVERDUE: area.overdue, OPEN: area.open, RATE: area.percent, GRIDS: area.per_ten_grids}
    values[PEOPLE] = area.per_ten_thousand
    return values[measure] or 0


def shaded(picture: Picture, measure: str, *, wall: bool = False) -> Shaded:
    """The map of the parts below; a wall shows neither points nor links."""
    here = picture.parted.here
    areas = {area.place.pk: area for area in picture.areas if area.place}
    values = [value_of(area, measure) for area in areas.values()]
    most = max(values, default=0)
    drawn = _drawn(here)
    finest = _width(drawn) * FINEST
    outlines = [
        outline
        for place in drawn
        for outline in _outlines(place, areas.get(place.pk), (measure, most, finest), here=here, wall=wall)
    ]
    pins = [] if wall or here.level < Level.VILLAGE else _pins(here, picture.by)
    schematic = any(place.schematic for place in drawn)
    note = _("The parts are drawn schematically; they are not surveyed borders.") if schematic else ""
    title = _("Map: %(place)s") % {"place": here.name}
    return Shaded(
        Map(outlines, pins, title=title, note=note), _shades(measure, most), _between(measure, values)
    )


def _between(measure: str, values: Sequence[int]) -> str:
    """From where to where the parts' numbers go, in words; parts that are alike have one shade, which is said."""
    if len(values) < 2:
        return ""
    said = {"least": f"{min(values)}{_unit(measure)}", "most": f"{max(values)}{_unit(measure)}"}
    if min(values) == max(values):
        alike = _("All parts are alike: %(most)s cases each.")
        return (_("All parts are alike: %(most)s each.") if measure == RATE else alike) % said
    between = _("The parts lie between %(least)s and %(most)s cases.")
    return (_("The parts lie between %(least)s and %(most)s.") if measure == RATE else between) % said


def _unit(measure: str) -> str:
    return "%" if measure == RATE else ""


def _drawn(here: Division) -> list[Division]:
    """The parts of a place that have an outline, or the place itself."""
    drawn = Division.objects.current().filter(outline__isnull=False).defer(None)
    below = list(drawn.filter(parent=here).order_by("code"))
    return below or list(drawn.filter(pk=here.pk))


def _width(places: Sequence[Division]) -> float:
    east = [place.longitude for place in places if place.longitude is not None]
    spread = max(east) - min(east) if len(east) > 1 else 0.01
    return min(max(spread, 0.002), COUNTRY)


def _outlines(
    place: Division, area: Area | None, scale: tuple[str, int, float], *, here: Division, wall: bool
) -> list[Outline]:
    measure, most, finest = scale
    value = value_of(area, measure) if area else 0
    name = place.name.removeprefix(here.name) or place.name  # 第一网格 of 文昌社区: on a map room is short
    label = f"{name} {value}{_unit(measure)}" if area else name
    choices = {"place": place.trimmed, **({} if measure == OVERDUE else {"colour": measure})}
    href = "" if wall or not area else f"{reverse('command:now')}?{urlencode(choices)}"
    css = f"shade-{shade_of(value, most)}"
    return [
        Outline(ring, label=label if number == 0 else "", css=css, href=href)
        for number, ring in enumerate(rings(place.outline or b"", finest=finest))
    ]


def shade_of(value: int, most: int) -> int:
    """Which shade a value has: 0 for nothing, else 1 to STEPS in equal steps of the largest."""
    return 0 if not value else max(1, -(-value * STEPS // most))


def _shades(measure: str, most: int) -> list[Shade]:
    unit = _unit(measure)
    found = [Shade("shade-0", f"0{unit}")]
    for step in range(1, STEPS + 1):
        low, high = (step - 1) * most // STEPS + 1, step * most // STEPS
        if low <= high:
            words = f"{high}{unit}" if low == high else f"{low}–{high}{unit}"
            found.append(Shade(f"shade-{step}", words))
    return found


def _pins(here: Division, by: PostActor) -> list[Pin]:
    now = timezone.now()
    found = sorted(open_points_at(here, by=by), key=lambda each: each.due or FAR)
    return [
        Pin(
            each.longitude,
            each.latitude,
            _("%(number)s, overdue") % {"number": each.number}
            if each.due and each.due < now
            else each.number,
            css="" if each.due and each.due < now else "is-quiet",
            href=reverse("desk:case", args=[each.number]),
        )
        for each in found[:MOST_POINTS]
    ]
