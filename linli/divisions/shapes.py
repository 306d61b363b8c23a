"""Polygons: made valid, stored as WKB, cut into parts by weight. Plain geometry, no database."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, radians, sin
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from linli.base.coordinates import METRES_PER_DEGREE

Area: TypeAlias = BaseGeometry  # a Polygon or MultiPolygon, possibly empty
CLOSE_ENOUGH = 0.002  # of the area cut: the parts are schematic, their weights estimates
CUTS = 24
TILT = pi / 16


def as_area(geometry: BaseGeometry) -> Area:
    """The polygons in a geometry, valid and without stray lines and points; empty if there are none."""
    valid = geometry if geometry.is_valid else shapely.make_valid(geometry)
    if isinstance(valid, Polygon | MultiPolygon):
        return valid
    polygons = [
        part
        for each in shapely.get_parts(valid)
        for part in shapely.get_parts(each)
        if isinstance(part, Polygon)
    ]
    return MultiPolygon(polygons) if len(polygons) < 2 else as_area(shapely.union_all(polygons))


def stored(area: Area) -> bytes:
    """The bytes kept in `Division.outline`."""
    return bytes(shapely.to_wkb(area, include_srid=False, output_dimension=2))


def restored(outline: bytes | memoryview) -> Area:
    """The polygon behind `Division.outline`."""
    area: Area = shapely.from_wkb(bytes(outline))
    return area


def rings(outline: bytes | memoryview, *, finest: float) -> list[list[tuple[float, float]]]:
    """The outer rings of an outline for drawing, without corners finer than so many degrees."""
    area = restored(outline).simplify(finest)
    parts = [area] if isinstance(area, Polygon) else list(getattr(area, "geoms", ()))
    return [[(x, y) for x, y, *_z in part.exterior.coords] for part in parts if isinstance(part, Polygon)]


def square(longitude: float, latitude: float, square_kilometres: float) -> Polygon:
    """An invented square around a centre, for places of which no outline is known."""
    half = square_kilometres**0.5 * 500 / METRES_PER_DEGREE
    wide = half / cos(radians(latitude))
    return shapely.box(longitude - wide, latitude - half, longitude + wide, latitude + half)


def partition(area: Area, weights: Sequence[float], *, seed: int = 0) -> list[Area]:
    """Cut an area into parts whose sizes are as the weights, in their order; the parts tile the whole.

    Each cut halves the weight across the longer side, a little tilted so that the map does not look like
    graph paper. The same input always gives the same parts.
    """
    if len(weights) == 1:
        return [area]
    middle = _middle(weights)
    first, second = _cut(area, sum(weights[:middle]) / sum(weights), tilt=_tilt(seed, len(weights)))
    return [
        *partition(first, weights[:middle], seed=seed * 2 + 1),
        *partition(second, weights[middle:], seed=seed * 2 + 2),
    ]


def _middle(weights: Sequence[float]) -> int:
    """Where to part the list so that both sides weigh as nearly the same as can be."""
    sums = np.cumsum(weights)
    return int(np.argmin(np.abs(sums[:-1] - sums[-1] / 2))) + 1


def _tilt(seed: int, count: int) -> float:
    return ((seed * 2654435761 + count * 40503) % 1000 / 500 - 1) * TILT


def _cut(area: Area, share: float, *, tilt: float) -> tuple[Area, Area]:
    """Two parts of an area, the first with the given share of it, divided by a straight line."""
    along = _longer_side(area) + tilt
    direction = np.array([cos(along), sin(along)])
    reach = shapely.get_coordinates(area) @ direction
    low, high = float(reach.min()), float(reach.max())
    low_share, high_share, total = 0.0, 1.0, area.area
    for step in range(CUTS):
        # Regula falsi, every third step a halving, so that odd shapes cannot stall it.
        weight = 0.5 if step % 3 == 2 else (share - low_share) / (high_share - low_share)
        at = low + (high - low) * min(max(weight, 0.02), 0.98)
        first = as_area(area.intersection(_half_plane(area, direction, at)))
        found = first.area / total
        if abs(found - share) < CLOSE_ENOUGH * min(share, 1 - share):
            break
        if found < share:
            low, low_share = at, found
        else:
            high, high_share = at, found
    return first, as_area(area.intersection(_half_plane(area, -direction, -at)))


def _longer_side(area: Area) -> float:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area))
    sides = np.diff(corners[:3], axis=0)
    east, north = max(sides, key=lambda side: hypot(*side)) if len(sides) == 2 else (1.0, 0.0)
    return float(np.arctan2(north, east)) % pi


def _half_plane(area: Area, direction: Any, at: float) -> Polygon:
    """A rectangle that covers everything of the area on the near side of a line."""
    west, south, east, north = area.bounds
    far = 4 * (east - west + north - south)
    across = np.array([-direction[1], direction[0]])
    centre = np.array([(west + east) / 2, (south + north) / 2])
    foot = direction * at + across * (centre @ across)
    corners = [foot + across * far, foot - across * far, foot - across * far - direction * far]
    return Polygon([*corners, foot + across * far - direction * far])


__all__ = ["Area", "as_area", "partition", "restored", "square", "stored"]
