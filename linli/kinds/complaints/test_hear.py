from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.lapses import lapse_due
from linli.cases.models import Clock
from linli.kinds.complaints import actions
from linli.kinds.complaints.conftest import ABOUT, QUESTION, complained, reporter_of, state_of


def test_the_post_is_asked_and_the_inspector_keeps_it(hearing):
    assert state_of(hearing) == ("hearing", "", ["县督查员", "城关街道受理员"])
    clock = Clock.objects.get(case=hearing.pk, name="answer", stopped_at=None)
    assert (clock.amount, clock.unit) == (5, "working_days")


def test_before_it_is_heard_the_post_finds_nothing_to_answer(world, inquiring):
    with pytest.raises(NotFound):
        actions.answer(inquiring, by=world.by(ABOUT), seen=2, reply="我没有")


def test_the_post_answers_once_and_decides_nothing(world, answered):
    assert state_of(answered)[2] == ["县督查员"]
    assert not Clock.objects.filter(case=answered.pk, name="answer", stopped_at=None).exists()
    with pytest.raises(NotYours):
        actions.answer(answered, by=world.by(ABOUT), seen=4, reply="再说一次")
    with pytest.raises(NotYours):
        actions.decide(answered, by=world.by(ABOUT), seen=4, finding="not_upheld", reasons="x")


def test_nothing_is_decided_while_the_post_may_still_answer(world, hearing):
    with pytest.raises(Conflict, match="must answer first"):
        actions.decide(hearing, by=world.by("inspector"), seen=3, finding="not_upheld", reasons="x")


def test_a_post_that_does_not_answer_in_time_holds_nothing_up(world, hearing):
    assert lapse_due(timezone.now() + timedelta(days=40)) == 1
    assert state_of(hearing) == ("hearing", "", ["县督查员"])
    actions.decide(
        hearing, by=world.by("inspector"), seen=4, finding="upheld", reasons="未作说明", measures="通报批评"
    )
    assert state_of(hearing)[0] == "decided"


def test_nothing_is_decided_about_a_known_post_that_was_not_heard(world, inquiring):
    with pytest.raises(Conflict, match="Hear the post first"):
        actions.decide(inquiring, by=world.by("inspector"), seen=2, finding="not_upheld", reasons="x")


def test_where_the_post_cannot_be_found_out_it_is_decided_without(world):
    complaint = complained(world, "", named="穿蓝衣服的人")
    actions.accept(complaint, by=world.by("inspector"), seen=1)
    with pytest.raises(Invalid, match="which post"):
        actions.hear(complaint, by=world.by("inspector"), seen=2, question="?")
    actions.decide(complaint, by=world.by("inspector"), seen=2, finding="not_upheld", reasons="查无此人")
    assert state_of(complaint)[0] == "decided"


def test_hearing_can_name_the_post(world):
    complaint = complained(world, "", named="二号窗口")
    actions.accept(complaint, by=world.by("inspector"), seen=1)
    actions.hear(
        complaint, by=world.by("inspector"), seen=2, question=QUESTION, about=world.posts["chengguan_clerk"]
    )
    assert "城关街道受理员" in state_of(complaint)[2]


def test_the_post_can_be_heard_again(world, answered):
    actions.hear(answered, by=world.by("inspector"), seen=4, question="录像里没有告知，请再说明。")
    assert state_of(answered)[2] == ["县督查员", "城关街道受理员"]


def test_the_complainant_is_asked_and_adds_something_through_linli(world, inquiring):
    actions.ask(inquiring, by=world.by("inspector"), seen=2, question="几号窗口？")
    actions.add(inquiring, by=reporter_of(inquiring), seen=3, more="二号窗口。")
    actions.inquire(inquiring, by=world.by("inspector"), seen=4, found="录像已调看。")
    assert state_of(inquiring) == ("inquiring", "", ["县督查员"])
