import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.divisions.shapes import as_area, partition, restored, square, stored

HORSESHOE = shapely.Polygon(
    [(0, 0), (10, 0), (10, 8), (7, 8), (7, 3), (3, 3), (3, 8), (0, 8)],
    holes=[[(0.5, 0.5), (0.5, 1.5), (1.5, 1.5), (1.5, 0.5)]],
)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_the_parts_tile_the_whole_without_overlap(weights, seed):
    parts = partition(HORSESHOE, weights, seed=seed)
    assert len(parts) == len(weights)
    assert sum(part.area for part in parts) == pytest.approx(HORSESHOE.area, rel=1e-9)
    assert HORSESHOE.symmetric_difference(shapely.union_all(parts)).area < 1e-9


def test_the_parts_are_as_large_as_their_weights_to_five_percent():
    weights = [1 + number % 7 for number in range(100)]
    parts = partition(HORSESHOE, weights, seed=5)
    wanted = np.array(weights) / sum(weights) * HORSESHOE.area
    assert np.abs(shapely.area(parts) / wanted - 1).max() < 0.05


def test_the_same_input_gives_the_same_parts():
    assert partition(HORSESHOE, [1, 2, 3], seed=9) == partition(HORSESHOE, [1, 2, 3], seed=9)


def test_a_bow_tie_is_mended_and_keeps_only_polygons():
    area = as_area(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    assert area.is_valid
    assert area.area == pytest.approx(2)


def test_lines_and_points_are_no_area():
    assert as_area(shapely.LineString([(0, 0), (1, 1)])).is_empty


def test_what_is_stored_comes_back():
    assert restored(stored(HORSESHOE)).equals_exact(HORSESHOE)


def test_an_invented_square_has_the_size_asked_for():
    west, south, east, north = square(119.0, 33.0, 9.0).bounds
    assert (north - south) * 111.32 == pytest.approx(3.0, rel=0.001)
    assert (east - west) * 111.32 * np.cos(np.radians(33)) == pytest.approx(3.0, rel=0.001)
