"""The page of a case and its steps: exactly what the hat may do, and what happens when somebody is faster."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.cases.follow import follow_code
from linli.cases.models import Case, Category, Link, Task
from linli.kinds.matters import actions
from linli.portals.desk.conftest import NOTE, dispatched, reported
from linli.posts.models import Holding

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def page(client, case):
    return client.get(f"/desk/cases/{case.number}/")


def take(client, case, step, **data):
    return client.post(f"/desk/cases/{case.number}/{step}/", data)


def test_the_page_shows_what_is_known_and_who_has_it(sign_in, case):
    shown = text(page(sign_in("chengguan_clerk"), case))
    for words in (
        case.number,
        "路灯坏了三天",
        "待受理",
        "城关街道受理员",
        "办理时限",
        "潍坊市12345条例",
        "办理经过",
    ):
        assert words in shown


def test_exactly_the_steps_of_the_hat_are_offered(sign_in, case, dispatched_case):
    clerk, handler = sign_in("chengguan_clerk"), sign_in("power")
    mine = text(page(clerk, case))
    assert all(f"/{step}/" in mine for step in ("accept", "refuse", "refer"))
    assert f"/{case.number}/dispatch/" not in mine
    theirs = text(page(handler, dispatched_case))
    assert f"/{dispatched_case.number}/handle/" in theirs
    assert f"/{dispatched_case.number}/check/" not in theirs
    assert "您的岗位目前无需办理此件" in text(page(sign_in("chengguan_checker"), case))


def test_a_step_is_taken_and_leads_back_to_the_case(sign_in, case):
    category = Category.objects.get(code="0201").code
    response = sign_in("chengguan_clerk").post(
        f"/desk/cases/{case.number}/accept/", {"seen": 1, "category": category}, follow=True
    )
    assert f"已完成“受理”，编号 {case.number}" in text(response)
    case.refresh_from_db()
    assert (case.stage, case.version) == ("accepted", 2)


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(sign_in, case):
    response = take(sign_in("chengguan_clerk"), case, "refer", seen=1, reason="应由水务公司处理")
    assert response.status_code == 422
    assert "应由水务公司处理" in text(response)
    assert 'id="wrong-title"' in text(response)


def test_a_form_without_its_version_is_refused(sign_in, case):
    response = take(sign_in("chengguan_clerk"), case, "refuse", reason="重复")
    assert response.status_code == 422
    assert "表单不完整" in text(response)
    assert Case.everywhere.get(pk=case.pk).version == 1


def test_outside_the_area_there_is_nothing(sign_in, case):
    stranger = sign_in("liuhe_clerk")
    assert page(stranger, case).status_code == 404
    assert take(stranger, case, "accept", seen=1).status_code == 404
    assert stranger.get("/desk/cases/990101-26-99999-9/").status_code == 404


def test_inside_the_area_a_step_that_is_not_yours_is_refused_in_a_sentence(sign_in, case):
    for seen in (1, 7):
        response = take(sign_in("chengguan_team"), case, "accept", seen=seen)
        assert response.status_code == 403
        assert "受理" in text(response)
    assert take(sign_in("chengguan_team"), case, "handle", seen=7).status_code == 403
    assert Case.everywhere.get(pk=case.pk).stage == "reported"


def test_a_post_with_the_task_sees_the_case_though_its_area_is_elsewhere(world, sign_in, case):
    Task.objects.filter(case=case).update(post=world.posts["liuhe_clerk"])
    assert page(sign_in("liuhe_clerk"), case).status_code == 200


def test_a_step_the_stage_does_not_allow_gets_a_sentence(sign_in, case):
    client = sign_in("chengguan_dispatcher")
    for answer in (
        take(client, case, "dispatch", seen=1),
        client.get(f"/desk/cases/{case.number}/dispatch/"),
    ):
        assert answer.status_code == 409
        assert "待受理" in text(answer)


@pytest.mark.parametrize(
    ("key", "why", "is_shown"),
    [
        ("county_dispatcher", "这里没有可提请协调的上级", False),
        ("chengguan_dispatcher", "该办件已在上级协调中", True),
    ],
)
def test_a_step_that_could_only_be_refused_is_no_button_and_says_why(
    world, sign_in, case, key, why, is_shown
):
    """What there never is in this place is said to whoever asks for it, and not on every page."""
    actions.accept(case.matter, by=world.by("chengguan_clerk"), seen=1)
    actions.escalate(case.matter, by=world.by("chengguan_dispatcher"), seen=2, reason="跨街道")
    client, address = sign_in(key), f"/desk/cases/{case.number}/escalate/"
    shown = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert address not in shown
    assert (why in shown) is is_shown
    asked = client.get(address)
    assert (asked.status_code, why in asked.content.decode()) == (409, True)


def test_an_unknown_step_is_not_found(sign_in, case):
    assert take(sign_in("chengguan_clerk"), case, "explode", seen=1).status_code == 404


@pytest.mark.parametrize("step", ["lapse", "close_with_original"])
def test_a_step_that_the_clock_takes_is_refused_to_whoever_sends_it(sign_in, case, step):
    for door in ("desk", "field"):
        sent = sign_in("chengguan_clerk").post(f"/{door}/cases/{case.number}/{step}/", {"seen": case.version})
        assert sent.status_code == 403, door
    browser = Client()
    browser.post("/follow/", {"number": case.number, "code": follow_code(case.pk)})
    assert browser.post(f"/follow/{case.number}/{step}/", {"version": case.version}).status_code in {403, 404}
    assert Case.everywhere.get(pk=case.pk).stage == case.stage


def test_a_stale_step_that_still_fits_shows_the_change_and_keeps_the_words(world, sign_in):
    case = dispatched(world).case
    actions.send_back(case.matter, by=world.by("power"), seen=3, reason="不归路灯管")
    response = take(
        sign_in("chengguan_dispatcher"),
        case,
        "refer",
        seen=2,
        reason="我写了很久的理由",
        to=world.posts["water"].organisation_id,
    )
    assert response.status_code == 409
    shown = text(response)
    assert "已有人先办理" in shown
    for words in ("不归路灯管", NOTE, "我写了很久的理由", 'name="seen" value="4"'):
        assert words in shown
    assert Case.everywhere.get(pk=case.pk).version == 4


def test_a_stale_step_that_is_over_hands_the_words_back(world, sign_in, case):
    actions.refuse(case.matter, by=world.by("chengguan_clerk"), seen=1, reason="重复上报")
    response = take(sign_in("chengguan_clerk"), case, "refer", seen=1, reason="我写了很久的理由")
    assert response.status_code == 409
    assert "重复上报" in text(response)
    assert "我写了很久的理由" in text(response)
    assert 'name="seen"' not in text(response)


def test_whoever_lost_the_task_to_somebody_faster_is_told(world, sign_in, dispatched_case):
    actions.send_back(dispatched_case.matter, by=world.by("power"), seen=3, reason="另一个窗口里退回了")
    response = take(sign_in("power"), dispatched_case, "handle", seen=3, result="我写了处置结果")
    assert response.status_code == 409
    assert "另一个窗口里退回了" in text(response)
    assert "我写了处置结果" in text(response)


def test_a_step_costs_few_statements(world, sign_in, dispatched_case):
    client = sign_in("power")
    client.get("/desk/")
    with CaptureQueriesContext(connection) as seen:
        assert take(client, dispatched_case, "handle", seen=3, result="换了灯泡").status_code == 302
    assert len(seen) <= 24


def test_a_task_on_a_vacant_post_is_flagged(world, sign_in, dispatched_case):
    Holding.objects.filter(post=world.posts["power"]).update(until=timezone.now() - timedelta(minutes=1))
    assert "空岗" in text(page(sign_in("chengguan_dispatcher"), dispatched_case))


def test_linked_cases_are_shown_only_to_those_who_see_them(world, sign_in, case):
    other = reported(world, "同一盏灯").case
    Link.objects.create(source=case, target=other, relation="duplicate_of")
    assert other.number in text(page(sign_in("chengguan_clerk"), case))
    Case.everywhere.filter(pk=other.pk).update(code_now=world.place("柳河镇").code)
    other.tasks.update(closed_at=timezone.now())
    assert other.number not in text(page(sign_in("chengguan_clerk"), case))


def test_a_form_that_is_asked_for_alone_works_too(sign_in, case):
    response = sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/refuse/")
    assert response.status_code == 200
    assert 'name="seen" value="1"' in text(response)


def test_the_page_is_complete_in_english(sign_in, case):
    shown = text(page(sign_in("chengguan_clerk", language="en"), case))
    for words in ("Who has it now", "What has happened", "Reach the person who raised it", "Limits"):
        assert words in shown


def steps_offered(response):
    """The steps of a case's page, in their order."""
    return re.findall(r'<details class="step"[^>]*><summary>([^<]+)</summary>', text(response))


def steps_open(response):
    """The steps whose form is unfolded already."""
    return re.findall(r'<details class="step" open><summary>([^<]+)</summary>', text(response))


def test_the_usual_step_stands_first_and_open(world, sign_in, case):
    shown = page(sign_in("chengguan_clerk"), case)
    assert (steps_offered(shown)[0], steps_open(shown)) == ("受理", ["受理"])
    actions.accept(
        case.matter, by=world.by("chengguan_clerk"), seen=1, category=Category.objects.get(code="0201")
    )
    assert steps_offered(page(sign_in("chengguan_dispatcher"), case))[0] == "派遣"


def test_what_one_is_asked_for_stands_first(world, sign_in, dispatched_case):
    actions.request_extension(dispatched_case.matter, by=world.by("power"), seen=3, amount=2, reason="缺灯泡")
    shown = page(sign_in("chengguan_dispatcher"), dispatched_case)
    assert steps_offered(shown)[:2] == ["批准延时", "不同意延时"]
    assert steps_open(shown) == [], "where there is a choice, none is made beforehand"
    assert re.search(r'name="amount" value="2"', text(shown)), "what was asked for is filled in"
    assert "延长几个工作日" in text(shown)


@pytest.mark.parametrize("huge", ["9" * 30, "-" + "9" * 30, "9" * 5000])
@pytest.mark.parametrize(
    ("address", "field"), [("copy/", "posts"), ("dispatch/", "helpers"), ("dispatch/", "to")]
)
def test_a_post_of_a_number_no_database_has_is_no_choice(world, sign_in, huge, address, field):
    matter = reported(world)
    lamp = Category.objects.get(code="0201")
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    client = sign_in("chengguan_dispatcher")
    assert take(client, matter.case, address.strip("/"), seen=2, **{field: huge}).status_code == 422
