"""Between the levels: up with the file and back with the decision; a city opens its part, the rest is figures."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from linli.analytics.conftest import GRIDS, NOW, random_county
from linli.analytics.counting import count, page_behind
from linli.analytics.figures import all_figures
from linli.analytics.questions import Question
from linli.analytics.test_recount import PERIODS, recounted
from linli.base.errors import NotFound
from linli.cases.lists import in_area
from linli.cases.models import Case, Category, Clock, Copy, Task
from linli.cases.narrowing import Narrowing
from linli.cases.reading import case_for
from linli.cases.sight import in_sight
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.ledger.sequencing import sequence
from linli.portals.command.conftest import late
from linli.portals.demo.people import Sitter
from linli.portals.demo.world import seat
from linli.portals.desk.conftest import LAMP, NAME, PHONE, dispatched, reload, reported
from linli.posts.models import PostKind
from linli.residents.models import Access

pytestmark = pytest.mark.django_db
TILE = re.compile(r'<a class="tile__whole" id="tile-(\w+)" href="([^"]+)"><strong>(\d+)</strong>')
CENTRE = "示例市社会治理现代化指挥中心"
ADVICE = "由市供电公司抢修，费用由市级承担"


@pytest.fixture
def city(world):
    """The county's world with a centre of the city above it."""
    for key, kind, title in (
        ("city_dispatcher", PostKind.DISPATCHER, "市级派遣员"),
        ("city_head", PostKind.HEAD, "市中心主任"),
    ):
        seat(world, Sitter(key, "市" + title, kind, title, CENTRE, "示例市"), world.county.parent)
    return world


@pytest.fixture
def enter(city):
    def entered(key: str) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(city.by(key).holding.account)
        return client

    return entered


def text(response):
    return unescape(response.content.decode())


def accepted(world):
    matter = reported(world)
    lamp = Category.objects.get(code="0201")
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    return reload(matter)


def step(client, matter, name, **data):
    seen = Case.everywhere.get(pk=matter.pk).version
    response = client.post(f"/desk/cases/{matter.case.number}/{name}/", {"seen": seen, **data})
    assert response.status_code == 302, text(response)[:3000]


def waiting(matter):
    return set(Task.objects.filter(case=matter.pk, closed_at=None).values_list("post__title", flat=True))


def running(matter):
    return Clock.objects.filter(case=matter.pk, name="coordinate", stopped_at=None).count()


# --- up and back --------------------------------------------------------------------------------------------


def test_what_goes_up_by_two_levels_comes_back_by_two_with_the_decision_and_a_clock_at_each(city, enter):
    matter = accepted(city)
    page = f"/desk/cases/{matter.case.number}/"
    assert enter("city_dispatcher").get(page).status_code == 404
    step(enter("chengguan_dispatcher"), matter, "escalate", reason="跨街道，街道没有抢修力量")
    step(enter("county_dispatcher"), matter, "escalate", reason="县里没有抢修力量")
    assert (waiting(matter), running(matter)) == ({"市级派遣员"}, 1)
    for said in (LAMP[:8], "街道没有抢修力量", "县里没有抢修力量"):
        assert said in text(enter("city_dispatcher").get(page))
    first = text(enter("city_head").get("/command/"))
    assert page in first.partition("提请本级协调")[2].partition("超期最久")[0]
    step(enter("city_dispatcher"), matter, "hand_down", advice=ADVICE)
    assert (waiting(matter), running(matter)) == ({"县级派遣员"}, 1)
    assert reload(matter).case.stage == "escalated"
    step(enter("county_dispatcher"), matter, "hand_down", advice="按市里意见办")
    assert (waiting(matter), running(matter)) == ({"城关街道派遣员"}, 0)
    assert reload(matter).case.stage == "accepted"
    assert ADVICE in text(enter("chengguan_dispatcher").get(page))
    assert ADVICE in text(enter("city_dispatcher").get(page))


def test_a_level_in_whose_hands_it_is_not_takes_nothing_further_up(city, enter):
    matter = accepted(city)
    step(enter("chengguan_dispatcher"), matter, "escalate", reason="跨街道")
    seen = Case.everywhere.get(pk=matter.pk).version
    again = enter("chengguan_dispatcher").post(
        f"/desk/cases/{matter.case.number}/escalate/", {"seen": seen, "reason": "再报一次"}
    )
    assert again.status_code == 409
    assert waiting(matter) == {"县级派遣员"}


# --- a part in full, the rest as figures --------------------------------------------------------------------


@pytest.mark.parametrize("rest", ["", "file/", "supervise/", "note/", "contact/", "compare/"])
def test_a_case_that_is_not_its_part_is_not_there_for_a_city(city, enter, rest):
    number = dispatched(city).case.number
    assert enter("city_head").get(f"/desk/cases/{number}/{rest}").status_code == 404


@pytest.mark.parametrize("address", ["/command/cases/{}/", "/api/v1/matters/{}", "/field/cases/{}/"])
def test_nor_at_any_other_door(city, enter, address):
    number = dispatched(city).case.number
    assert enter("city_head").get(address.format(number)).status_code in {401, 404}


def test_a_city_finds_nothing_by_words_that_is_not_its_part(city, enter):
    dispatched(city)
    assert (
        LAMP[:4] not in text(enter("city_head").get(f"/desk/area/?words={LAMP[:4]}")).partition("<tbody")[2]
    )


def test_each_number_of_a_city_opens_its_part_and_says_how_many_others_it_counts(city, enter):
    random_county(city, 3, matters=5)
    matter = accepted(city)
    actions.escalate(matter, by=city.by("chengguan_dispatcher"), seen=matter.case.version, reason="跨街道")
    actions.escalate(
        matter, by=city.by("county_dispatcher"), seen=matter.case.version + 1, reason="县里办不了"
    )
    sequence()
    client = enter("city_head")
    found = TILE.findall(text(client.get("/command/")))
    assert {name: int(count) for name, _address, count in found}["open"] > 1
    for name, address, counted in found[:4]:
        page = text(client.get(address))
        assert f"<strong>{counted} 件</strong>" in page, name
        rows = set(re.findall(r'"/desk/cases/([\d-]+)/', page))
        others = re.search(r"另外 (\d+) 件", page)
        assert len(rows) + int(others.group(1) if others else 0) == int(counted), name
        assert rows <= {matter.case.number}


WATCHERS = (
    "city_head",
    "county_head",
    "county_dispatcher",
    "chengguan_dispatcher",
    "chengguan_clerk",
    GRIDS[0],
)


@pytest.mark.thorough
def test_of_each_figure_everybody_gets_the_rows_they_may_open_and_the_number_of_the_others(city):
    random_county(city, 5, matters=20, wider=True)
    known, tried = {case.pk: case for case in Case.everywhere.all()}, 0
    for who in WATCHERS:
        by = city.by(who)
        opened = {key for key, case in known.items() if opens(case, by)}
        area = by.post.division.trimmed
        asked = Question(Narrowing(place=area), PERIODS[0], NOW)
        counted, wanted = count(asked)[None], recounted(PERIODS[0], area)
        for name, figure in all_figures().items():
            page = page_behind(figure, asked, by=by, most=len(known))
            assert {case.pk for case in page.cases} == wanted[name] & opened, (who, name)
            assert page.counted == counted[name] == len(wanted[name]), (who, name)
            assert len(page.cases) + page.others == page.counted, (who, name)
            tried += bool(page.counted)
    assert tried > 100  # numbers that are not 0


def opens(case, by):
    """Whether the case itself opens to somebody, which another rule decides than the lists go by."""
    try:
        return case_for(by, case.number) == case
    except NotFound:
        return False


def test_the_longest_overdue_stand_on_the_citys_page_without_words_and_without_a_way_in(city, enter):
    matter = late(dispatched(city))
    page = text(enter("city_head").get("/command/"))
    assert f"/command/outline/{matter.case.number}/" in page
    assert f"/desk/cases/{matter.case.number}/" not in page
    read = Access.objects.count()
    outline = text(enter("city_head").get(f"/command/outline/{matter.case.number}/"))
    for said in (LAMP[:8], NAME, PHONE, matter.case.summary):
        assert said not in page + outline
    assert city.posts["power"].title in outline
    assert Access.objects.count() == read


def test_who_presses_from_above_has_part_in_the_case_from_then_on(city, enter):
    matter = late(dispatched(city))
    client, address = enter("city_head"), f"/command/outline/{matter.case.number}/"
    pressed = client.post(
        address,
        {"step": "supervise", "seen": matter.case.version, "question": "超期两天，为何未办结", "hours": 8},
    )
    assert pressed["Location"] == f"/command/cases/{matter.case.number}/"
    assert client.get(f"/desk/cases/{matter.case.number}/").status_code == 200
    assert enter("city_dispatcher").get(f"/desk/cases/{matter.case.number}/").status_code == 200
    late(matter)  # the step has counted its limit anew
    assert "已督办，待答复" in text(client.get("/command/"))
    entry = Entry.objects.get(name="matters.supervise", about=matter.pk)
    assert entry.post == city.posts["city_head"].pk
    assert "超期两天" in text(enter("power").get(f"/desk/cases/{matter.case.number}/"))


def test_what_a_level_has_part_in_is_listed_as_it_is_said_of_each_case(city):
    by = city.by("city_head")
    none, pressed, taken, handed = (accepted(city) for _each in range(4))
    actions.supervise(pressed, by=by, seen=pressed.case.version, question="为何未办结", hours=8)
    for matter in (taken, handed):
        for key in ("chengguan_dispatcher", "county_dispatcher"):
            seen = reload(matter).case.version
            actions.escalate(matter, by=city.by(key), seen=seen, reason="办不了")
    actions.hand_down(handed, by=city.by("city_dispatcher"), seen=reload(handed).case.version, advice=ADVICE)
    own, told = accepted(city), accepted(city)
    Case.everywhere.filter(pk=own.pk).update(opened_by=by.post)
    Copy.objects.create(case=told.case, post=by.post, at=timezone.now())
    everything = Case.everywhere.order_by("pk")
    wanted = {each.pk for each in (pressed, taken, handed, own, told)}
    assert {case.pk for case in in_sight(by, everything)} == wanted
    assert {case.pk for case in in_sight(by, everything, everything.first().pk)} == wanted
    later = everything.filter(pk__gte=pressed.pk)
    assert {case.pk for case in in_sight(by, later, pressed.pk)} == wanted
    assert {case.number for case in in_area(by).rows} == {
        case.number for case in everything if case.pk in wanted
    }
    assert none.pk not in wanted


@pytest.mark.parametrize("name", ["dispatch", "park", "relate", "nothing"])
def test_no_other_step_is_taken_from_above(city, enter, name):
    matter = dispatched(city)
    address = f"/command/outline/{matter.case.number}/"
    response = enter("city_head").post(address, {"step": name, "seen": matter.case.version, "reason": "x"})
    assert response.status_code == 409
    assert reload(matter).case.version == matter.case.version


def test_where_one_county_alone_lies_below_the_picture_shows_its_towns(city, enter):
    table = text(enter("city_head").get("/command/")).partition("对应数据表")[2]
    assert all(f"{name}</a>" in table for name in ("城关街道", "柳河镇", "青石镇"))


@pytest.mark.parametrize("address", ["/desk/area/", "/desk/map/"])
def test_list_and_map_of_a_city_say_that_they_show_its_part(city, enter, address):
    assert "与本级有关" in text(enter("city_head").get(address))
    assert "与本级有关" not in text(enter("county_head").get(address))


def test_a_county_goes_from_the_outline_to_the_room(city, enter):
    number = dispatched(city).case.number
    response = enter("county_head").get(f"/command/outline/{number}/")
    assert response["Location"] == f"/command/cases/{number}/"


def test_a_life_asks_for_no_level(city, enter):
    number = dispatched(city).case.number
    page = enter("city_head").get(f"/desk/cases/{number}/emergency/")
    assert page.status_code == 200
    assert LAMP[:8] not in text(page)


def test_the_page_of_rights_says_what_a_city_sees(city, enter):
    assert "市级和省级" in text(enter("city_head").get("/desk/rights/"))
