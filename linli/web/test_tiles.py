"""A tile holds what lies in its square, at the right place, in few bytes; and is told to be the same while it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from django.test import Client

from linli.base.generations import bump
from linli.base.writing import writing
from linli.divisions.models import FAMILY
from linli.web.outlines import WIDE, squeezed
from linli.web.tiles import EXTENT, MARGIN, Feature, Tile, packed

HERE = Tile(14, 13614, 6571)
MIDDLE = (119.15, 33.5)  # within HERE's neighbourhood; the tests ask the tile itself where


def fields(body: bytes) -> Iterator[tuple[int, Any]]:
    """A second reading of the format: field numbers and what stands there."""
    place = 0
    while place < len(body):
        head, place = varint(body, place)
        number, place = varint(body, place)
        if head & 7 == 2:
            yield head >> 3, body[place : place + number]
            place += number
        else:
            yield head >> 3, number


def varint(body: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = body[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place


def numbers(body: bytes) -> list[int]:
    found, place = [], 0
    while place < len(body):
        number, place = varint(body, place)
        found.append(number)
    return found


def read(tile: bytes) -> dict[str, list[tuple[int, dict[str, Any], list[list[tuple[int, int]]]]]]:
    """Layers by name; each feature as sort, what is known, and its rings or its point."""
    found = {}
    for _three, layer in fields(tile):
        parts = list(fields(layer))
        keys = [body.decode() for number, body in parts if number == 3]
        values = [value(body) for number, body in parts if number == 4]
        name = next(body for number, body in parts if number == 1).decode()
        assert {number: body for number, body in parts if number in {15, 5}} == {15: 2, 5: EXTENT}
        found[name] = [feature(dict(fields(body)), keys, values) for number, body in parts if number == 2]
    return found


def value(body: bytes) -> Any:
    ((number, said),) = fields(body)
    return said.decode() if number == 1 else said


def feature(parts: dict[int, Any], keys: list[str], values: list[Any]) -> Any:
    tags = numbers(parts[2])
    known = {keys[key]: values[said] for key, said in zip(tags[::2], tags[1::2], strict=True)}
    return parts[3], known, rings(numbers(parts[4]))


def rings(commands: list[int]) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = []
    x = y = place = 0
    while place < len(commands):
        command, times = commands[place] & 7, commands[place] >> 3
        place += 1
        if command == 7:
            continue
        for _time in range(times):
            x += (commands[place] >> 1) ^ -(commands[place] & 1)
            y += (commands[place + 1] >> 1) ^ -(commands[place + 1] & 1)
            place += 2
            if command == 1:
                found.append([])
            found[-1].append((x, y))
    return found


def at(x: float, y: float, tile: Tile = HERE) -> tuple[float, float]:
    """Degrees of a place in a tile, in parts of its side."""
    west, south, east, north = tile.box
    spare = MARGIN / EXTENT
    wide, high = (east - west) / (1 + 2 * spare), (north - south) / (1 + 2 * spare)
    return west + (x + spare) * wide, north - (y + spare) * high


def test_a_point_stands_where_it_is_with_what_is_known_of_it() -> None:
    tile = packed({"cases": [Feature(shapely.Point(*at(0.25, 0.75)), {"name": "路灯", "late": 1})]}, HERE)
    ((sort, known, ((point,),)),) = read(tile)["cases"]
    assert (sort, known) == (1, {"name": "路灯", "late": 1})
    assert point == pytest.approx((1024, 3072), abs=2)


def test_a_polygon_is_cut_at_the_edge_and_runs_clockwise() -> None:
    ring = [at(*corner) for corner in ((0.5, 0.5), (3, 0.5), (3, 0.75), (0.5, 0.75))]
    for points in (ring, ring[::-1]):
        ((sort, _known, (corners,)),) = read(packed({"a": [Feature(shapely.Polygon(points))]}, HERE))["a"]
        across, down = zip(*corners, strict=True)
        assert sort == 3
        assert (min(across), max(across)) == pytest.approx((2048, EXTENT + MARGIN), abs=2)
        assert (min(down), max(down)) == pytest.approx((2048, 3072), abs=2)
        area = sum(x * down[place - 1] - across[place - 1] * y for place, (x, y) in enumerate(corners))
        assert area < 0  # by this formula, on a sheet whose y goes down


def test_a_hole_stays_a_hole() -> None:
    outer = [at(*corner) for corner in ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))]
    inner = [at(*corner) for corner in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))]
    ((_sort, _known, found),) = read(packed({"a": [Feature(shapely.Polygon(outer, [inner]))]}, HERE))["a"]
    first, second = (shapely.LinearRing(ring) for ring in found)
    assert shapely.is_ccw(first) != shapely.is_ccw(second)


def test_what_lies_elsewhere_or_is_smaller_than_a_unit_is_left_out() -> None:
    far = shapely.Point(*at(3, 3))
    tiny = shapely.Point(*at(0.5, 0.5)).buffer(0.0000001)
    assert packed({"a": [Feature(far), Feature(tiny)]}, HERE) == b""


def test_values_are_kept_once() -> None:
    points = [Feature(shapely.Point(*at(0.5, 0.5)), {"state": "late"})] * 500
    assert packed({"a": points}, HERE).count(b"late") == 1


def test_five_hundred_grids_and_two_thousand_matters_travel_in_less_than_a_hundred_kilobytes() -> None:
    tile = Tile(12, 3403, 1642)
    side, grids, matters = 1 / 25, [], []
    for place in range(500):
        x, y = place % 25 * side, place // 25 / 20
        middle = shapely.Point(*at(x + side / 2, y + side / 2, tile))
        round_about = middle.buffer(0.002, quad_segs=16)  # 64 corners, as surveyed ones have
        grids.append(Feature(round_about, {"name": f"第{place}网格".translate(WIDE)}))
    for place in range(2000):
        known = {"number": f"320899-26-{place:05}-7", "state": ("late", "soon", "open")[place % 3]}
        matters.append(Feature(shapely.Point(*at(place % 50 / 50, place // 50 / 40, tile)), known))
    whole = packed({"places": grids}, tile) + packed({"cases": matters}, tile)
    assert {name: len(found) for name, found in read(whole).items()} == {"places": 500, "cases": 2000}
    assert len(squeezed(whole)) <= 60_000
    assert len(whole) <= 120_000


@pytest.mark.django_db
def test_borders_and_names_are_everybodys_and_nothing_else_is_told(world: Any) -> None:
    tile = _around(world.place("东门社区第一网格"), 14)
    answer = Client().get(f"/web/tiles/{tile.z}/{tile.x}/{tile.y}/")
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    packed_small = Client().get(answer.request["PATH_INFO"], headers={"accept-encoding": "gzip, br"})
    assert gzip.decompress(packed_small.content) == answer.content
    found = read(answer.content)
    assert set(found) == {"places"}
    assert {key for _sort, known, _rings in found["places"] for key in known} == {"name"}


@pytest.mark.django_db
def test_a_browser_that_has_the_tile_is_told_so_until_a_border_changes(world: Any) -> None:
    tile = _around(world.place("东门社区第一网格"), 13)
    address = f"/web/tiles/{tile.z}/{tile.x}/{tile.y}/"
    etag = Client().get(address)["ETag"]
    assert Client().get(address, headers={"if-none-match": etag}).status_code == 304
    with writing():
        bump(FAMILY)
    assert Client().get(address, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["15/0/0", "3/8/0", "3/0/8", "99/1/1"])
def test_there_is_no_tile_outside_the_world(address: str) -> None:
    assert Client().get(f"/web/tiles/{address}/").status_code == 404


def _around(place: Any, zoom: int) -> Tile:
    x, y = Tile(0, 0, 0).units(np.array([[place.longitude, place.latitude]]))[0] / EXTENT
    return Tile(zoom, int(x * 2**zoom), int(y * 2**zoom))
