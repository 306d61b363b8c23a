from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.lapses import lapse_due
from linli.kinds.complaints import actions
from linli.kinds.complaints.conftest import ABOUT, QUESTION, complained, reload, reporter_of, state_of
from linli.residents.keeping import GivenContact

GRID = "东门社区第一网格"


@pytest.fixture
def about_a_grid_worker(world):
    """A complaint for which there is an upper level, decided."""
    complaint, by = complained(world, GRID), world.by("inspector")
    actions.accept(complaint, by=by, seen=1)
    actions.hear(complaint, by=by, seen=2, question=QUESTION)
    actions.answer(complaint, by=world.by(GRID), seen=3, reply="去过了")
    actions.decide(complaint, by=by, seen=4, finding="not_upheld", reasons="到过现场")
    return reload(complaint)


def test_a_decision_has_finding_reasons_and_measures_and_asks_for_a_call_back(decided):
    assert state_of(decided) == ("decided", "", ["热线话务员"])
    assert (decided.finding, decided.get_finding_display()) == ("upheld", "True")


def test_what_is_true_has_a_consequence(world, answered):
    with pytest.raises(Invalid) as refused:
        actions.decide(answered, by=world.by("inspector"), seen=4, finding="partly", reasons="x")
    assert "measures" in refused.value.facts["fields"]


def test_nobody_calls_back_where_no_number_was_left(world):
    found = complained(world, "", named="某人", contact=GivenContact())
    actions.accept(found, by=world.by("inspector"), seen=1)
    actions.decide(found, by=world.by("inspector"), seen=2, finding="not_upheld", reasons="查无此人")
    assert state_of(found) == ("decided", "", [])


def test_the_complainants_yes_closes_it(closed):
    assert state_of(closed) == ("closed", "confirmed", [])


def test_an_independent_call_back_may_confirm_too(world, decided):
    actions.confirm(decided, by=world.by("call_taker"), seen=5, note="电话回访")
    assert state_of(decided)[:2] == ("closed", "confirmed")


def test_whoever_decided_cannot_confirm_it(world, decided):
    with pytest.raises(NotYours):
        actions.confirm(decided, by=world.by("inspector"), seen=5)
    with pytest.raises(NotYours):
        actions.confirm(decided, by=world.by(ABOUT), seen=5)


def test_silence_closes_as_unconfirmed(decided):
    assert lapse_due(timezone.now() + timedelta(days=30)) == 1
    assert state_of(decided)[:2] == ("closed", "unconfirmed")


def test_contesting_goes_to_the_upper_level_which_decides(world, about_a_grid_worker):
    complaint = about_a_grid_worker
    actions.contest(complaint, by=reporter_of(complaint), seen=5, reason="没有来过")
    assert state_of(complaint) == ("reviewing", "", ["中心主任"])
    with pytest.raises(NotYours):
        actions.conclude(complaint, by=world.by("inspector"), seen=6, finding="not_upheld", reasons="x")
    actions.conclude(
        complaint, by=world.by("county_head"), seen=6, finding="upheld", reasons="无照片", measures="补查"
    )
    assert state_of(complaint) == ("closed", "reviewed", [])
    with pytest.raises(Conflict):
        actions.reopen(complaint, by=reporter_of(complaint), seen=7, reason="还不满意")


def test_where_there_is_no_upper_level_it_ends_as_disputed(decided):
    actions.contest(decided, by=reporter_of(decided), seen=5, reason="处理太轻")
    assert state_of(decided) == ("closed", "disputed", [])


def test_a_decision_is_contested_once(world, about_a_grid_worker):
    complaint = about_a_grid_worker
    type(complaint).objects.filter(pk=complaint.pk).update(contested=1)
    with pytest.raises(Conflict, match="once"):
        actions.contest(complaint, by=reporter_of(complaint), seen=5, reason="x")


def test_a_closed_complaint_is_reopened_in_time_by_whoever_complained(world, closed):
    with pytest.raises(NotYours):
        actions.reopen(closed, by=world.by("inspector"), seen=6, reason="x")
    actions.reopen(closed, by=reporter_of(closed), seen=6, reason="又发生了")
    assert state_of(closed) == ("inquiring", "", ["县督查员"])


def test_after_the_set_time_it_is_not(closed):
    late = timezone.now() + timedelta(days=45)
    with pytest.raises(Conflict, match="The time for this has passed"):
        actions.reopen(closed, by=reporter_of(closed), seen=6, reason="x", at=late)


def test_it_is_not_reopened_for_ever(closed):
    type(closed).objects.filter(pk=closed.pk).update(reopened=2)
    with pytest.raises(Conflict, match="twice"):
        actions.reopen(closed, by=reporter_of(closed), seen=6, reason="x")
