"""A map without JavaScript, tiles or WebGL: outlines and pins as SVG, with the same places as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

METRES_PER_DEGREE = 111_320.0
WIDTH = 640.0
TALLEST = 560.0
MARGIN = 28.0
SMALLEST = 0.002  # degrees: a single pin still shows its surroundings
SCALES = (1, 2, 5)


@dataclass(frozen=True)
class Outline:
    """A ring of (longitude, latitude) in WGS-84, such as a grid or a village."""

    points: Sequence[tuple[float, float]]
    label: str = ""
    css: str = ""
    href: str = ""


@dataclass(frozen=True)
class Pin:
    """A single place; it is numbered on the map and in the list below it."""

    lon: float
    lat: float
    label: str
    css: str = ""
    href: str = ""


@dataclass(frozen=True)
class Map:
    """What to draw. `title` is read out; `note` stands below, such as that grids are only schematic.

    `points` is an address of tiles (with {z}, {x} and {y}) whose points a browser that draws maps shows as well.
    """

    outlines: Sequence[Outline] = ()
    pins: Sequence[Pin] = ()
    title: str = ""
    note: str = ""
    points: str = ""


@dataclass(frozen=True)
class Shape:
    """An outline on paper: its corners for the `points` attribute and the middle for its label."""

    corners: str
    x: float
    y: float
    source: Outline


@dataclass(frozen=True)
class Mark:
    """A pin on paper, with its number."""

    number: int
    x: float
    y: float
    source: Pin


@dataclass(frozen=True)
class Ground:
    """Where the paper lies on the earth, so that a script finds its way back: degrees at a corner, units per degree."""

    west: float
    north: float
    left: float
    top: float
    across: float
    down: float


@dataclass(frozen=True)
class Drawing:
    """A map on paper of `width` by `height`, with a scale bar of `bar` units that stands for `metres`."""

    width: float
    height: float
    shapes: list[Shape]
    marks: list[Mark]
    bar: float
    metres: int
    ground: Ground


@dataclass(frozen=True)
class _Paper:
    """Local equirectangular projection: one degree of longitude shrinks with the cosine of the latitude."""

    west: float
    north: float
    east: float
    south: float

    @property
    def shrink(self) -> float:
        return cos(radians((self.north + self.south) / 2))

    @property
    def unit(self) -> float:
        """Paper units per degree of latitude, so that the whole fits both ways."""
        wide = (WIDTH - 2 * MARGIN) / ((self.east - self.west) * self.shrink)
        tall = (TALLEST - 2 * MARGIN) / (self.north - self.south)
        return min(wide, tall)

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.unit + 2 * MARGIN

    @property
    def left(self) -> float:
        return (WIDTH - (self.east - self.west) * self.shrink * self.unit) / 2

    @property
    def ground(self) -> Ground:
        return Ground(self.west, self.north, self.left, MARGIN, self.shrink * self.unit, self.unit)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        x = self.left + (lon - self.west) * self.shrink * self.unit
        y = MARGIN + (self.north - lat) * self.unit
        return round(x, 1), round(y, 1)


def draw(content: Map) -> Drawing | None:
    """Lay a map out on paper; None if there is nothing to show."""
    places = [point for outline in content.outlines for point in outline.points]
    places += [(pin.lon, pin.lat) for pin in content.pins]
    if not places:
        return None
    paper = _around(places)
    metres = _round_metres(WIDTH / 4 / paper.unit * METRES_PER_DEGREE)
    return Drawing(
        width=WIDTH,
        height=round(paper.height, 1),
        shapes=[_shape(outline, paper) for outline in content.outlines if outline.points],
        marks=[
            Mark(number, *paper.place(pin.lon, pin.lat), source=pin)
            for number, pin in enumerate(content.pins, start=1)
        ],
        bar=round(metres / METRES_PER_DEGREE * paper.unit, 1),
        metres=metres,
        ground=paper.ground,
    )


def _around(places: Iterable[tuple[float, float]]) -> _Paper:
    longitudes, latitudes = zip(*places, strict=True)
    west, east = _widened(min(longitudes), max(longitudes))
    south, north = _widened(min(latitudes), max(latitudes))
    return _Paper(west, north, east, south)


def _widened(low: float, high: float) -> tuple[float, float]:
    spare = max(0.0, SMALLEST - (high - low)) / 2
    return low - spare, high + spare


def _shape(outline: Outline, paper: _Paper) -> Shape:
    corners = [paper.place(lon, lat) for lon, lat in outline.points]
    across, down = zip(*corners, strict=True)
    return Shape(
        corners=" ".join(f"{x},{y}" for x, y in corners),
        x=round((min(across) + max(across)) / 2, 1),
        y=round((min(down) + max(down)) / 2, 1),
        source=outline,
    )


def _round_metres(most: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50 ... that is not above `most`."""
    power = 1
    while power * 10 <= most:
        power *= 10
    return max([power * scale for scale in SCALES if power * scale <= most], default=1)
