"""An invented outline that looks as if rivers and ridges had drawn it. Schematic, and said to be."""

from __future__ import annotations

from math import cos, pi, radians, sin

from shapely.geometry import Polygon

from linli.base.coordinates import METRES_PER_DEGREE

POINTS = 96
# (bends around the circle, how strong, turned by): bays from the slow ones, a ragged edge from the fast ones.
WAVES = ((2, 0.13, 0.6), (3, 0.09, 2.1), (5, 0.05, 4.0), (9, 0.025, 1.3), (17, 0.014, 5.2), (31, 0.008, 0.4))


def invented_outline(centre: tuple[float, float], square_kilometres: float, *, turn: float = 0.0) -> Polygon:
    """A place of about this size around a point; `turn` makes another shape."""
    radius = (square_kilometres / pi) ** 0.5 * 1000 / METRES_PER_DEGREE
    narrow = cos(radians(centre[1]))
    corners = []
    for point in range(POINTS):
        angle = 2 * pi * point / POINTS
        far = radius * (1 + sum(size * sin(bends * (angle + turn) + by) for bends, size, by in WAVES))
        corners.append(
            (round(centre[0] + far * cos(angle) / narrow, 6), round(centre[1] + far * sin(angle), 6))
        )
    return Polygon(corners)
