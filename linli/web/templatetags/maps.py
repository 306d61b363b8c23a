"""`{% live_map %}`: what a figure says of itself so that web/map.js makes a map of it that can be moved."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from linli.web.map import Ground
from linli.web.outlines import extent

register = template.Library()
_TILE = {"z": 0, "x": 0, "y": 0}


@cache
def can_move() -> bool:
    """Whether this installation was built with the script of the maps; without it they stay drawings."""
    return finders.find("maplibre/maplibre-gl.js") is not None


@register.simple_tag(takes_context=True)
def live_map(context: template.Context, ground: Ground | None = None, points: str = "") -> SafeString:
    """Attributes of `<figure>`; the page's content policy then lets the map's worker run."""
    request = context.get("request")
    if request is None or not can_move():
        return SafeString("")
    request.has_map = True
    told: dict[str, Any] = {
        "script": static("maplibre/maplibre-gl.js"),
        "style": static("maplibre/maplibre-gl.css"),
        "letters": static("web/empty.pbf"),
        "places": reverse("web:outlines", kwargs=_TILE).replace("0/0/0", "{z}/{x}/{y}"),
        "points": points,
        "base": settings.MAP_TILES,
        "credit": settings.MAP_CREDIT,
        "ground": vars(ground) if ground else None,
        "extent": None if ground else extent(),
        "words": _words(),
    }
    return format_html(' data-map="{}" data-told="{}"', static("web/map.js"), json.dumps(told))


def _words() -> dict[str, str]:
    return {
        "Map.Title": _("Map"),
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and scroll to zoom"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom"),
        "CooperativeGesturesHandler.MobileHelpText": _("Move the map with two fingers"),
        "Marker.Title": _("The place"),
    }


@register.inclusion_tag("web/pin_map.html", takes_context=True)
def pin_map(context: template.Context, longitude: str, latitude: str) -> dict[str, Any]:
    """`{% pin_map "id_longitude" "id_latitude" %}`: a pin to be dragged fills the two fields of these ids.

    Shown only where the browser draws maps; the fields and the list of places do without it.
    """
    attributes = live_map(context)
    return {"attributes": attributes, "longitude": longitude, "latitude": latitude}
