"""Between WGS-84 (satellites), GCJ-02 (Chinese map vendors) and BD-09 (Baidu): vectorised, exact to a centimetre.

Mixing them puts a point 300 to 700 m away, that is into the wrong grid. Linli stores WGS-84 and converts at the edges.
The formulas are the published ones; GCJ-02 applies only inside the rectangle the vendors use for China.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from math import pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Pair = tuple[Numbers, Numbers]

SEMI_MAJOR = 6378245.0  # Krasovsky 1940
ECCENTRICITY = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
METRES_PER_DEGREE = 111_319.49
BAIDU_TURN = pi * 3000.0 / 180.0
CLOSE_ENOUGH = 1e-9  # degrees, about 0.1 mm
ROUNDS = 12


class Datum(StrEnum):
    """The datum a source gives its coordinates in; `none` where nothing was measured (schematic)."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    NONE = "none"


def to_wgs84(longitude: ArrayLike, latitude: ArrayLike, datum: Datum) -> Pair:
    """Coordinates of any datum as WGS-84, for whatever is stored."""
    if datum is Datum.GCJ02:
        return gcj02_to_wgs84(longitude, latitude)
    if datum is Datum.BD09:
        return gcj02_to_wgs84(*bd09_to_gcj02(longitude, latitude))
    return _floats(longitude, latitude)


def wgs84_to_gcj02(longitude: ArrayLike, latitude: ArrayLike) -> Pair:
    """Shift WGS-84 to what vendors' maps show; outside China nothing is shifted."""
    x, y = _floats(longitude, latitude)
    east, north = _offset(x, y)
    return x + east, y + north


def gcj02_to_wgs84(longitude: ArrayLike, latitude: ArrayLike) -> Pair:
    """The inverse, by iteration: the shift is smooth, so each round gains about three digits."""
    return _invert(wgs84_to_gcj02, *_floats(longitude, latitude))


def gcj02_to_bd09(longitude: ArrayLike, latitude: ArrayLike) -> Pair:
    """Baidu's further turn and stretch of GCJ-02."""
    x, y = _floats(longitude, latitude)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BAIDU_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BAIDU_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(longitude: ArrayLike, latitude: ArrayLike) -> Pair:
    """The inverse by iteration; the published one-step inverse is off by up to half a metre."""
    return _invert(gcj02_to_bd09, *_floats(longitude, latitude))


def wgs84_to_bd09(longitude: ArrayLike, latitude: ArrayLike) -> Pair:
    """WGS-84 as Baidu's maps show it."""
    return gcj02_to_bd09(*wgs84_to_gcj02(longitude, latitude))


def metres_between(first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike]) -> Numbers:
    """Distance in metres between near points (a plane at their mean latitude; good to 0.5 % below 50 km)."""
    (x1, y1), (x2, y2) = _floats(*first), _floats(*second)
    shrink = np.cos(np.radians((y1 + y2) / 2))
    metres: Numbers = np.hypot((x2 - x1) * shrink, y2 - y1) * METRES_PER_DEGREE
    return metres


def _floats(longitude: ArrayLike, latitude: ArrayLike) -> Pair:
    return np.asarray(longitude, np.float64), np.asarray(latitude, np.float64)


def _invert(shift: Callable[[ArrayLike, ArrayLike], Pair], x: Numbers, y: Numbers) -> Pair:
    guess_x, guess_y = x, y
    for _ in range(ROUNDS):
        shifted_x, shifted_y = shift(guess_x, guess_y)
        wrong_x, wrong_y = shifted_x - x, shifted_y - y
        guess_x, guess_y = guess_x - wrong_x, guess_y - wrong_y
        if max(np.abs(wrong_x).max(initial=0), np.abs(wrong_y).max(initial=0)) < CLOSE_ENOUGH:
            break
    return guess_x, guess_y


def _offset(longitude: Numbers, latitude: Numbers) -> Pair:
    inside = (longitude >= WEST) & (longitude <= EAST) & (latitude >= SOUTH) & (latitude <= NORTH)
    x, y = longitude - 105.0, latitude - 35.0
    radians = np.radians(latitude)
    magic = 1 - ECCENTRICITY * np.sin(radians) ** 2
    metres_north = SEMI_MAJOR * (1 - ECCENTRICITY) / (magic * np.sqrt(magic)) * pi / 180
    metres_east = SEMI_MAJOR / np.sqrt(magic) * np.cos(radians) * pi / 180
    return np.where(inside, _east(x, y) / metres_east, 0.0), np.where(
        inside, _north(x, y) / metres_north, 0.0
    )


def _ripple(x: Numbers) -> Numbers:
    ripple: Numbers = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    return ripple


def _east(x: Numbers, y: Numbers) -> Numbers:
    metres = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + _ripple(x)
    metres = metres + (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east: Numbers = metres + (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x * pi / 30.0)) * 2.0 / 3.0
    return east


def _north(x: Numbers, y: Numbers) -> Numbers:
    metres = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + _ripple(x)
    metres = metres + (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north: Numbers = metres + (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    return north
