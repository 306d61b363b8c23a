"""What is offered can be taken, and what cannot says why: one rule for the page and for the step itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.base.errors import Conflict
from linli.cases.models import Clock
from linli.cases.steps import steps_open_to, steps_with_hindrances
from linli.kinds.matters import actions
from linli.posts.actor import Actor, PartyActor


def offered(by: Actor, case: Any) -> set[str]:
    return {step.name for step in steps_open_to(by, case)}


def why_not(by: Actor, case: Any) -> dict[str, str]:
    return {step.name: why for step, why in steps_with_hindrances(by, case) if why}


def run_out(case: Any, name: str) -> None:
    Clock.objects.filter(case=case, name=name).update(due_at=timezone.now() - timedelta(days=1))


def test_what_the_upper_level_has_already_is_not_taken_up_again(world, accepted_matter):
    town, case = world.by("chengguan_dispatcher"), accepted_matter.case
    assert "escalate" in offered(town, case)
    actions.escalate(accepted_matter, by=town, seen=case.version, reason="跨街道")
    case.refresh_from_db()
    assert "escalate" not in offered(town, case)
    assert "already" in why_not(town, case)["escalate"]


def test_where_there_is_no_upper_level_nobody_is_offered_one(world, accepted_matter):
    county = world.by("county_dispatcher")
    assert "escalate" not in offered(county, accepted_matter.case)
    with pytest.raises(Conflict, match="no upper level"):
        actions.escalate(accepted_matter, by=county, seen=accepted_matter.case.version, reason="再往上")
    assert "no upper level" in why_not(county, accepted_matter.case)["escalate"]


def test_time_that_has_run_out_is_not_extended(world, dispatched_matter):
    by, case = world.by("chengguan_dispatcher"), dispatched_matter.case
    assert "extend" in offered(by, case)
    run_out(case, "promise")
    assert "extend" not in offered(by, case)
    assert "run out" in why_not(by, case)["extend"]


def test_a_matter_is_reopened_only_as_long_as_it_may_be(closed_matter):
    reporter, case = PartyActor("reporter", closed_matter.pk), closed_matter.case
    assert "reopen" in offered(reporter, case)
    run_out(case, "reopen")
    assert "reopen" not in offered(reporter, case)


def test_a_check_waits_for_answers_and_says_for_whose(world, dispatched_matter):
    case = dispatched_matter.case
    actions.supervise(dispatched_matter, by=world.by("county_head"), seen=case.version, question="?", hours=8)
    post = world.posts["power"]
    case.refresh_from_db()
    actions.handle(dispatched_matter, by=world.by("power"), seen=case.version, result="好了")
    case.refresh_from_db()
    checker = world.by("chengguan_checker")
    assert "check" not in offered(checker, case)
    assert post.title in why_not(checker, case)["check"]
