"""Following like a parcel: who has it, what comes next; and what was typed outlives an ended session."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from linli.cases.follow import follow_code
from linli.cases.models import Attachment, Case
from linli.kinds.matters.conftest import state_of
from linli.portals.resident.test_reporting import picture

pytestmark = pytest.mark.django_db


def page(client: Client, matter: Any) -> str:
    return client.get(f"/follow/{matter.case.number}/").content.decode()


def contest(client: Client, matter: Any, **given: Any) -> Any:
    version = Case.everywhere.get(pk=matter.pk).version
    return client.post(f"/follow/{matter.case.number}/contest/", {"version": version, **given})


def test_the_post_that_has_it_is_named_with_its_bodys_telephone(unlocking, dispatched_matter):
    post = Case.everywhere.get(pk=dispatched_matter.pk).lead
    body = post.organisation
    body.telephone = "0517-12345"
    body.save(update_fields=["telephone"])
    shown = page(unlocking(dispatched_matter), dispatched_matter)
    assert post.title in shown
    assert "tel:0517-12345" in shown


def test_what_comes_next_is_said_in_plain_words(unlocking, dispatched_matter):
    assert "办完后由另外的岗位核查" in page(unlocking(dispatched_matter), dispatched_matter)


def test_when_the_reporters_word_is_awaited_it_is_their_turn(unlocking, checked_matter):
    shown = page(unlocking(checked_matter), checked_matter)
    assert "等您确认" in shown
    assert "解决了，还是没有解决" in shown


def test_nobody_has_what_is_closed(unlocking, closed_matter):
    assert 'class="where"' not in page(unlocking(closed_matter), closed_matter)


def test_who_says_that_it_is_not_solved_may_show_it(unlocking, checked_matter):
    client = unlocking(checked_matter)
    assert contest(client, checked_matter, reason="还是不亮", photos=picture()).status_code == 302
    assert Attachment.objects.get(case=checked_matter.pk, step="contest")
    assert "仍未解决的照片" in page(client, checked_matter)


def test_words_sent_after_the_session_ended_are_back_once_the_code_is_typed(client, checked_matter):
    kept = contest(client, checked_matter, reason="灯还是不亮")
    assert kept.headers["Location"] == f"/follow/?number={checked_matter.case.number}"
    client.post("/follow/", {"number": checked_matter.case.number, "code": follow_code(checked_matter.pk)})
    assert state_of(checked_matter)[0] == "checked"
    assert "灯还是不亮" in page(client, checked_matter)
    assert "灯还是不亮" not in page(client, checked_matter)


def test_a_stranger_who_sends_words_learns_nothing_of_whether_there_is_such_a_case(client, checked_matter):
    given = {"reason": "x"}
    there = client.post(f"/follow/{checked_matter.case.number}/contest/", given)
    nowhere = client.post("/follow/990101-26-99999-9/contest/", given)
    assert there.status_code == nowhere.status_code == 302
