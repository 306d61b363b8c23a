"""The map of an area shows its parts and where its open cases lie, to who sees them, in numbers and limits alone."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.portals.desk.conftest import HOME, LAMP, NAME, PHONE, dispatched, reported
from linli.web.test_tiles import read
from linli.web.tiles import EXTENT, Tile

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def around(place, zoom=14):
    x, y = Tile(0, 0, 0).units(np.array([[place.longitude, place.latitude]]))[0] / EXTENT
    return f"/desk/map/{zoom}/{int(x * 2**zoom)}/{int(y * 2**zoom)}/"


def links(response):
    return [known["href"] for _sort, known, _at in read(response.content).get("cases", [])]


def test_a_place_leads_to_its_parts_and_a_grid_to_its_open_cases(world, sign_in, case):
    client, grid = sign_in("chengguan_clerk"), world.place(HOME)
    town = text(client.get("/desk/map/"))
    assert f'href="/desk/map/?place={grid.parent.trimmed}"' in town
    assert case.number not in town
    assert f'href="/desk/cases/{case.number}/"' in text(client.get("/desk/map/", {"place": grid.trimmed}))


def test_a_tile_has_the_open_cases_of_its_square(world, sign_in, case):
    client, address = sign_in("chengguan_clerk"), around(world.place(HOME))
    assert links(client.get(address)) == [f"/desk/cases/{case.number}/"]
    actions.refuse(case.matter, by=world.by("chengguan_clerk"), seen=1, reason="重复")
    assert links(client.get(address)) == []


def test_nobody_finds_cases_outside_the_own_area_on_a_map(world, sign_in, case):
    grid = world.place(HOME)
    assert links(sign_in("county_clerk").get(around(grid))) == [f"/desk/cases/{case.number}/"]
    assert links(sign_in("liuhe_clerk").get(around(grid))) == []
    assert sign_in("liuhe_clerk").get("/desk/map/", {"place": grid.trimmed}).status_code == 404


def test_a_kind_that_area_gives_no_sight_of_is_on_no_map(world, sign_in, case, monkeypatch):
    monkeypatch.setattr("linli.cases.models.case._seen_by_area", set())
    assert links(sign_in("county_clerk").get(around(world.place(HOME)))) == []


def test_a_map_says_no_words_and_no_names(world, sign_in):
    matter = dispatched(world)
    client, grid = sign_in("county_clerk"), world.place(HOME)
    shown = text(client.get("/desk/map/", {"place": grid.trimmed})) + client.get(around(grid)).content.decode(
        "latin-1"
    )
    assert matter.case.number in shown
    for words in (LAMP[:8], NAME, PHONE):
        assert words not in shown


def test_what_is_overdue_is_told_apart(world, sign_in, case):
    client, address = sign_in("county_clerk"), around(world.place(HOME))
    Case.everywhere.filter(pk=case.pk).update(due=case.at.replace(year=2020))
    ((_sort, known, _at),) = read(client.get(address).content)["cases"]
    assert known["state"] == "late"


def test_single_cases_are_not_shown_from_far_away(sign_in):
    assert sign_in("county_clerk").get("/desk/map/10/1/1/").status_code == 404


def test_a_map_costs_the_same_however_many_cases_it_shows(world, sign_in, case):
    client, grid = sign_in("chengguan_clerk"), world.place(HOME)
    address = f"/desk/map/?place={grid.trimmed}"
    client.get(address)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    one = statements()
    for number in range(5):
        reported(world, f"第{number}件")
    assert statements() == one <= 15


def test_only_a_page_with_a_map_may_start_a_worker(sign_in):
    client = sign_in("chengguan_clerk")
    assert "worker-src 'self' blob:" in client.get("/desk/map/")["Content-Security-Policy"]
    assert "worker-src" not in client.get("/desk/area/")["Content-Security-Policy"]


def test_a_background_is_allowed_by_name_where_the_place_has_one(sign_in, settings):
    settings.MAP_TILES = "https://tiles.example.cn/{z}/{x}/{y}.png"
    client = sign_in("chengguan_clerk")
    assert "https://tiles.example.cn" in client.get("/desk/map/")["Content-Security-Policy"]
    assert "tiles.example.cn" not in client.get("/desk/area/")["Content-Security-Policy"]
