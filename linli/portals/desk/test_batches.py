"""One step for many cases: each is taken alone, whoever was overtaken is named, and nothing is done by half."""

from __future__ import annotations

import re

import pytest
from django.db.models import Count

from linli.cases.models import Case, Category, Task
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.portals.desk import batches
from linli.portals.desk.conftest import reload, reported
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
ACCEPT = {"step": "matters.accept", "confirmed": "yes", "category": "0201"}


def text(response):
    return response.content.decode()


def ticks(cases):
    """What the tick boxes of a list say of these cases."""
    return [f"{case.number}:{case.version}" for case in cases]


def send(client, cases, **given):
    return client.post("/desk/bulk/", {**given, "pick": ticks(cases)})


def told(response):
    """(numbers that are done, {number: reason} of those left as they are), as the page says."""
    page = text(response)
    done, _notice, left = page.partition("notice--warning")
    reasons = re.findall(r"/desk/cases/([\d-]+)/\">[\d-]+</a><br>([^<]+)</p>", left)
    return set(re.findall(r"<li><a href=\"/desk/cases/([\d-]+)/\">", done)), dict(reasons)


def stages(cases):
    return [Case.everywhere.get(pk=case.pk).stage for case in cases]


@pytest.fixture
def three(world):
    return [reported(world, f"第{number}盏路灯不亮").case for number in (1, 2, 3)]


@pytest.fixture
def accepted_three(world, three):
    lamp = Category.objects.get(code="0201")
    for case in three:
        actions.accept(case.matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    return [reload(case.matter).case for case in three]


def test_the_form_is_asked_once_and_names_every_case(sign_in, three):
    page = text(send(sign_in("chengguan_clerk"), three, step="matters.accept"))
    assert "受理：3 件" in page
    assert all(case.number in page for case in three)
    assert stages(three) == ["reported"] * 3


def test_all_that_can_be_accepted_are(sign_in, three):
    response = send(sign_in("chengguan_clerk"), three, **ACCEPT)
    assert told(response) == ({case.number for case in three}, {})
    assert stages(three) == ["accepted"] * 3


def test_dispatching_many_gives_each_post_its_tasks(world, sign_in, accepted_three):
    power = world.posts["power"]
    send(
        sign_in("chengguan_dispatcher"),
        accepted_three,
        step="matters.dispatch",
        confirmed="yes",
        to=power.pk,
    )
    assert stages(accepted_three) == ["dispatched"] * 3
    assert Task.objects.filter(post=power, case__in=accepted_three, closed_at=None).count() == 3


def test_supervising_many_asks_whoever_has_each(world, sign_in, accepted_three):
    given = {"step": "matters.supervise", "confirmed": "yes", "question": "进展如何", "hours": 4}
    response = send(sign_in("county_head"), accepted_three, **given)
    assert told(response) == ({case.number for case in accepted_three}, {})
    asked = Task.objects.filter(case__in=accepted_three, role="asked", closed_at=None)
    assert {task.post for task in asked} == {world.posts["chengguan_dispatcher"]}
    assert asked.count() == 3


def test_whoever_was_overtaken_is_named_and_the_others_are_done(world, sign_in, three):
    actions.ask_verification(three[1].matter, by=world.by("county_clerk"), seen=1)
    done, left = told(send(sign_in("chengguan_clerk"), three, **ACCEPT))
    assert done == {three[0].number, three[2].number}
    assert list(left) == [three[1].number]
    assert "有人办理了本件" in left[three[1].number]
    assert stages(three) == ["accepted", "verifying", "accepted"]


def test_where_the_stage_does_not_allow_it_the_stage_is_said(world, sign_in, three, accepted_three):
    fresh = reported(world).case
    done, left = told(send(sign_in("chengguan_clerk"), [accepted_three[0], fresh], **ACCEPT))
    assert done == {fresh.number}
    assert "待派遣" in left[accepted_three[0].number]


def test_what_lies_elsewhere_is_not_there_for_this_post(world, sign_in, three):
    place = world.place("柳河社区")
    opened = actions.report(by=PartyActor("reporter"), text="河边栏杆断了", division=place)
    elsewhere = Case.everywhere.get(pk=opened.case)
    done, left = told(send(sign_in("chengguan_clerk"), [*three, elsewhere], **ACCEPT))
    assert done == {case.number for case in three}
    assert list(left) == [elsewhere.number]
    assert stages([elsewhere]) == ["reported"]


def test_a_post_without_the_power_is_told_so_for_each_and_changes_nothing(sign_in, three):
    done, left = told(send(sign_in("chengguan_checker"), three, **ACCEPT))
    assert (done, set(left)) == (set(), {case.number for case in three})
    assert stages(three) == ["reported"] * 3


def test_what_an_action_refuses_leaves_nothing_behind(world, sign_in, accepted_three):
    """The grid worker serves the first case's place alone; for the other the action itself says no."""
    home, elsewhere = accepted_three[:2]
    Case.everywhere.filter(pk=elsewhere.pk).update(code_now=world.place("河滨社区第一网格").code)
    before = Entry.objects.filter(about=elsewhere.pk).count()
    worker = world.posts["东门社区第一网格"]
    given = {"step": "matters.dispatch", "confirmed": "yes", "to": worker.pk}
    done, left = told(send(sign_in("chengguan_dispatcher"), [home, elsewhere], **given))
    assert (done, list(left)) == ({home.number}, [elsewhere.number])
    again = Case.everywhere.get(pk=elsewhere.pk)
    assert (again.stage, again.version, again.lead) == ("accepted", elsewhere.version, None)
    assert Entry.objects.filter(about=elsewhere.pk).count() == before
    assert not Task.objects.filter(case=elsewhere, post=worker).exists()


def test_sent_twice_is_done_once(sign_in, three):
    client = sign_in("chengguan_clerk")
    first, second = (send(client, three, **ACCEPT) for _time in (1, 2))
    assert told(first)[0] == {case.number for case in three}
    assert told(second)[0] == set()
    assert set(told(second)[1]) == {case.number for case in three}
    taken = Entry.objects.filter(name="matters.accept", about__in=[case.pk for case in three])
    assert {row["times"] for row in taken.values("about").annotate(times=Count("pk"))} == {1}


def test_ticked_twice_is_done_once(sign_in, three):
    response = send(sign_in("chengguan_clerk"), [*three, three[0]], **ACCEPT)
    assert told(response) == ({case.number for case in three}, {})


def test_with_nothing_ticked_one_is_told_what_to_do(sign_in):
    response = send(sign_in("chengguan_clerk"), [], step="matters.accept")
    assert response.status_code == 422
    assert "请先勾选" in text(response)


def test_what_is_missing_is_asked_for_before_anything_is_done(sign_in, three):
    response = send(sign_in("chengguan_clerk"), three, step="matters.accept", confirmed="yes")
    assert response.status_code == 422
    assert stages(three) == ["reported"] * 3
    assert all(case.number in text(response) for case in three)


@pytest.mark.parametrize("step", ["matters.refuse", "matters.lapse"])
def test_only_steps_meant_for_many_are_taken_for_many(sign_in, three, step):
    response = send(sign_in("chengguan_clerk"), three, step=step, confirmed="yes", reason="重复")
    assert response.status_code == 422
    assert stages(three) == ["reported"] * 3


@pytest.mark.parametrize("step", ["", "matters", "matters.explode", "nothing.accept", "matters.accept.x"])
def test_an_unknown_step_is_not_found(sign_in, three, step):
    assert send(sign_in("chengguan_clerk"), three, step=step).status_code == 404


@pytest.mark.parametrize("pick", ["x", "990101-26-00001-1", "990101-26-00001-1:x", "a:²", ":1"])
def test_a_broken_tick_gets_a_sentence(sign_in, three, pick):
    response = sign_in("chengguan_clerk").post("/desk/bulk/", {**ACCEPT, "pick": [pick]})
    assert response.status_code == 422
    assert stages(three) == ["reported"] * 3


def test_fifty_at_once_are_done_and_more_are_refused(monkeypatch, world, sign_in):
    monkeypatch.setattr(batches, "PATIENCE", 600)  # on one page, however busy the machine is
    cases = [reported(world, f"第{number}盏路灯不亮").case for number in range(51)]
    client = sign_in("chengguan_clerk")
    assert send(client, cases, **ACCEPT).status_code == 422
    assert set(stages(cases)) == {"reported"}
    assert told(send(client, cases[:50], **ACCEPT)) == ({case.number for case in cases[:50]}, {})
    assert Entry.objects.filter(name="matters.accept", about__in=[case.pk for case in cases]).count() == 50


def test_a_long_batch_goes_on_page_by_page_and_forgets_nothing(monkeypatch, sign_in, three):
    monkeypatch.setattr(batches, "PATIENCE", 0)
    client = sign_in("chengguan_clerk")
    page = text(send(client, three, **ACCEPT, back="/desk/?state=open"))
    assert 'max="3" value="1"' in page
    pages = 1
    while "data-goes-on" in page:
        hidden = re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.split("data-goes-on")[1]
        )
        fields: dict[str, list[str]] = {}
        for name, value in hidden:
            fields.setdefault(name, []).append(value)
        page = text(client.post("/desk/bulk/", fields))
        pages += 1
    assert pages == 3
    assert stages(three) == ["accepted"] * 3
    assert all(case.number in page for case in three)
    assert 'href="/desk/?state=open"' in page


def test_a_suggestion_is_made_only_where_it_fits_all(world, sign_in, three):
    """What the first reporter chose is not laid upon the others."""
    Case.everywhere.filter(pk=three[0].pk).update(category=Category.objects.get(code="0202"))
    asked = text(send(sign_in("chengguan_clerk"), three, step="matters.accept"))
    assert 'value="0202" selected' not in asked
    alone = text(send(sign_in("chengguan_clerk"), three[:1], step="matters.accept"))
    assert 'value="0202" selected' in alone


def test_what_the_words_of_one_may_be_about_is_not_said_of_the_others(world, sign_in, three):
    hint, rubbish = "按内容可能是", reported(world, "垃圾没人清").case
    client = sign_in("chengguan_clerk")
    assert hint not in text(send(client, [*three, rubbish], step="matters.accept"))
    assert hint in text(send(client, three, step="matters.accept"))
