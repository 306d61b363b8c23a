"""Joint cases and their room: what is listed, pressing from there, and decisions that are minuted."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.utils import timezone

from linli.analytics.folding import fold_all
from linli.cases.joint import MANY, Posts, asked_first, joint_in, questions_in
from linli.cases.models import Clock, Task
from linli.cases.story import story_for_reporter
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.portals.command.conftest import joint_matter, late
from linli.portals.desk.conftest import reload

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r'<td class="is-number"[^>]*><a href="(\?[^"]+)">(\d+)</a>')
ASKED = {"question": "请说明超期原因和完成时间。", "hours": "4"}


def text(response):
    return unescape(response.content.decode())


def room(matter, rest=""):
    return f"/command/cases/{matter.case.number}/{rest}"


def press(client, matter, step="supervise", **given):
    data = {**ASKED, "seen": matter.case.version, **given}
    return client.post(room(matter, f"{step}/"), data)


def test_joint_cases_stand_with_the_earliest_limit_first(world, joint_case, late_case, sign_in):
    later = joint_matter(world)
    page = text(sign_in("county_dispatcher").get("/command/joint/"))
    assert page.index(joint_case.case.number) < page.index(later.case.number)
    assert late_case.case.number not in page


def test_of_the_joint_cases_those_that_are_overdue_can_be_seen_alone(world, joint_case, sign_in):
    later = joint_matter(world)
    page = text(sign_in("county_dispatcher").get("/command/joint/?late=1"))
    assert joint_case.case.number in page
    assert later.case.number not in page


def test_the_list_of_joint_cases_shows_nothing_that_residents_wrote(joint_case, sign_in):
    assert joint_case.case.summary not in text(sign_in("county_dispatcher").get("/command/joint/"))


def test_the_room_names_each_part_with_its_clock(joint_case, sign_in):
    page = text(sign_in("county_dispatcher").get(room(joint_case)))
    for said in ("路灯维护岗", "供水抢修岗", "主办", "协办"):
        assert said in page
    assert Clock.objects.filter(case=joint_case.pk, name="part", stopped_at=None).count() == 2


def test_a_department_is_pressed_from_the_room_and_must_answer_in_time(joint_case, sign_in):
    client = sign_in("county_dispatcher")
    assert press(client, joint_case).status_code == 302
    asked = Task.objects.filter(case=joint_case.pk, role="asked", asks="supervise", closed_at=None)
    assert asked.count() == 2
    assert Clock.objects.filter(task__in=asked, name="answer", stopped_at=None).count() == 2
    assert "路灯维护岗" in text(client.get("/command/questions/"))


def test_the_room_takes_no_step_but_those_that_put_a_question(joint_case, sign_in):
    response = sign_in("county_dispatcher").post(
        room(joint_case, "park/"), {"seen": joint_case.case.version, "reason": "等待"}
    )
    assert response.status_code == 404
    assert reload(joint_case).case.version == joint_case.case.version


def test_what_is_wrong_with_a_question_is_said_in_the_room_and_nothing_is_sent(joint_case, sign_in):
    response = press(sign_in("county_dispatcher"), joint_case, question="", hours="0")
    assert response.status_code == 422
    assert "supervise_question_error" in text(response)
    assert not Task.objects.filter(case=joint_case.pk, role="asked").exists()


@pytest.mark.parametrize(
    ("form", "page"),
    [("supervise/", ""), ("decide/", ""), ("/command/shifts/hand-over/", "/command/shifts/")],
)
def test_whoever_opens_the_address_of_a_form_comes_to_the_page_it_stands_on(joint_case, sign_in, form, page):
    """After an error the page has that address: there somebody changes the language, or comes back to it."""
    client, at = sign_in("county_head"), lambda part: part if part.startswith("/") else room(joint_case, part)
    wrong = client.post(at(form), {"seen": "1"})
    assert wrong.status_code == 422
    chosen = client.post("/preferences/", {"language": "en", "next": at(form)}, follow=True)
    assert (chosen.status_code, chosen.request["PATH_INFO"]) == (200, at(page))


def test_who_saw_an_older_version_sends_nothing(world, joint_case, sign_in):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    answer = press(client, joint_case, question="水管何时可通？")
    assert answer.status_code == 409
    shown = text(answer)
    for said in ("水管何时可通？", "没有发出", f'name="seen" value="{reload(joint_case).case.version}"'):
        assert said in shown
    assert Task.objects.filter(case=joint_case.pk, role="asked").count() == 2


@pytest.mark.parametrize("key", ["liuhe_dispatcher"])
def test_a_case_of_another_area_has_no_room(joint_case, sign_in, key):
    assert sign_in(key).get(room(joint_case)).status_code == 404


def minutes(world, **given):
    until = timezone.localdate() + timedelta(days=3)
    return {"words": "路灯公司先修一二号杆。", "post": world.posts["power"].pk, "until": until, **given}


def test_a_decision_says_who_does_what_until_when_and_who_minuted_it(world, joint_case, sign_in):
    client = sign_in("county_dispatcher")
    assert client.post(room(joint_case, "decide/"), minutes(world)).status_code == 302
    page = text(client.get(room(joint_case)))
    for said in ("路灯公司先修一二号杆。", "路灯维护岗", "县级派遣员"):
        assert said in page
    entry = Entry.objects.get(name="cases.decide")
    assert entry.facts["next_post"] == world.posts["power"].pk
    assert "路灯公司" not in str(entry.facts)


def test_a_decision_with_a_day_that_is_over_is_refused(world, joint_case, sign_in):
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = sign_in("county_dispatcher").post(room(joint_case, "decide/"), minutes(world, until=yesterday))
    assert answer.status_code == 422
    assert not Entry.objects.filter(name="cases.decide").exists()


def test_whoever_reported_it_reads_no_decision(world, joint_case, sign_in):
    sign_in("county_dispatcher").post(room(joint_case, "decide/"), minutes(world))
    told = [each for each in story_for_reporter(joint_case.case) if "路灯公司" in str(each.words)]
    assert told == []


def test_an_answer_that_is_late_is_found_apart(world, joint_case, sign_in):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    assert room(joint_case) not in text(client.get("/command/questions/?late=1"))
    Clock.objects.filter(case=joint_case.pk, name="answer").update(due_at=timezone.now() - timedelta(hours=1))
    assert room(joint_case) in text(client.get("/command/questions/?late=1"))


def test_an_answered_question_is_gone_from_supervision(world, joint_case, sign_in):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    for key in ("power", "water"):
        actions.respond(
            joint_case, by=world.by(key), seen=reload(joint_case).case.version, reply="明天完成。"
        )
    assert room(joint_case) not in text(client.get("/command/questions/"))


def test_a_wish_for_more_time_is_no_question_of_supervision(world, late_case, sign_in):
    actions.request_extension(
        late_case, by=world.by("power"), seen=late_case.case.version, amount=3, reason="等待配件到货。"
    )
    assert room(late_case) not in text(sign_in("county_dispatcher").get("/command/questions/"))


def test_small_bodies_stand_together_in_supervision(joint_case, sign_in):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    table = text(client.get("/command/questions/")).partition('id="bodies-title"')[2]
    assert "供电公司" not in table
    assert "其他单位" in table


def test_questions_come_by_their_limits_and_those_whose_clock_rests_last(world, joint_case, sign_in):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    press(client, joint_matter(world))
    first, second, third, resting = Clock.objects.filter(name="answer").order_by("pk")
    now = timezone.now()
    for clock, hours in ((first, 3), (second, -2), (third, -1)):
        Clock.objects.filter(pk=clock.pk).update(due_at=now + timedelta(hours=hours))
    Clock.objects.filter(pk=resting.pk).update(stopped_at=now, resting=True)
    keys = [key for key, _due in asked_first(world.county.span, late=False, most=9)]
    assert keys == [second.task_id, third.task_id, first.task_id, resting.task_id]


def test_of_questions_so_many_are_read_as_are_shown_and_the_late_ones_alone(world, joint_case, sign_in):
    press(sign_in("county_dispatcher"), joint_case)
    some = Clock.objects.filter(name="answer").order_by("pk").values("pk")[:1]
    Clock.objects.filter(pk__in=some).update(due_at=timezone.now() - timedelta(hours=1))
    assert len(asked_first(world.county.span, late=False, most=1)) == 1
    assert len(asked_first(world.county.span, late=True, most=9)) == 1


def test_each_number_of_supervision_opens_as_many_questions(world, joint_case, sign_in):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    press(client, joint_matter(world))
    late_one = Clock.objects.filter(name="answer").order_by("pk").values("pk")[:1]
    Clock.objects.filter(pk__in=late_one).update(due_at=timezone.now() - timedelta(hours=1))
    fold_all()
    address = "/command/questions/"
    found = NUMBER.findall(text(client.get(address)))
    assert [number for _query, number in found] == ["4", "1"] * 2  # of the town, and of the small bodies
    for query, number in found:
        page = text(client.get(address + query))
        assert page.count('<th scope="row" class="is-title"><a href="/command/cases/') == int(number), query


def test_what_lies_in_none_of_the_parts_opens_its_questions_too(world, sign_in):
    town, client = world.place("城关街道"), sign_in("county_dispatcher")
    above = joint_matter(world, town)
    press(client, joint_matter(world))
    press(client, above)
    late_one = Clock.objects.filter(name="answer", case=above.pk).order_by("pk").values("pk")[:1]
    Clock.objects.filter(pk__in=late_one).update(due_at=timezone.now() - timedelta(hours=1))
    fold_all()
    address = "/command/questions/"
    page = text(client.get(f"{address}?place={town.trimmed}"))
    found = [each for each in NUMBER.findall(page) if "rest=rest" in each[0]]
    assert [number for _query, number in found] == ["2", "1"]
    for query, number in found:
        page = text(client.get(address + query))
        assert page.count(f'<th scope="row" class="is-title"><a href="{room(above)}') == int(number), query
        assert page.count('<th scope="row" class="is-title"><a href="/command/cases/') == int(number), query
    assert "其他" in page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize("query", ["rest=rest", "rest=x", "rest=rest&body=1"])
def test_a_rest_that_is_not_there_shows_the_whole_area(joint_case, sign_in, query):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    grid = joint_case.case.division.trimmed
    for address in (f"/command/questions/?{query}", f"/command/questions/?place={grid}&{query}"):
        assert room(joint_case) in text(client.get(address))


def test_questions_to_some_posts_are_told_from_those_to_all_others(world, joint_case, sign_in):
    press(sign_in("county_dispatcher"), joint_case)
    Clock.objects.filter(name="answer").order_by("pk").first().delete()  # one has no clock that runs
    asked = dict(questions_in(world.county.span).values_list("pk", "post"))
    assert len(asked) == 2
    for key, post in asked.items():
        own, rest = (
            {task for task, _due in asked_first(world.county.span, late=False, most=9, posts=posts)}
            for posts in (Posts([post]), Posts([post], others=True))
        )
        assert (own, rest) == ({key}, set(asked) - {key})


def test_supervision_says_in_which_areas_answers_are_awaited(world, joint_case, sign_in):
    client = sign_in("county_dispatcher")
    press(client, joint_case)
    table = text(client.get("/command/questions/")).partition('id="areas-title"')[2].partition("</table>")[0]
    assert table.count("<tr>") == 2  # the heading, and the one town in which somebody was asked
    assert f"place={joint_case.case.division.parent.parent.trimmed}" in table


def test_joint_cases_are_the_same_walked_by_their_limits_or_sorted(world, joint_case, late_case):
    joint_matter(world)
    span = world.county.span
    sorted_ones = list(joint_in(span, late=False, most=9))
    assert list(joint_in(span, late=False, most=9, of=MANY)) == sorted_ones
    assert len(sorted_ones) == 2


def test_a_case_that_is_overdue_and_not_joint_has_a_room_too(late_case, sign_in):
    assert sign_in("county_dispatcher").get(room(late(late_case))).status_code == 200


@pytest.mark.once
def test_few_questions_and_joint_cases_are_found_without_walking_all_that_is_open(world, late_case):
    if connection.vendor != "sqlite":
        return  # PostgreSQL plans by what is in the tables
    Task.objects.update(role="next")  # statistics say nothing of an index in which nothing stands
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_task")
    span = world.county.span
    plans = [
        rows.values("pk").explain() for rows in (questions_in(span), joint_in(span, late=False, most=50))
    ]
    assert ["task_todo" in plan for plan in plans] == [False, False], plans
