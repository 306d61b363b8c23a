"""What is offered can be taken, and what cannot says why: one rule for the page and for the step itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, Stale
from linli.cases.models import Clock
from linli.cases.steps import form_for, steps_open_to, steps_with_hindrances, take
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


def test_more_time_is_denied_only_where_somebody_asked_for_it(world, dispatched_matter):
    by, case = world.by("chengguan_dispatcher"), dispatched_matter.case
    assert "deny_extension" not in offered(by, case)
    assert "asked for" in why_not(by, case)["deny_extension"]
    with pytest.raises(Conflict, match="asked for"):
        actions.deny_extension(dispatched_matter, by=by, seen=case.version, reason="按期办结")
    actions.request_extension(
        dispatched_matter, by=world.by("power"), seen=case.version, amount=3, reason="缺配件"
    )
    case.refresh_from_db()
    assert "deny_extension" in offered(by, case)


def test_a_case_goes_on_without_a_helper_only_where_one_has_declined(world, dispatched_matter):
    by, case = world.by("chengguan_dispatcher"), dispatched_matter.case
    assert "excuse" not in offered(by, case)
    actions.add_helper(dispatched_matter, by=by, seen=case.version, to=world.posts["water"])
    case.refresh_from_db()
    assert "declined" in why_not(by, case)["excuse"]
    actions.decline(dispatched_matter, by=world.by("water"), seen=case.version, reason="无供水管线")
    case.refresh_from_db()
    assert "excuse" in offered(by, case)


def test_who_works_on_it_already_is_not_offered_as_a_helper(world, dispatched_matter):
    by, case = world.by("chengguan_dispatcher"), dispatched_matter.case
    actions.add_helper(dispatched_matter, by=by, seen=case.version, to=world.posts["water"])
    step = next(each for each in steps_open_to(by, case) if each.name == "add_helper")
    choices = form_for(step, case, by=by).fields["to"].queryset
    assert world.posts["market"] in choices
    assert not {world.posts["power"], world.posts["water"]} & set(choices)


def test_whom_somebody_faster_has_just_chosen_is_no_wrong_choice_but_one_that_came_too_late(
    world, dispatched_matter
):
    by, case, chosen = world.by("chengguan_dispatcher"), dispatched_matter.case, world.posts["water"]
    seen = case.version
    actions.add_helper(dispatched_matter, by=by, seen=seen, to=chosen)
    with pytest.raises(Stale):
        take(case, "add_helper", {"to": chosen.pk}, by=by, seen=seen)
    with pytest.raises(Invalid):
        take(case, "add_helper", {"to": chosen.pk}, by=by, seen=seen + 1)
