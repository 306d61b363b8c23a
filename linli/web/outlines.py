"""The places of a map as tiles for everybody: names and borders of towns, villages and grids, and nothing else."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from shapely import STRtree

from linli.base.errors import NotFound
from linli.base.generations import Cached, generations
from linli.divisions.codes import Level
from linli.divisions.models import FAMILY, Division
from linli.divisions.shapes import restored
from linli.web.tiles import Feature, Tile, packed

MVT = "application/vnd.mapbox-vector-tile"
FIRST_ZOOM = {
    Level.COUNTY: 0,
    Level.TOWN: 9,
    Level.VILLAGE: 12,
    Level.GRID: 13,
}  # from which on each is drawn
MOST_KEPT = 4_000  # tiles; a county has some hundred
_ROUGH = 0.00001  # degrees, about a metre
# A browser draws Chinese and full-width signs by itself, and silently leaves out what it would need a font for.
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


@dataclass(frozen=True)
class Places:
    """The outlines of one level, to be asked by box."""

    codes: list[int]
    names: list[str]
    shapes: Any
    tree: STRtree

    def within(self, tile: Tile) -> list[int]:
        """Which of them touch a tile."""
        return sorted(int(each) for each in self.tree.query(shapely.box(*tile.box), predicate="intersects"))


def codes_in(tile: Tile, levels: Iterable[Level]) -> set[int]:
    """The 17-digit codes of the places of these levels that touch a tile."""
    found: set[int] = set()
    for level in levels:
        places = _places(level)
        found |= {places.codes[each] for each in places.within(tile)}
    return found


def extent() -> tuple[float, float, float, float] | None:
    """West, south, east and north of all that has an outline; None if nothing has."""
    for level in FIRST_ZOOM:
        shapes = _places(level).shapes
        if len(shapes):
            west, south, east, north = (float(each) for each in shapely.total_bounds(shapes))
            return west, south, east, north
    return None


@require_safe
def outlines(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One tile of borders and names; who has it already is told so without drawing it anew."""
    tile = Tile(z, x, y)
    if not tile.is_there:
        raise NotFound
    etag = quote_etag(f"{generations().get(FAMILY, 0)}-{z}-{x}-{y}")
    same = get_conditional_response(request, etag=etag)
    response = same or sent(request, _tile(tile))
    response.headers["ETag"], response.headers["Cache-Control"] = etag, "public, max-age=300"
    return response


def sent(request: HttpRequest, tile: bytes) -> HttpResponse:
    """A tile as an answer, squeezed for who takes it so: half the bytes of a telephone's plan."""
    takes = "gzip" in request.headers.get("accept-encoding", "")
    response = HttpResponse(squeezed(tile) if takes else tile, content_type=MVT)
    response.headers["Vary"] = "Accept-Encoding"
    if takes:
        response.headers["Content-Encoding"] = "gzip"
    return response


def squeezed(tile: bytes) -> bytes:
    """The tile as it travels; the same tile always gives the same bytes."""
    return gzip.compress(tile, 6, mtime=0)


def _tile(tile: Tile) -> bytes:
    kept = _kept()
    if tile not in kept:
        made = packed({"places": _features(tile)}, tile)
        if not made or len(kept) >= MOST_KEPT:
            return made
        kept[tile] = made
    return kept[tile]


def _features(tile: Tile) -> Iterable[Feature]:
    """The finest level that fits the zoom and is drawn here."""
    for level in sorted((level for level, first in FIRST_ZOOM.items() if first <= tile.z), reverse=True):
        places = _places(level)
        if found := places.within(tile):
            return [Feature(places.shapes[each], {"name": places.names[each]}) for each in found]
    return []


def _read(level: Level) -> Places:
    found = list(
        Division.objects.current()
        .filter(level=level, outline__isnull=False)
        .order_by("code")
        .values_list("code", "name", "parent__name", "outline")
    )
    shapes: Any = np.empty(len(found), object)
    for place, row in enumerate(found):
        shapes[place] = restored(row[3] or b"").simplify(_ROUGH)
    names = [
        str(name).removeprefix(str(parent or "")).translate(WIDE) for _code, name, parent, _outline in found
    ]
    return Places([int(row[0]) for row in found], names, shapes, STRtree(shapes))


_places: Cached[Places] = Cached(FAMILY, _read)
_kept: Cached[dict[Tile, bytes]] = Cached(FAMILY, dict)
