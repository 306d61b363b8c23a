"""The review: by somebody else, in time, with a reason; what is late goes one level up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.base.errors import Invalid, NotFound, NotYours
from linli.cases.lapses import lapse_due
from linli.cases.models import Case, Clock, Notice
from linli.cases.steps import steps_open_to, take
from linli.kinds.emergencyreads import actions
from linli.kinds.emergencyreads.conftest import read_by, reload
from linli.kinds.emergencyreads.models import EmergencyRead
from linli.posts.actor import PartyActor


def late(review: EmergencyRead) -> None:
    """Its time has passed, and the loop looks."""
    Clock.objects.filter(case=review.case, stopped_at=None).update(
        due_at=timezone.now() - timedelta(minutes=1)
    )
    assert lapse_due() == 1


def stands(review: EmergencyRead) -> tuple[str, str, list[str]]:
    """Stage, outcome, and who has it."""
    case = Case.everywhere.get(pk=review.pk)
    return case.stage, case.outcome, [task.post.title for task in case.tasks.filter(closed_at=None)]


def test_a_justified_reading_is_closed_with_its_reasons_and_told(world: Any, looked: EmergencyRead) -> None:
    actions.justify(looked, by=world.by("inspector"), seen=1, findings="确有危险。")
    assert stands(looked) == ("closed", "justified", [])
    assert reload(looked.pk).findings == "确有危险。"
    assert Notice.objects.filter(case=looked.case, step="justify").count() == 1


def test_one_that_was_not_names_what_follows(world: Any, looked: EmergencyRead) -> None:
    by = world.by("inspector")
    with pytest.raises(Invalid):
        take(looked.case, "object", {"findings": "并无危险。"}, by=by, seen=1)
    take(looked.case, "object", {"findings": "并无危险。", "measures": "批评教育。"}, by=by, seen=1)
    assert stands(looked) == ("closed", "unjustified", [])
    assert reload(looked.pk).measures == "批评教育。"


@pytest.mark.parametrize("key", ["chengguan_team", "county_head", "administrator", "chengguan_clerk"])
def test_only_the_post_that_has_it_reviews_it(world: Any, looked: EmergencyRead, key: str) -> None:
    with pytest.raises((NotFound, NotYours)):
        actions.justify(looked, by=world.by(key), seen=1, findings="x")
    assert stands(looked)[0] == "reviewing"


def test_nobody_reviews_their_own_reading_on_whatever_post(world: Any, looked: EmergencyRead) -> None:
    inspector = world.by("inspector")
    inspector.holding.account = world.by("chengguan_team").holding.account
    inspector.holding.save()
    with pytest.raises(NotYours):
        actions.justify(looked, by=inspector, seen=1, findings="x")


def test_what_nobody_reviews_goes_one_level_up_with_a_new_clock(world: Any, looked: EmergencyRead) -> None:
    late(looked)
    assert stands(looked) == ("reviewing", "", [world.posts["county_head"].title])
    assert reload(looked.pk).reviewer == world.posts["county_head"]
    clock = Clock.objects.get(case=looked.case, stopped_at=None)
    assert clock.due_at - clock.started_at == timedelta(hours=24)
    with pytest.raises(NotYours):
        actions.justify(looked, by=world.by("inspector"), seen=2, findings="x")


def test_at_the_top_it_ends_as_not_reviewed_and_the_person_hears_it(
    world: Any, looked: EmergencyRead
) -> None:
    late(looked)
    late(looked)
    assert stands(looked) == ("unreviewed", "unreviewed", [])
    assert Notice.objects.filter(case=looked.case, step="escalate").count() == 2
    assert not Clock.objects.filter(case=looked.case, stopped_at=None).exists()


def test_a_review_in_time_never_lapses(world: Any, looked: EmergencyRead) -> None:
    actions.justify(looked, by=world.by("inspector"), seen=1, findings="x")
    assert lapse_due(timezone.now() + timedelta(days=9)) == 0


def test_the_person_has_a_say(looked: EmergencyRead) -> None:
    person = PartyActor("reporter", looked.pk)
    assert [step.name for step in steps_open_to(person, looked.case)] == ["comment"]
    actions.comment(looked, by=person, seen=1, more="是我请他们联系的。")
    assert stands(looked)[0] == "reviewing"


def test_who_read_sees_how_it_goes_on_and_takes_no_step(world: Any) -> None:
    made = read_by(world)
    assert steps_open_to(world.by("chengguan_team"), made.case) == []
