"""Please call me back: who gets it, by when, and that nobody gives up after one try."""

from __future__ import annotations

from typing import Any

import pytest

from linli.base.errors import Invalid
from linli.cases.models import Case
from linli.cases.steps import open_case, take
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
PHONE = "13912345678"


def asked(**given: Any) -> Case:
    opened = open_case("callbacks", {"phone": PHONE, **given}, by=PartyActor("reporter"))
    return Case.everywhere.get(pk=opened.case)


def taken(case: Case, step: str, world: Any) -> None:
    case.refresh_from_db()
    take(case, step, {}, by=world.by("call_taker"), seen=case.version)


def test_a_number_is_enough_and_it_waits_for_a_call_taker_against_a_clock(world):
    case = asked()
    assert [task.post.kind for task in case.tasks.all()] == ["call_taker"]
    assert case.due


def test_without_a_number_nothing_is_opened(world):
    with pytest.raises(Invalid):
        asked(phone="")
    assert not Case.everywhere.exists()


def test_the_number_stands_in_no_column_that_lists_show(world):
    assert PHONE not in asked(text="扶手").summary


def test_whoever_was_not_reached_stays_on_the_list(world):
    case = asked()
    taken(case, "miss", world)
    case.refresh_from_db()
    assert case.stage == "waiting"
    assert case.tasks.filter(closed_at=None).count() == 1


def test_nobody_gives_up_before_the_third_try(world):
    case = asked()
    for _turn in range(2):
        taken(case, "miss", world)
    with pytest.raises(Invalid):
        taken(case, "give_up", world)
    taken(case, "miss", world)
    taken(case, "give_up", world)
    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("unreached", "unreached")


def test_spoken_with_is_the_end(world):
    case = asked()
    taken(case, "talk", world)
    case.refresh_from_db()
    assert (case.stage, case.closed_at is not None) == ("called", True)
