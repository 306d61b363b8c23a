"""The picture of now: what each number opens, what is never shown, how it is kept fresh, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.analytics.conftest import random_county
from linli.analytics.folding import fold_all
from linli.analytics.models import Share
from linli.base.ids import uuid7
from linli.kinds.complaints.actions import complain
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence
from linli.portals.command.conftest import late
from linli.portals.desk.conftest import LAMP, NAME, PHONE, reload, reported
from linli.posts.actor import PartyActor
from linli.registers.actions.alerting import About, set_rule
from linli.residents.models import Access

pytestmark = pytest.mark.django_db
NOW = "/command/"
TILE = re.compile(r'<a class="tile__whole" id="tile-(\w+)" href="([^"]+)"><strong>(\d+)</strong>')
CELL = re.compile(r'href="(/desk/area/\?[^"]+)">(\d+)</a>')
CASE = re.compile(r'"/(?:desk|command)/cases/([\d-]+)/')
MOST_STATEMENTS = 18


def text(response):
    return unescape(response.content.decode())


def tiles(client, query=""):
    page = text(client.get(f"{NOW}?{query}"))
    return {name: (address, int(count)) for name, address, count in TILE.findall(page)}


def listed(client, address):
    return len(set(CASE.findall(text(client.get(address)))))


def test_each_tile_opens_exactly_what_it_counts(world, sign_in):
    random_county(world, 3, matters=5)
    late(reported(world))
    client = sign_in("county_head")
    found = tiles(client)
    assert set(found) == {"overdue", "soon", "opened", "open", "questions"}
    assert found["overdue"][1] > 0
    assert found["opened"][1] > 0
    for name, (address, count) in found.items():
        assert listed(client, address) == count, name


def test_each_cell_of_the_table_opens_exactly_what_it_counts(world, sign_in):
    random_county(world, 4, matters=6)
    client = sign_in("county_head")
    cells = CELL.findall(text(client.get(NOW)))
    assert len(cells) > 3
    for address, count in cells:
        assert listed(client, address) == int(count), address


def test_what_lies_in_none_of_the_parts_opens_too(world, sign_in):
    town = world.place("城关街道")
    actions.report(by=PartyActor("reporter"), text=LAMP, division=town)
    reported(world)
    page = text(sign_in("county_head").get(f"{NOW}?place={town.trimmed}"))
    (address,) = re.findall(r'href="([^"]*rest=rest[^"]*)">1</a>', page)
    client = sign_in("county_head")
    assert listed(client, address) == 1
    assert "未细分到下级" in text(client.get(address))


def test_the_name_of_the_page_has_the_colon_of_its_language(sign_in):
    named = re.search("<title>(.*?)</title>", text(sign_in("county_head").get(NOW)), re.DOTALL)
    assert named
    assert (": " in named[1], "：" in named[1]) == (False, True)


def test_the_parts_add_up_to_the_whole(world, sign_in):
    random_county(world, 5, matters=5)
    client = sign_in("county_head")
    whole = tiles(client)["open"][1]
    towns = [place.trimmed for place in world.places.values() if place.level == 4]
    assert sum(tiles(client, f"place={code}")["open"][1] for code in towns) == whole


def test_the_map_says_between_which_numbers_its_parts_lie_and_when_all_are_alike(world, sign_in):
    client = sign_in("county_head")
    assert "各地相同，都是 0 件。" in text(client.get(NOW))
    late(reported(world))
    assert "各地在 0 到 1 件之间" in text(client.get(NOW))


def test_on_the_map_of_a_community_its_grids_are_called_without_its_name(world, sign_in):
    page = text(sign_in("county_head").get(f"{NOW}?place={world.place('东门社区').trimmed}"))
    labels = re.findall(r'<text class="map__label"[^>]*>([^<]+)</text>', page)
    assert labels == ["第一网格 0", "第二网格 0", "第三网格 0"]


def test_what_is_open_is_also_said_for_each_ten_grids(world, sign_in):
    """城关街道 has 12 grids: six open matters are five for every ten."""
    for _each in range(6):
        reported(world)
    page = text(sign_in("county_head").get(f"{NOW}?colour=grids"))
    assert "城关街道 5" in page
    assert 'data-label="每十个网格未办结">5</td>' in page


def test_no_number_tells_of_a_complaint(world, sign_in):
    client = sign_in("county_head")
    before = tiles(client)
    complain(
        by=PartyActor("reporter"),
        organisation=world.posts["power"].organisation,
        post=world.posts["power"],
        text="值班人员态度很差，说完就挂电话。",
    )
    assert tiles(client) == before


def test_a_place_beside_the_own_area_is_not_there(world, sign_in):
    client = sign_in("liuhe_dispatcher")
    assert client.get(f"{NOW}?place={world.place('城关街道').trimmed}").status_code == 404
    assert client.get(f"{NOW}?place={world.county.trimmed}").status_code == 404
    assert client.get(f"{NOW}?place=12x").status_code == 404


@pytest.mark.parametrize("key", ["power", "chengguan_clerk", "administrator"])
def test_who_does_not_watch_over_an_area_is_refused(sign_in, key):
    assert sign_in(key).get(NOW).status_code == 403


@pytest.mark.parametrize("query", ["", "wall=1", "part=1", "part=1&wall=1"])
def test_nothing_that_residents_wrote_is_shown_and_so_nothing_is_read(late_case, sign_in, query):
    read = Access.objects.count()
    page = text(sign_in("county_head").get(f"{NOW}?{query}"))
    for said in (LAMP[:8], NAME, PHONE, late_case.case.summary):
        assert said not in page
    assert Access.objects.count() == read


def test_a_wall_shows_neither_numbers_of_cases_nor_photos_nor_anything_to_press(late_case, sign_in):
    page = text(sign_in("county_head").get(f"{NOW}?wall=1"))
    assert late_case.case.number not in page
    assert "<img" not in page
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<a " not in main
    assert "<button" not in main


def test_a_wall_looks_again_by_itself_without_a_script_and_stays_with_one(sign_in):
    """A page that is loaded anew while the server is away is a browser's error page, which stays there."""
    client, again = sign_in("county_head"), '<noscript><meta http-equiv="refresh" content="60"></noscript>'
    wall = client.get(f"{NOW}?wall=1")
    assert ("Refresh" in wall, again in text(wall)) == (False, True)
    assert "http-equiv" not in text(client.get(NOW))


@pytest.fixture
def _one_round(monkeypatch):
    """No minute ends between two lines of a test."""
    monkeypatch.setattr("linli.portals.command.now.ROUND", 10**10)


@pytest.mark.usefixtures("_one_round")
def test_a_picture_that_is_not_folded_further_says_how_old_it_is_also_when_nothing_changed(world, sign_in):
    client = sign_in("county_head")
    sequence()
    fold_all()
    turned = timezone.now() - timedelta(seconds=100)
    Share.objects.create(case=uuid7(turned), adds="", turns_at=turned)
    page = text(client.get(f"{NOW}?part=1"))
    (age,) = re.findall(r'data-age="(\d+)"', page)
    assert 100 <= int(age) <= 160
    drawn = client.get(f"{NOW}?part=1")
    again = client.get(f"{NOW}?part=1", headers={"if-none-match": drawn["ETag"]})
    assert again.status_code == 304
    assert 100 <= int(again["Picture-Age"]) <= 160
    assert again["Picture-Of"] == f"{timezone.localtime(turned):%H:%M:%S}"


@pytest.mark.usefixtures("_one_round")
def test_who_asks_again_gets_nothing_new_until_a_step_is_taken(world, sign_in):
    client = sign_in("county_head")
    sequence()
    first = client.get(f"{NOW}?part=1")
    again = {"if-none-match": first["ETag"]}
    assert client.get(f"{NOW}?part=1", headers=again).status_code == 304
    reported(world)
    sequence()
    changed = client.get(f"{NOW}?part=1", headers=again)
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_the_same_mark_is_another_picture_for_another_post(world, sign_in):
    head, town = sign_in("county_head"), sign_in("liuhe_dispatcher")
    again = {"if-none-match": head.get(f"{NOW}?part=1")["ETag"]}
    assert town.get(f"{NOW}?part=1", headers=again).status_code == 200


def test_what_is_overdue_the_longest_comes_first(world, sign_in):
    younger, older = late(reported(world), days=1), late(reported(world), days=9)
    page = text(sign_in("chengguan_dispatcher").get(NOW))
    assert page.index(older.case.number) < page.index(younger.case.number)


def test_at_the_lowest_level_open_matters_are_points(world, sign_in):
    matter = late(reported(world))
    grid = matter.case.division
    page = text(sign_in("chengguan_dispatcher").get(f"{NOW}?place={grid.trimmed}"))
    assert re.search(rf'<a href="/desk/cases/{matter.case.number}/" aria-label="1 {matter.case.number}', page)
    actions.void(reload(matter), by=world.by("chengguan_clerk"), seen=1, reason="重复误报，予以作废。")
    assert matter.case.number not in text(sign_in("chengguan_dispatcher").get(f"{NOW}?place={grid.trimmed}"))


def test_the_picture_of_a_county_costs_a_constant_number_of_statements(world, sign_in):
    client = sign_in("county_head")
    client.get(NOW)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            client.get(NOW)
        return len(seen)

    few = statements()
    for _each in range(5):
        late(reported(world))
    assert statements() <= few
    assert few <= MOST_STATEMENTS


def test_the_last_days_come_from_the_rollups_and_are_never_counted_live(world, sign_in):
    reported(world)
    reported(world)
    client = sign_in("county_head")
    assert "lately-title" not in text(client.get(NOW))
    sequence()
    fold_all()
    for query in ("", "wall=1"):
        days = re.search(
            r"lately-title.*?<tbody>(.*?)</tbody>", text(client.get(f"{NOW}?{query}")), re.DOTALL
        )[1]
        rows = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in days.split("</tr>") if row]
        today = f"{timezone.localdate():%m-%d}"
        assert [len(rows), rows[-1]] == [14, [today, "2", "0"]]
        assert {tuple(row[1:]) for row in rows[:-1]} == {("0", "0")}
    town = world.place("城关街道").trimmed
    assert "lately-title" not in text(client.get(f"{NOW}?place={town}"))  # days are folded for counties


def test_a_rule_is_ended_and_not_an_end_of_a_procedure(world, sign_in):
    set_rule(About(world.county, "overdue", 2), by=world.by("county_head"))
    page = text(sign_in("county_head").get("/command/alerts/"))
    assert re.search(r"<button[^>]*>停用<", page)
    assert '<th scope="col">规则</th>' in page
