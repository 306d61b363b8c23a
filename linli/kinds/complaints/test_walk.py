"""Anybody tries any step at any stage: the procedure decides, the shield holds, and the books agree."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from linli.base.errors import Refusal
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Withheld
from linli.cases.sight import Sight, sight_of
from linli.cases.steps import steps_open_to
from linli.kinds.complaints import actions
from linli.kinds.complaints.conftest import complained
from linli.kinds.complaints.routing import kept_from
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor, PostActor, SystemActor
from linli.posts.models import Holding, Organisation

PROCEDURE = kind_of("complaints").procedure
GRID = "东门社区第一网格"
KEYS = [
    "inspector",
    "county_head",
    "administrator",
    "appointer",
    "call_taker",
    GRID,
    "head_东门社区",
    "liuhe_clerk",
]
# What these refuse depends on what they are given, so they may be offered and yet refused.
DEPENDING = {"recuse", "accept", "hear"}
GIVEN: dict[str, dict[str, Any]] = {
    "inquire": {"found": "查过了"},
    "ask": {"question": "几点？"},
    "add": {"more": "三点"},
    "hear": {"question": "请说明"},
    "answer": {"reply": "情况如下"},
    "decide": {"finding": "partly", "reasons": "部分属实", "measures": "整改"},
    "conclude": {"finding": "upheld", "reasons": "属实", "measures": "整改"},
}
REASONED = {"refuse", "recuse", "contest", "reopen"}


def words_of(step: str) -> dict[str, Any]:
    if step == "pass_on":
        return {"to": Organisation.objects.get(name="云溪县司法局"), "reason": "因为"}
    return GIVEN.get(step, {"reason": "因为"} if step in REASONED else {})


def actor_of(who: str, world: Any, complaint: Any) -> Any:
    if who == "reporter":
        return PartyActor("reporter", complaint.pk)
    return SystemActor("clock") if who == "clock" else world.by(who)


def attempt(step: str, who: str, world: Any, complaint: Any) -> bool:
    """Whether the step was taken; it must have been offered then, and nothing may have moved otherwise."""
    by, case = actor_of(who, world, complaint), Case.everywhere.get(pk=complaint.pk)
    seen = who in {"reporter", "clock"} or sight_of(case, by=by) is not Sight.NOTHING
    offered = {each.name for each in steps_open_to(by, case)} if seen else set()
    try:
        getattr(actions, step)(complaint, by=by, seen=case.version, **words_of(step))
    except Refusal:
        assert step not in offered - DEPENDING, (step, who, case.stage)
        assert Case.everywhere.get(pk=case.pk).version == case.version
        return False
    assert step in offered, (step, who, case.stage)
    return True


def check_books(world: Any, complaint: Any, taken: int) -> None:
    case = Case.everywhere.get(pk=complaint.pk)
    assert (
        Entry.objects.filter(about=case.pk, name__startswith="complaints.").count() == taken == case.version
    )
    stage, tasks = PROCEDURE.stages[case.stage], case.tasks.filter(closed_at=None)
    assert (case.closed_at is not None) == stage.ends
    assert tasks.exists() != stage.ends, "somebody has to do something, or it has ended"
    assert not tasks.filter(post__in=Withheld.objects.filter(case=case).values("post")).exists()
    running = set(case.clocks.filter(stopped_at=None).values_list("name", flat=True))
    assert not stage.ends or running <= {"reopen"}
    assert not stage.ends or (case.due is None and not case.clocks.filter(resting=True).exists())
    for holding in Holding.objects.current().filter(post__in=tasks.values("post")):
        assert steps_open_to(PostActor(holding), case), (stage.name, holding.post.title)
    heard = Entry.objects.filter(about=case.pk, name="complaints.hear").exists()
    for key in (GRID, "head_东门社区"):
        asked = case.tasks.filter(post=world.posts[key]).exists()
        assert (sight_of(case, by=world.by(key)) is Sight.NOTHING) == (not (heard and asked)), key


@pytest.mark.parametrize("seed", range(12))
def test_any_walk_through_the_procedure_keeps_the_shield_and_the_books(seed: int, world: Any) -> None:
    chance, complaint, taken = Random(seed), complained(world, GRID), 1
    assert kept_from(world.posts[GRID]) == {world.posts[GRID].pk, world.posts["head_东门社区"].pk}
    steps = sorted(set(PROCEDURE.steps) - {"complain"})
    for _turn in range(45):
        case = Case.everywhere.get(pk=complaint.pk)
        people = [*KEYS, "reporter", "clock"]
        able = [
            (step.name, who)
            for who in people
            for step in steps_open_to(actor_of(who, world, complaint), case)
        ]
        step, who = (
            chance.choice(able)
            if able and chance.random() < 0.6
            else (chance.choice(steps), chance.choice(people))
        )
        taken += attempt(step, who, world, complaint)
        check_books(world, complaint, taken)
