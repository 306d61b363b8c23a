"""The area as a map: its parts, and where its open cases lie; a drawing with a list, and tiles for who can use them."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.errors import NotFound
from linli.cases.catalogue import category_by_key
from linli.cases.kinds import kind_of
from linli.cases.points import Pointed, open_points, open_points_at
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.may import watches
from linli.posts.tree import Node, parted_at, standing_at
from linli.web.map import Map, Pin
from linli.web.outlines import codes_in, sent
from linli.web.templatetags.places import DRAWN, rings_of
from linli.web.tiles import Feature, Tile, packed
from linli.web.times import left_words

FIRST_ZOOM = 11  # from which on single cases can be told apart
MOST_PARTS, MOST_PINS = 80, 100
_TILE = {"z": 0, "x": 0, "y": 0}


@require_safe
@seated
def area_map(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The parts of a place as a map that leads further down; in a village and a grid with the open cases."""
    node = standing_at(by, request.GET.get("place", ""))
    found = open_points_at(node.here, by=by, most=MOST_PINS) if node.here.level >= Level.VILLAGE else []
    context = {
        "node": node,
        "map": _map(node, parted_at(node, by).here, found),
        "shown": len(found),
        "most": MOST_PINS,
        "afar": watches(by),
    }
    return render(request, "desk/map.html", context)


@require_safe
@seated
def area_tile(request: HttpRequest, by: PostActor, /, **at: int) -> HttpResponse:
    """One tile of open cases that the post sees: number and limit, no words."""
    tile = Tile(**at)
    if not tile.is_there or tile.z < FIRST_ZOOM:
        raise NotFound
    codes = codes_in(tile, (Level.VILLAGE, Level.GRID))
    found = open_points(codes, by=by, box=tile.box) if codes else []
    return sent(request, packed({"cases": [_feature(each) for each in found]}, tile))


def _feature(each: Pointed) -> Feature:
    known = {"href": reverse("desk:case", args=[each.number]), "state": _light(each)[0]}
    return Feature(shapely.Point(each.longitude, each.latitude), known)


def _light(each: Pointed) -> tuple[str, str]:
    if each.due is None:
        return "calm", _("no limit")
    left = left_words(each.due, timezone.now())
    return left.state, left.words


def _map(node: Node, parted: Division, found: Sequence[Pointed]) -> Map:
    drawn = Division.objects.current().filter(outline__isnull=False).select_related("parent").only(*DRAWN)
    parts = list(drawn.filter(parent=parted).order_by("code")[:MOST_PARTS])
    shown = parts or list(drawn.filter(pk=parted.pk))
    note = _("The grids are drawn schematically; they are not surveyed borders.")
    return Map(
        [outline for each in shown for outline in rings_of(each, href=_down(each) if parts else "")],
        [_pin(each) for each in found],
        title=_("Map: %(place)s") % {"place": node.here.name},
        note=note if any(each.schematic for each in shown) else "",
        points=reverse("desk:map_tile", kwargs=_TILE).replace("0/0/0", "{z}/{x}/{y}"),
    )


def _down(part: Division) -> str:
    return f"{reverse('desk:map')}?{urlencode({'place': part.trimmed})}"


def _pin(each: Pointed) -> Pin:
    about = category_by_key(each.kind, each.category) or kind_of(each.kind).procedure.label
    state, words = _light(each)
    label = f"{each.number} {about} · {words}"
    css = "" if state == "late" else "is-quiet"
    return Pin(each.longitude, each.latitude, label, css=css, href=reverse("desk:case", args=[each.number]))
