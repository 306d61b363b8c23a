import json
from pathlib import Path

import numpy as np
import pytest
from coord_convert import transform

from linli.base import coordinates
from linli.base.coordinates import Datum, metres_between

BOUNDARIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries"


@pytest.fixture
def places():
    dice = np.random.default_rng(7)
    return dice.uniform(74, 134, 2000), dice.uniform(3, 53, 2000)


def _peer(function, x, y):
    return tuple(np.array([function(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]).T)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (coordinates.wgs84_to_gcj02, transform.wgs2gcj),
        (coordinates.gcj02_to_bd09, transform.gcj2bd),
        (coordinates.wgs84_to_bd09, transform.wgs2bd),
    ],
)
def test_the_shift_is_that_of_coord_convert_to_a_tenth_of_a_millimetre(places, ours, theirs):
    assert metres_between(ours(*places), _peer(theirs, *places)).max() < 1e-4


def test_the_inverse_agrees_with_coord_convert_to_its_own_tolerance_of_twenty_centimetres(places):
    assert metres_between(coordinates.gcj02_to_wgs84(*places), _peer(transform.gcj2wgs, *places)).max() < 0.2


@pytest.mark.parametrize(
    ("there", "datum"),
    [(coordinates.wgs84_to_gcj02, Datum.GCJ02), (coordinates.wgs84_to_bd09, Datum.BD09)],
)
def test_there_and_back_is_less_than_a_centimetre(places, there, datum):
    assert metres_between(coordinates.to_wgs84(*there(*places), datum), places).max() < 0.01


def test_outside_china_nothing_is_shifted():
    assert [float(each) for each in coordinates.wgs84_to_gcj02(-71.0587, 42.3594)] == [-71.0587, 42.3594]


def test_wgs84_stays_as_it_is():
    assert [float(each) for each in coordinates.to_wgs84(118.5, 32.0, Datum.WGS84)] == [118.5, 32.0]


def test_an_empty_list_stays_empty():
    assert coordinates.to_wgs84([], [], Datum.BD09)[0].size == 0


@pytest.mark.data
def test_the_published_pairs_of_jiangsu_agree_within_their_six_decimals():
    if not BOUNDARIES.is_dir():
        pytest.skip(f"the boundaries are not there: {BOUNDARIES}")
    for layer in ("cities", "counties"):
        shifted, true = (_points(f"jiangsu_{layer}.{datum}.geojson") for datum in ("gcj02", "wgs84"))
        apart = metres_between(coordinates.gcj02_to_wgs84(*shifted), true)
        assert len(apart) > 3000
        assert apart.max() < 0.3
        assert 460 < np.median(metres_between(shifted, true)) < 560


def _points(name):
    features = json.loads((BOUNDARIES / name).read_text())["features"]
    rings = [ring for f in features for part in f["geometry"]["coordinates"] for ring in part]
    return tuple(np.array([point for ring in rings for point in ring]).T)
