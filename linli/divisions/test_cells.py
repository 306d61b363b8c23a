import json

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from linli.base.coordinates import METRES_PER_DEGREE
from linli.divisions.cells import REACH, CellIndex, How

DEGREE = 111_319.49


def brute_force(cells, codes, x, y):
    """The rules in the plainest words: every cell against every point, one by one."""
    ranked = sorted(range(len(cells)), key=lambda i: (cells[i].area, codes[i]))
    ids, hows = [], []
    for a, b in zip(x, y, strict=True):
        point = shapely.Point(a, b)
        covering = [i for i in ranked if cells[i].covers(point)]
        if covering:
            ids.append(covering[0])
            hows.append(How.INSIDE if len(covering) == 1 else How.CONTESTED)
            continue
        apart = [(round(_metres(cells[i], a, b), 3), place) for place, i in enumerate(ranked)]
        best, place = min(apart)
        ids.append(ranked[place] if best <= REACH else -1)
        hows.append(How.NEAREST if best <= REACH else How.OUTSIDE)
    return ids, hows


def _metres(cell, x, y):
    shrink = np.cos(np.radians(y))
    flat = shapely.transform(cell, lambda points: points * [shrink, 1])
    return flat.distance(shapely.Point(x * shrink, y)) * METRES_PER_DEGREE


def voronoi(count, dice, spread=0.2):
    seeds = shapely.multipoints(dice.uniform((118.0, 32.0), (118.0 + spread, 32.0 + spread), (count, 2)))
    box = shapely.box(118.0, 32.0, 118.0 + spread, 32.0 + spread)
    return shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box)), box)


def mixture(dice):
    """Cells of every awkward sort: overlapping, with holes and islands, far apart, one inside another."""
    cells = list(voronoi(150, dice))
    for x, y in dice.uniform(118.0, 118.3, (12, 2)):
        disc = shapely.Point(x, y - 86).buffer(0.02, quad_segs=7)
        cells += [disc.difference(disc.buffer(-0.008)), disc.buffer(-0.004).envelope]
    cells.append(
        shapely.MultiPolygon([shapely.box(118.3, 32.3, 118.31, 32.31), shapely.box(118, 31.9, 118.2, 31.95)])
    )
    cells.append(cells[3])
    return np.array(cells, object)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_random_points_are_located_as_brute_force_does(seed):
    dice = np.random.default_rng(seed)
    cells = mixture(dice)
    codes = dice.permutation(len(cells))
    x, y = dice.uniform(117.95, 118.4, 1000), dice.uniform(31.85, 32.4, 1000)
    index = CellIndex(cells, codes)
    ids, how = index.locate_many(x, y)
    assert (ids.tolist(), how.tolist()) == brute_force(cells, codes, x, y)
    assert set(how.tolist()) == set(How)


def test_points_on_corners_and_borders_are_located_as_brute_force_does():
    dice = np.random.default_rng(4)
    cells = voronoi(60, dice)
    points = shapely.get_coordinates(cells)
    middles = (points[1:] + points[:-1]) / 2
    x, y = np.vstack([points, middles]).T
    ids, how = CellIndex(cells, np.arange(len(cells))).locate_many(x, y)
    assert (ids.tolist(), how.tolist()) == brute_force(cells, np.arange(len(cells)), x, y)


def test_points_on_the_edges_of_the_raster_are_located_as_brute_force_does():
    cells = np.array([shapely.box(118 + i / 8, 32, 118 + (i + 1) / 8, 33) for i in range(8)], object)
    codes = np.arange(8)
    index = CellIndex(cells, codes)
    steps = np.arange(index.raster.columns + 1) / index.raster.per_column + 118
    x, y = (
        np.concatenate([steps, np.nextafter(steps, 0), np.nextafter(steps, 999)]),
        np.full(3 * len(steps), 32.5),
    )
    ids, how = index.locate_many(x, y)
    assert (ids.tolist(), how.tolist()) == brute_force(cells, codes, x, y)


def test_one_point_gets_the_answer_it_gets_among_many():
    dice = np.random.default_rng(6)
    cells = mixture(dice)
    index = CellIndex(cells, np.arange(len(cells)))
    x, y = dice.uniform(117.95, 118.4, 500), dice.uniform(31.85, 32.4, 500)
    ids, how = index.locate_many(x, y)
    assert [index.locate(a, b)[:2] for a, b in zip(x, y, strict=True)] == list(zip(ids, how, strict=True))


def test_the_smaller_of_two_cells_wins_and_the_answer_is_marked_contested():
    cells = np.array([shapely.box(118, 32, 119, 33), shapely.box(118.4, 32.4, 118.6, 32.6)], object)
    assert CellIndex(cells, np.array([1, 2])).locate(118.5, 32.5) == (1, How.CONTESTED, 0.0)


def test_of_two_equal_cells_the_lower_code_wins():
    cells = np.array([shapely.box(118, 32, 119, 33)] * 2, object)
    assert CellIndex(cells, np.array([2, 1])).locate(118.5, 32.5)[:2] == (1, How.CONTESTED)


@pytest.mark.parametrize(("metres", "how"), [(1990, How.NEAREST), (2010, How.OUTSIDE)])
def test_a_gap_is_bridged_for_two_kilometres(metres, how):
    cells = np.array([shapely.box(118, 32, 119, 33)], object)
    position, found, apart = CellIndex(cells, np.array([1])).locate(118.5, 33 + metres / DEGREE)
    assert found is how
    assert position == (0 if how is How.NEAREST else -1)
    if how is How.NEAREST:
        assert apart == pytest.approx(metres, abs=1)


@pytest.mark.parametrize(
    ("x", "y"), [(float("nan"), 32.5), (118.5, float("inf")), (1e308, -1e308), (0.0, 0.0), (180.0, 90.0)]
)
def test_impossible_coordinates_are_outside(x, y):
    index = CellIndex(np.array([shapely.box(118, 32, 119, 33)], object), np.array([1]))
    assert index.locate(x, y)[1] is How.OUTSIDE
    assert index.locate_many(np.array([x]), np.array([y]))[1].tolist() == [How.OUTSIDE]


def test_no_cells_and_no_points_are_no_trouble():
    none = CellIndex(np.empty(0, object), np.empty(0, np.int64))
    assert none.locate_many(np.array([118.0]), np.array([32.0]))[0].tolist() == [-1]
    some = CellIndex(np.array([shapely.box(118, 32, 119, 33)], object), np.array([1]))
    assert some.locate_many(np.empty(0), np.empty(0))[0].tolist() == []


@pytest.mark.data
def test_real_counties_with_their_overlaps_and_gaps_are_located_as_brute_force_does(shared_data):
    text = (shared_data / "boundaries" / "jiangsu_counties.wgs84.geojson").read_text()
    cells = np.array([shape(each["geometry"]) for each in json.loads(text)["features"]], object)
    dice = np.random.default_rng(8)
    x, y = dice.uniform(116.3, 122, 1000), dice.uniform(30.7, 35.2, 1000)
    shapely.prepare(cells)
    ids, how = CellIndex(cells, np.arange(len(cells))).locate_many(x, y)
    assert (ids.tolist(), how.tolist()) == brute_force(cells, np.arange(len(cells)), x, y)
