"""The page of confidential figures: who may open what, what it says of the rest, and what it costs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.kinds.disputes.conftest import applied_in, committee_of_home, head_of_home

pytestmark = pytest.mark.django_db
PAGE = "/desk/figures/of/disputes/"
LINK = re.compile(r'<a href="(/desk/figures/of/disputes/\w+/\?[^"]+)">(?:<strong>)?(\d+|<i aria)')


def text(response):
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.fixture
def raised(world):
    """Six disputes of one village, of which one was withdrawn."""
    committee_of_home()
    ways = [applied_in(world) for _each in range(6)]
    ways[0].go(ways[0].applicant, "withdraw")
    return ways


def listed(page):
    return set(re.findall(r'"/desk/cases/([\d-]+)/"', page))


def test_the_head_of_the_committee_opens_exactly_what_is_counted(raised):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(head_of_home().holding.account)
    found = LINK.findall(text(client.get(f"{PAGE}?whose=own")))
    assert {int(count) for _address, count in found} == {6, 1}
    for address, count in found:
        page = text(client.get(address))
        assert len(listed(page)) == int(count)
        assert "依法保密" not in page


def test_an_upper_level_gets_the_figure_and_no_case(sign_in, raised):
    client = sign_in("county_head")
    found = {count: address for address, count in LINK.findall(text(client.get(PAGE)))}
    page = text(client.get(found["6"]))
    assert listed(page) == set()
    assert "另有 6 件" in page
    assert re.search(r'class="back" href="/desk/figures/of/[^"]+">', page)


def test_a_village_shows_no_small_number_and_does_not_say_how_many_others(sign_in, raised, world):
    client = sign_in("chengguan_clerk")
    home = world.place("东门社区").trimmed
    page = text(client.get(f"{PAGE}?place={home}"))
    assert [count for _address, count in LINK.findall(page)].count("<i aria") >= 1
    address = next(address for address, count in LINK.findall(page) if "ended_withdrawn" in address)
    assert "数量不予显示" in text(client.get(address))


def test_months_and_free_days_are_not_offered(sign_in, raised):
    month = f"{timezone.localdate():%Y-%m}"
    response = sign_in("county_head").get(f"{PAGE}?period={month}")
    assert response.status_code == 422


def test_a_kind_that_area_sees_has_no_such_page(sign_in):
    assert sign_in("county_head").get("/desk/figures/of/matters/").status_code == 404


def test_the_page_of_figures_leads_there(sign_in):
    assert f'href="{PAGE}?place=990101"' in text(sign_in("county_head").get("/desk/figures/"))


def test_a_villages_page_reads_with_few_statements(sign_in, raised, world):
    client, home = sign_in("chengguan_clerk"), world.place("东门社区").trimmed
    client.get(f"{PAGE}?place={home}")
    with CaptureQueriesContext(connection) as seen:
        client.get(f"{PAGE}?place={home}")
    assert len([each for each in seen if "residents_access" not in each["sql"]]) <= 30
