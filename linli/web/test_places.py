"""The map of a case's place and the list of villages to choose from."""

import pytest
from django.template import Context, Template

from linli.web import places
from linli.web.places import PlaceSelect

pytestmark = pytest.mark.django_db


def drawn(division, longitude=None, latitude=None):
    template = Template("{% load places %}{% place_map division longitude latitude %}")
    return template.render(Context({"division": division, "longitude": longitude, "latitude": latitude}))


def test_a_grid_is_shown_among_its_neighbours_and_marked(world):
    grid = world.place("东门社区第一网格")
    page = drawn(grid, grid.longitude, grid.latitude)
    assert page.count("<polygon") == 3
    assert page.count("is-here") == 1
    assert page.count("map__pin") == 1


def test_a_village_shows_its_grids(world):
    assert drawn(world.place("东门社区")).count("<polygon") == 3


def test_schematic_grids_say_so(world):
    assert "示意" in drawn(world.place("东门社区第一网格"))


def test_a_whole_county_is_not_drawn(world):
    assert "<polygon" not in drawn(world.county)


def test_villages_are_offered_by_town(world):
    page = PlaceSelect().render("division", "")
    assert page.index("柳河镇") < page.index("杨庄村") < page.index("青石镇")


def test_where_there_are_too_many_villages_towns_are_offered(world, monkeypatch):
    monkeypatch.setattr(places, "MOST", 5)
    places._groups.forget()
    page = PlaceSelect().render("division", "")
    places._groups.forget()
    assert "柳河镇" in page
    assert "杨庄村" not in page


def test_a_form_that_only_checks_reads_no_list(world, django_assert_num_queries):
    places._groups.forget()
    with django_assert_num_queries(0):
        PlaceSelect()
