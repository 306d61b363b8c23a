from datetime import date

import numpy as np
import pytest
import shapely

from linli.base.coordinates import Datum
from linli.base.errors import Conflict, Invalid
from linli.divisions.boundaries import Source, import_boundaries
from linli.divisions.coverage import villages_without_grids
from linli.divisions.grids import draw_grids, lay_out
from linli.divisions.locating import How, locate_many
from linli.divisions.models import Division
from linli.divisions.shapes import restored
from linli.ledger.models import Entry

TODAY = date(2026, 1, 1)
AREA = shapely.Polygon([(90, 45), (90.1, 45.02), (90.12, 45.1), (90.02, 45.07)])
CENTRE = (90.5, 45.5)


def outlines(rows):
    return [restored(row.outline) for row in rows.defer(None)]


def grids():
    return Division.objects.within("97").current().filter(level=6).order_by("code")


def test_grids_of_a_village_tile_its_area_and_say_that_they_are_schematic(tree, by, standing):
    drawn = draw_grids(standing("970101001001"), 5, within=AREA, by=by, on=TODAY)
    assert [each.trimmed for each in drawn] == [f"97010100100100{n}" for n in range(1, 6)]
    assert all(each.schematic and each.datum == Datum.NONE for each in drawn)
    assert AREA.symmetric_difference(shapely.union_all(outlines(grids()))).area < 1e-12
    assert sum(area.area for area in outlines(grids())) == pytest.approx(AREA.area)


def test_the_drawing_leaves_an_entry(tree, by, standing):
    draw_grids(standing("970101001001"), 5, within=AREA, by=by, on=TODAY)
    entry = Entry.objects.get(name="divisions.draw_grids", division=standing("970101001001").code)
    assert entry.facts == {"grids": 5, "villages": 1}


def test_a_village_with_grids_gets_no_second_set(tree, by, standing):
    draw_grids(standing("970101001001"), 5, within=AREA, by=by, on=TODAY)
    with pytest.raises(Conflict):
        draw_grids(standing("970101001001"), 3, within=AREA, by=by, on=TODAY)
    assert grids().count() == 5


@pytest.mark.parametrize(("code", "count"), [("970101001001", 0), ("970101001001", 1000), ("970101001", 3)])
def test_impossible_drawings_are_refused(tree, by, standing, code, count):
    with pytest.raises(Invalid):
        draw_grids(standing(code), count, within=AREA, by=by, on=TODAY)


def test_a_village_without_any_outline_is_refused_in_a_sentence(tree, by, standing):
    with pytest.raises(Invalid, match="970101001001"):
        draw_grids(standing("970101001001"), 3, by=by, on=TODAY)


def test_a_place_without_outlines_is_laid_out_in_an_invented_square(tree, by, standing):
    drawn = lay_out(standing("970101"), by=by, on=TODAY, centre=CENTRE)
    assert drawn == grids().count() > 0
    whole = restored(Division.objects.defer(None).get(pk=standing("970101").pk).outline)
    assert whole.contains(shapely.Point(CENTRE))
    assert sum(area.area for area in outlines(grids())) == pytest.approx(whole.area)
    assert standing("970101001").schematic


def test_without_an_outline_or_a_centre_a_place_is_refused(tree, by, standing):
    with pytest.raises(Invalid):
        lay_out(standing("970101"), by=by, on=TODAY)


def test_after_laying_out_no_village_is_without_grids(tree, by, standing):
    assert villages_without_grids("97").count() == 4
    lay_out(standing("9701"), by=by, on=TODAY, centre=CENTRE)
    assert not villages_without_grids("97").exists()


def test_laying_out_again_changes_nothing(tree, by, standing):
    lay_out(standing("9701"), by=by, on=TODAY, centre=CENTRE)
    before = list(grids().values_list("id", flat=True))
    assert lay_out(standing("9701"), by=by, on=TODAY, centre=CENTRE) == 0
    assert list(grids().values_list("id", flat=True)) == before


def test_a_known_outline_is_kept_and_what_has_none_lies_inside_its_neighbour(tree, by, standing):
    known = [[90, 45], [90.2, 45], [90.2, 45.2], [90, 45.2], [90, 45]]
    feature = {
        "type": "Feature",
        "properties": {"code": "970101"},
        "geometry": {"type": "Polygon", "coordinates": [known]},
    }
    import_boundaries([feature], Source(Datum.WGS84, TODAY), by=by)
    lay_out(standing("9701"), by=by, on=TODAY)
    assert not standing("970101").schematic
    assert standing("970102").schematic
    assert sum(area.area for area in outlines(grids())) == pytest.approx(0.04)


def test_every_point_of_a_laid_out_place_is_in_exactly_one_grid(tree, by, standing):
    lay_out(standing("9701"), by=by, on=TODAY, centre=CENTRE)
    whole = restored(Division.objects.defer(None).get(pk=standing("9701").pk).outline)
    west, south, east, north = whole.bounds
    dice = np.random.default_rng(5)
    _ids, how = locate_many(dice.uniform(west, east, 2000), dice.uniform(south, north, 2000))
    assert set(how.tolist()) == {How.INSIDE}
