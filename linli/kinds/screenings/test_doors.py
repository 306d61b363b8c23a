"""A screening at the desk: two taps for whoever is asked, counts for whoever asked, and nobody else's answer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Link
from linli.kinds.screenings import actions
from linli.kinds.screenings.conftest import OPENER, reload_key, version_of
from linli.kinds.screenings.models import Place

FIRST, SECOND = "东门社区第一网格", "东门社区第二网格"


def desk(world, key):
    browser = Client(headers={"accept-language": "zh-hans"})
    browser.force_login(world.by(key).holding.account)
    return browser


def page(world, key, screening):
    return desk(world, key).get(f"/desk/cases/{screening.case.number}/").content.decode()


def answer(world, key, screening, step, **data):
    return desk(world, key).post(f"/desk/cases/{screening.case.number}/{step}/", data)


def test_the_button_for_nothing_found_stands_open(small, world):
    shown = page(world, FIRST, small)
    opened = shown.split('<details class="step" open>')
    assert len(opened) == 2
    assert opened[1].startswith("<summary>看过，没有发现</summary>")


def test_a_page_that_others_have_outrun_is_no_reason_to_refuse(small, world):
    seen = version_of(small)
    assert answer(world, FIRST, small, "clear", seen=seen).status_code == 302
    assert answer(world, SECOND, small, "clear", seen=seen).status_code == 302


def test_the_same_answer_sent_twice_is_told_and_counts_once(small, world):
    seen = version_of(small)
    answer(world, FIRST, small, "clear", seen=seen)
    again = answer(world, FIRST, small, "clear", seen=seen)
    assert again.status_code == 409
    assert Place.objects.exclude(answer="").count() == 1


def test_others_who_have_not_answered_are_counted_and_not_named(small, world):
    actions.clear(small, by=world.by(SECOND), seen=2)
    for key, others in ((FIRST, 1), (OPENER, 2)):
        (_before, shown) = page(world, key, small).split('id="tasks-title"')
        shown = shown.split("</section>")[0]
        assert "东门社区第三网格网格员" not in shown
        assert f"另有 {others} 个岗位" in shown
        assert (f"{FIRST}网格员" in shown) is (key == FIRST)


@pytest.mark.parametrize(("key", "listed"), [(OPENER, True), ("county_head", False), (FIRST, False)])
def test_places_that_have_not_answered_are_listed_to_whoever_sent_it_only(small, world, key, listed):
    actions.clear(small, by=world.by(SECOND), seen=2)
    shown = page(world, key, small)
    assert ("未反馈的地方" in shown) is listed
    assert (world.place("东门社区第三网格").trimmed in shown) is listed


def test_of_what_came_of_it_a_post_reads_what_it_may_and_how_many_there_are(small, world):
    data = {"kind": "disputes", "text": "为排水沟吵了两次", "name": "李大姐"}
    answer(world, FIRST, small, "found", seen=2, **data)
    number = Link.objects.get(source=small.pk).target.number
    assert number in page(world, FIRST, small)
    shown = page(world, OPENER, small)
    assert number not in shown
    assert "由此受理的办件共 1 件，本岗位可以查看 0 件" in shown


def test_what_is_wrong_with_a_find_stands_at_its_field_and_nothing_is_lost(small, world):
    told = answer(world, FIRST, small, "found", seen=2, kind="disputes", text="为排水沟吵了两次")
    assert told.status_code == 422
    assert "为排水沟吵了两次" in told.content.decode()
    assert reload_key(small.pk).total.answered == 0


def statements_of(world, key, screening):
    browser = desk(world, key)
    browser.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        browser.get(f"/desk/cases/{screening.case.number}/")
    return len(asked)


def test_a_page_about_twelve_places_costs_as_many_statements_as_about_three(small, sent, world):
    statements_of(world, OPENER, small)
    assert statements_of(world, OPENER, sent) == statements_of(world, OPENER, small)


def test_a_page_with_many_cases_that_came_of_it_costs_no_more(sent, world):
    grids = [f"{village}第{number}网格" for village in ("文昌社区", "东门社区") for number in "一二三"]
    find = {"kind": "disputes", "text": "为排水沟吵了两次", "name": "李大姐"}
    actions.found(sent, by=world.by(grids[0]), seen=2, **find)
    statements_of(world, OPENER, sent)
    before = statements_of(world, OPENER, sent)
    for grid in grids[1:]:
        actions.found(sent, by=world.by(grid), seen=2, **find)
    assert statements_of(world, OPENER, sent) == before
