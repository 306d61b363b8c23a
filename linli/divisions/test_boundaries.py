import json
from datetime import date

import pytest
import shapely

from linli.base.coordinates import Datum, wgs84_to_bd09, wgs84_to_gcj02
from linli.base.errors import Invalid
from linli.divisions.boundaries import Source, import_boundaries, read_features
from linli.divisions.importing import plant
from linli.divisions.models import Division
from linli.divisions.shapes import restored

RING = [[118.0, 32.0], [118.1, 32.0], [118.1, 32.1], [118.0, 32.1], [118.0, 32.0]]
WGS84 = Source(Datum.WGS84, date(2026, 1, 1))


def feature(code="970101", ring=RING, **properties):
    return {
        "type": "Feature",
        "properties": {"code": code} | properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture
def outline_of(standing):
    return lambda code: restored(Division.objects.defer(None).get(pk=standing(code).pk).outline)


@pytest.mark.parametrize(("datum", "shift"), [(Datum.GCJ02, wgs84_to_gcj02), (Datum.BD09, wgs84_to_bd09)])
def test_shifted_coordinates_are_stored_in_wgs84_and_the_datum_is_kept(
    tree, by, standing, outline_of, datum, shift
):
    ring = [[float(axis) for axis in shift(*point)] for point in RING]
    import_boundaries([feature(ring=ring)], Source(datum, date(2026, 1, 1)), by=by)
    assert outline_of("970101").hausdorff_distance(shapely.Polygon(RING)) < 1e-7
    assert standing("970101").datum == datum


def test_the_same_file_again_changes_nothing(tree, by):
    import_boundaries([feature()], WGS84, by=by)
    report = import_boundaries([feature()], WGS84, by=by)
    assert (report.taken, report.unchanged) == ([], 1)


def test_an_outline_that_crosses_itself_is_mended_and_reported(tree, by, outline_of):
    bow_tie = [[118.0, 32.0], [118.1, 32.1], [118.1, 32.0], [118.0, 32.1], [118.0, 32.0]]
    report = import_boundaries([feature(ring=bow_tie)], WGS84, by=by)
    assert report.mended == ["970101"]
    assert outline_of("970101").is_valid


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        {"type": "Feature"},
        feature(code=""),
        feature(code="97010"),
        feature(code="970199"),
        feature(ring=[[32.0, 118.0], [32.1, 118.0], [32.1, 118.1], [32.0, 118.0]]),
        feature(ring=[[-71.0, 42.0], [-71.1, 42.0], [-71.1, 42.1], [-71.0, 42.0]]),
        feature(ring=[]),
        feature(ring=[[118.0, 32.0]]),
        feature(ring=[["x", "y"]] * 4),
        feature(ring=[[118.0, 32.0]] * 4),
        feature(ring=[[float("nan"), 32.0]] * 4),
        feature() | {"geometry": {"type": "Point", "coordinates": [118.0, 32.0]}},
        feature() | {"geometry": None},
        feature(code="970101001001001"),
        feature(code="970199001001001", name="第1网格"),
    ],
)
def test_a_bad_feature_is_reported_and_the_good_one_beside_it_taken(tree, by, bad):
    report = import_boundaries([bad, feature("970102")], WGS84, by=by)
    assert report.taken == ["970102"]
    assert [where.partition("1")[1] for where, _why in report.bad] == ["1"]


def test_a_grid_the_tree_does_not_have_is_added_with_its_outline(tree, by, standing):
    report = import_boundaries([feature("970101001001001", name="柳岸第1网格")], WGS84, by=by)
    grid = standing("970101001001001")
    assert report.added == ["970101001001001"]
    assert (grid.parent, grid.kind, grid.schematic) == (standing("970101001001"), "grid", False)


def test_a_vendors_padded_code_finds_the_city(tree, by):
    assert import_boundaries([feature("970100")], WGS84, by=by).taken == ["9701"]


def test_where_a_padded_code_has_two_rows_the_level_decides(db, by):
    plant("4419", by=by)
    assert import_boundaries([feature("441900", level="city")], WGS84, by=by).taken == ["4419"]
    assert import_boundaries([feature("441900")], WGS84, by=by).taken == ["441900"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"type": "Feature"}', '{"features": 3}'])
def test_what_is_no_geojson_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "map.geojson"
    path.write_text(content)
    with pytest.raises(Invalid):
        read_features(path)


@pytest.mark.data
def test_the_real_counties_agree_whichever_datum_they_come_in(db, by, shared_data):
    plant("3208", by=by)
    folder = shared_data / "boundaries"
    code = "code_2023"
    for datum in (Datum.WGS84, Datum.GCJ02):
        features = read_features(folder / f"jiangsu_counties.{datum}.geojson")
        features = [each for each in features if each["properties"][code].startswith("3208")]
        report = import_boundaries(features, Source(datum, date(2026, 1, 1), code), by=by)
        assert (len(report.taken), report.bad) == (7, [])
        areas = {row.trimmed: restored(row.outline) for row in _counties()}
        if datum is Datum.WGS84:
            first = areas
    assert max(areas[code].hausdorff_distance(first[code]) for code in areas) < 3e-6
    assert json.dumps(report.counts())


def _counties():
    return Division.objects.within("3208").filter(level=3, outline__isnull=False).defer(None)
