"""Both sides and the clock act in the same moment: nobody counts twice, and one of two opposite steps is taken."""

from __future__ import annotations

import pytest
from django.db import connection

from linli.base.errors import Refusal
from linli.cases.models import Case
from linli.kinds.disputes.conftest import Way, applied_in, committee_of_home
from linli.kinds.disputes.models import Yes
from linli.posts.actor import SystemActor
from linli.residents.keeping import GivenContact


@pytest.fixture
def asked(committed_world):
    committee_of_home()
    way: Way = applied_in(committed_world)
    way.go(way.head, "triage", safety="calm", crime=False)
    way.go(way.head, "name_side", contact=GivenContact("王强", "13887654321")).go(way.head, "invite")
    return way


def attempt(way, who, step):
    def act():
        try:
            way.go(who, step)
        finally:
            connection.close()

    return act


def test_a_side_that_taps_eight_times_says_yes_once(asked, at_once):
    outcomes = at_once([attempt(asked, asked.applicant, "consent")] * 8)
    assert outcomes.count(None) == 1
    assert all(isinstance(each, Refusal) for each in outcomes if each is not None)
    assert Yes.objects.filter(dispute=asked.key).count() == 1


def test_a_yes_and_the_others_no_in_one_moment_leave_one_end(asked, at_once):
    acts = [attempt(asked, asked.applicant, "consent"), attempt(asked, asked.respondent, "refuse")]
    at_once([*acts, attempt(asked, SystemActor("clock"), "stay_silent")])
    case = Case.everywhere.get(pk=asked.key)
    ended = {"refused", "unanswered"}
    assert (case.stage == "ended") == (case.outcome in ended)
    assert case.tasks.filter(closed_at=None).exists() == (case.stage != "ended")
