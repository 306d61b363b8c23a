"""Vector tiles (MVT 2.1) of shapes and points: cut, thinned and packed here, without a library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import atan, degrees, pi, sinh
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point, Polygon

EXTENT = 4096
MARGIN = 64  # units beyond the edge, so that no border is drawn where tiles meet
THIN = 4.0  # units, half a pixel: finer corners cannot be seen
DEEPEST = 14  # nearer than that a browser enlarges these
Box = tuple[float, float, float, float]
Value = str | int
_POINT, _POLYGON = 1, 3
_MOVE, _LINE, _CLOSE = 1, 2, 7
_VARINT, _BYTES = 0, 2


@dataclass(frozen=True)
class Tile:
    """A square of the web's map: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    @property
    def is_there(self) -> bool:
        """Whether there is such a square, and not a finer one than is made."""
        return 0 <= self.z <= DEEPEST and 0 <= self.x < (1 << self.z) and 0 <= self.y < (1 << self.z)

    @property
    def box(self) -> Box:
        """West, south, east and north, in degrees, with the margin."""
        spare = MARGIN / EXTENT
        west, east = (degrees(self._east(self.x + way)) for way in (-spare, 1 + spare))
        south, north = (degrees(self._up(self.y + way)) for way in (1 + spare, -spare))
        return west, south, east, north

    def units(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Longitudes and latitudes as units from the north-western corner."""
        longitudes, latitudes = points[:, 0], np.radians(points[:, 1])
        across = (longitudes + 180) / 360 * (1 << self.z) - self.x
        down = (1 - np.arcsinh(np.tan(latitudes)) / pi) / 2 * (1 << self.z) - self.y
        return np.column_stack([across, down]) * EXTENT

    def _east(self, x: float) -> float:
        return x / (1 << self.z) * 2 * pi - pi

    def _up(self, y: float) -> float:
        return atan(sinh(pi * (1 - 2 * y / (1 << self.z))))


@dataclass(frozen=True)
class Feature:
    """A polygon or a point in WGS-84 and what is known of it."""

    shape: Any
    known: Mapping[str, Value] = field(default_factory=dict)


def packed(layers: Mapping[str, Iterable[Feature]], tile: Tile) -> bytes:
    """The tile as bytes; empty if nothing of it lies here."""
    return b"".join(_layer(name, features, tile) for name, features in layers.items())


def _layer(name: str, features: Iterable[Feature], tile: Tile) -> bytes:
    keys: dict[str, int] = {}
    values: dict[Value, int] = {}
    bodies = []
    for each in features:
        kind, commands = _drawn(each.shape, tile)
        if commands:
            tags = [
                place
                for key, value in each.known.items()
                for place in (keys.setdefault(key, len(keys)), values.setdefault(value, len(values)))
            ]
            bodies.append(_chunk(2, _packed(2, tags) + _number(3, kind) + _packed(4, commands)))
    if not bodies:
        return b""
    named = b"".join(_chunk(3, key.encode()) for key in keys)
    valued = b"".join(_chunk(4, _value(value)) for value in values)
    head = _number(15, 2) + _chunk(1, name.encode())
    return _chunk(3, head + b"".join(bodies) + named + valued + _number(5, EXTENT))


def _value(value: Value) -> bytes:
    return _number(5, value) if isinstance(value, int) else _chunk(1, value.encode())


def _drawn(shape: Any, tile: Tile) -> tuple[int, list[int]]:
    """The sort of geometry and its commands; none where nothing is left of it."""
    placed = shapely.transform(shape, tile.units)
    if isinstance(placed, Point):
        x, y = round(placed.x), round(placed.y)
        inside = -MARGIN <= x <= EXTENT + MARGIN and -MARGIN <= y <= EXTENT + MARGIN
        return _POINT, [_MOVE | 1 << 3, _zigzag(x), _zigzag(y)] if inside else []
    low, high = -MARGIN, EXTENT + MARGIN
    cut = shapely.clip_by_rect(placed.simplify(THIN), low, low, high, high)
    pen = _Pen()
    for part in shapely.get_parts(cut):
        if isinstance(part, Polygon):
            for place, ring in enumerate((part.exterior, *part.interiors)):
                pen.ring(shapely.get_coordinates(ring), outer=place == 0)
    return _POLYGON, pen.commands


class _Pen:
    """Draws rings, each from where the last one ended."""

    def __init__(self) -> None:
        self.commands: list[int] = []
        self.at = np.zeros(2, np.int64)

    def ring(self, points: NDArray[np.float64], *, outer: bool) -> None:
        """Add a ring; what is smaller than a unit goes. Outer rings run clockwise as seen, inner ones do not."""
        whole = np.rint(points).astype(np.int64)[:-1]
        moved = np.any(np.diff(whole, axis=0, prepend=whole[-1:]) != 0, axis=1)
        whole = whole[moved]
        if len(whole) < 3 or not (area := _area(whole)):
            return
        whole = whole if (area > 0) == outer else whole[::-1]
        steps = np.diff(np.vstack([self.at, whole]), axis=0)
        zigzag = [int(each) for each in ((steps << 1) ^ (steps >> 63)).ravel()]
        line = _LINE | (len(whole) - 1) << 3
        self.commands += [_MOVE | 1 << 3, *zigzag[:2], line, *zigzag[2:], _CLOSE | 1 << 3]
        self.at = whole[-1]


def _area(ring: NDArray[np.int64]) -> int:
    """Twice the area, above nothing if the ring runs clockwise on a sheet whose y goes down."""
    x, y = ring[:, 0], ring[:, 1]
    return int((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _number(place: int, number: int) -> bytes:
    return _varint(place << 3 | _VARINT) + _varint(number)


def _chunk(place: int, body: bytes) -> bytes:
    return _varint(place << 3 | _BYTES) + _varint(len(body)) + body


def _packed(place: int, numbers: Sequence[int]) -> bytes:
    return _chunk(place, b"".join(map(_varint, numbers)))
