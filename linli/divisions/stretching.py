"""Laying the map of another place over an area of ours, so that data from elsewhere can be tried out here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from linli.divisions.shapes import Area

Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True)
class Onto:
    """From a rectangle elsewhere to one that an area here holds."""

    here: Box
    there: Box

    @staticmethod
    def inside(area: Area, there: Box) -> Onto:
        """The largest one around the area's middle, in the proportions of its bounds."""
        middle = area.centroid if area.contains(area.centroid) else area.representative_point()
        west, south, east, north = area.bounds
        for size in np.linspace(0.5, 0.02, 49):
            wide, tall = (east - west) * size, (north - south) * size
            corners = (middle.x - wide, middle.y - tall, middle.x + wide, middle.y + tall)
            if area.contains(shapely.box(*corners)):
                break
        return Onto(corners, there)

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        (west, south, east, north), (left, bottom, right, top) = self.here, self.there
        x, y = (longitude - left) / (right - left), (latitude - bottom) / (top - bottom)
        return west + x * (east - west), south + y * (north - south)
