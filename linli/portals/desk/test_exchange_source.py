"""The page of one outside system: what it sent, what failed, its key and its limits."""

from __future__ import annotations

import re

import pytest

from linli.cases.models import Case
from linli.exchange.models import Source
from linli.exchange.sources import (
    add_source,
    count_request,
    end_source,
    give_key,
    note_refusal,
    set_limits,
    source_of,
    took_in,
)
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.portals.desk.conftest import HOME
from linli.posts.actor import PartyActor
from linli.posts.tokens import Unknown
from tests.assessing import assessed_source

pytestmark = pytest.mark.django_db
PAGE = "/desk/exchange/app/"


@pytest.fixture
def source(world):
    return assessed_source(world, add_source("app", "随手拍", world.county, by=world.by("administrator")))


@pytest.fixture
def filled(world, source):
    opened = actions.report(
        by=PartyActor("reporter"), text="路灯坏了", division=world.place(HOME), channel="app"
    )
    took_in(source, "A-1", opened.case, again=False)
    count_request(source, known=1)
    note_refusal(source, "POST requests.xml", "没有写地点", "A-2")
    return Case.everywhere.get(pk=opened.case)


def text(response):
    return response.content.decode()


def test_who_may_look_sees_what_came_and_what_failed(sign_in, filled):
    page = text(sign_in("county_clerk").get(PAGE))
    assert "没有写地点" in page
    assert "A-2" in page
    assert 'name="per_day"' not in page


def test_the_figure_of_what_was_taken_opens_the_cases(sign_in, filled):
    browser = sign_in("county_clerk")
    address = re.search(r'href="(/desk/area/[^"]*opened_since[^"]*)"', text(browser.get(PAGE))).group(1)
    assert filled.number in text(browser.get(address.replace("&amp;", "&")))


def test_the_figure_of_what_was_refused_opens_the_refusals(sign_in, filled, source):
    browser = sign_in("county_clerk")
    address = re.search(r'href="(\?delivery=[^"#]*)#', text(browser.get(PAGE))).group(1)
    assert "没有写地点" in text(browser.get(PAGE + address))


def test_another_systems_refusals_are_not_shown(sign_in, filled, world):
    other = assessed_source(world, add_source("other", "别的", world.county, by=world.by("administrator")))
    note_refusal(other, "POST requests.xml", "别人的事")
    assert "别人的事" not in text(sign_in("county_clerk").get(PAGE))


def test_many_refusals_come_in_pages(sign_in, filled, source):
    for number in range(60):
        note_refusal(source, "POST requests.xml", f"理由{number}")
    browser = sign_in("county_clerk")
    page = text(browser.get(PAGE))
    assert "理由59" in page
    assert "没有写地点" not in page
    address = re.search(r'href="(\?before=\d+)#', page).group(1)
    assert "没有写地点" in text(browser.get(PAGE + address))


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=-1", "?before=" + "9" * 40, "?delivery=x", "?before=²"]
)
def test_an_odd_address_shows_the_page(sign_in, filled, query):
    assert sign_in("county_clerk").get(PAGE + query).status_code == 200


def test_a_key_is_shown_once_and_opens(sign_in, source):
    browser = sign_in("administrator")
    answer = browser.post(f"{PAGE}key/")
    key = re.search(r"linli_[\w-]+", text(answer)).group()
    assert source_of(key) == source
    assert "no-store" in answer["Cache-Control"]
    assert key not in text(browser.get(PAGE))


def test_a_new_key_ends_the_old_one(sign_in, source):
    browser = sign_in("administrator")
    first = re.search(r"linli_[\w-]+", text(browser.post(f"{PAGE}key/"))).group()
    browser.post(f"{PAGE}key/")
    with pytest.raises(Unknown):
        source_of(first)


def test_limits_are_changed_and_recorded(sign_in, source):
    sign_in("administrator").post(f"{PAGE}limits/", {"per_minute": "5", "per_day": "100"})
    source.refresh_from_db()
    assert (source.per_minute, source.per_day) == (5, 100)
    entry = Entry.objects.get(name="exchange.set_limits")
    assert entry.facts == {"source": "app", "per_minute": 5, "per_day": 100}


@pytest.mark.parametrize(
    "given", [{}, {"per_minute": "0", "per_day": "5"}, {"per_minute": "x", "per_day": "9" * 30}]
)
def test_limits_that_are_none_are_refused(sign_in, source, given):
    assert sign_in("administrator").post(f"{PAGE}limits/", given).status_code == 422
    assert Source.objects.get().per_minute == 60


def test_an_ended_system_can_be_read_and_not_changed(sign_in, world, filled, source):
    browser = sign_in("administrator")
    assert browser.post(f"{PAGE}end/").status_code == 302
    page = text(browser.get(PAGE))
    assert "没有写地点" in page
    assert 'name="per_day"' not in page
    for address in ("key/", "end/"):
        assert browser.post(PAGE + address).status_code == 409
    assert browser.post(f"{PAGE}limits/", {"per_minute": "5", "per_day": "5"}).status_code == 409


def test_an_empty_page_says_where_to_send(sign_in, source):
    assert "/open311/v2/" in text(sign_in("administrator").get(PAGE))


def test_the_channel_filter_knows_the_system_also_when_it_has_ended(sign_in, world, filled, source):
    end_source(source, by=world.by("administrator"))
    page = text(sign_in("chengguan_clerk").get("/desk/area/?channel=app"))
    assert filled.number in page
    assert "随手拍" in page


def test_the_page_of_a_new_key_loaded_again_makes_no_other(sign_in, source):
    browser = sign_in("administrator")
    seen = re.search(r'name="seen" value="(\w*)"', text(browser.get(PAGE)))[1]
    assert browser.post(f"{PAGE}key/", {"seen": seen}).status_code == 200
    again = browser.post(f"{PAGE}key/", {"seen": seen})
    assert (again.status_code, "已经换了新密钥" in text(again)) == (409, True)


def test_a_source_that_has_used_its_day_up_is_seen(world, sign_in, filled, source):
    give_key(source, by=world.by("administrator"))
    before = text(sign_in("county_clerk").get(PAGE))
    assert ("今天已上送 3 次" in before, "今天的次数已用完" in before) == (True, False)
    set_limits(source, per_minute=60, per_day=3, by=world.by("administrator"))
    assert "今天的次数已用完" in text(sign_in("county_clerk").get(PAGE))
