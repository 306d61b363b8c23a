"""A post that deals with complaints is given up: what was its own goes on with whoever is there."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.handover import give_up_post
from linli.kinds.complaints import actions
from linli.kinds.complaints.conftest import QUESTION, complained, reload, reporter_of, state_of
from linli.kinds.complaints.models import Complaint
from linli.portals.demo.people import Sitter
from linli.portals.demo.world import seat
from linli.posts.models import PostKind


@pytest.fixture
def second_inspector(world: Any) -> str:
    """One more inspector of the county."""
    sitter = Sitter("inspector2", "inspector2", PostKind.INSPECTOR, "第二督查员", "云溪县监察室", "云溪县")
    seat(world, sitter, world.place("云溪县"))
    return "inspector2"


def give_up(world: Any, to: str) -> None:
    give_up_post(world.posts["inspector"], by=world.by("administrator"), to=world.posts[to])


def test_who_took_it_over_keeps_it_when_the_post_is_heard(
    world: Any, second_inspector: str, inquiring: Complaint
) -> None:
    give_up(world, second_inspector)
    actions.hear(inquiring, by=world.by(second_inspector), seen=2, question=QUESTION)
    assert state_of(inquiring)[2] == sorted([world.posts["chengguan_clerk"].title, "第二督查员"])
    assert reload(inquiring).handler == world.posts[second_inspector]


def test_who_took_it_over_keeps_it_when_it_is_accepted(world: Any, second_inspector: str) -> None:
    complaint = complained(world)
    give_up(world, second_inspector)
    actions.accept(complaint, by=world.by(second_inspector), seen=1)
    assert state_of(complaint)[2] == ["第二督查员"]


def test_what_is_reopened_after_its_post_was_given_up_goes_to_who_is_there(
    world: Any, second_inspector: str, closed: Complaint
) -> None:
    give_up(world, second_inspector)
    actions.reopen(closed, by=reporter_of(closed), seen=6, reason="没有道歉")
    assert state_of(closed)[2] == ["第二督查员"]
