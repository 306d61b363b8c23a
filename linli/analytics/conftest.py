"""A county in which everything happened that figures count: random walks through the real actions, at past times."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from linli.base.errors import Refusal
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Case
from linli.cases.steps import steps_open_to_each
from linli.cases.test_taking import extras
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor, SystemActor

NOW = datetime(2026, 3, 31, 15, 30, tzinfo=PLACE_TIME)
BEGUN = datetime(2026, 1, 5, 9, 0, tzinfo=PLACE_TIME)
GRIDS = ("东门社区第一网格", "文昌社区第二网格", "柳河社区第一网格", "杨庄村第三网格")
WHO = (
    *("chengguan_clerk", "chengguan_dispatcher", "chengguan_checker", "liuhe_clerk", "liuhe_dispatcher"),
    *(
        "liuhe_checker",
        "call_taker",
        "power",
        "water",
        "market",
        "county_dispatcher",
        "county_head",
        "reporter",
    ),
)
# How much more often a step is chosen than another one that is offered too, so that walks come far.
LIKELY = {
    "accept": 9,
    "settle": 9,
    "dispatch": 9,
    "handle": 4,
    "check": 12,
    "fail": 8,
    "confirm": 4,
    "contest": 5,
    "reopen": 9,
    "suspend": 3,
    "park": 2,
    "resume": 5,
    "request_extension": 4,
    "extend": 12,
    "send_back": 2,
    "redo": 4,
}
WIDER = {"escalate", "disclaim"}  # with these, and with grid workers who settle, walks go everywhere
SILENT = 0.3  # of those asked, on wider walks, how many do not answer
LEFT_OUT = {"relate", "ask", "answer", "add", "whistle", "supervise", "add_helper", "escalate", "disclaim"}


def taken_at_random(
    world: Any, matter: Matter, at: datetime, chance: Random, other: Case | None, *, wider: bool = False
) -> str:
    """Take one of the steps that somebody may take; its name, or nothing if it was refused."""
    case = Case.everywhere.get(pk=matter.pk)
    left_out = LEFT_OUT - WIDER if wider else LEFT_OUT
    people = {key: world.by(key) for key in (*WHO, *(GRIDS if wider else ())) if key != "reporter"}
    people["reporter"] = PartyActor("reporter", case.pk)
    if wider and case.stage == "checked" and chance.random() < SILENT:
        actions.lapse(matter, by=SystemActor("clock"), seen=case.version, at=at)
        return "lapse"
    offered = [
        (step.name, by)
        for by, steps in zip(people.values(), steps_open_to_each(people.values(), case, at=at), strict=True)
        for step in steps
        if step.name not in left_out and not (step.name == "link_duplicate" and other is None)
    ]
    if not offered:
        return ""
    step, by = chance.choices(offered, [LIKELY.get(name, 1) for name, _by in offered])[0]
    try:
        getattr(actions, step)(matter, by=by, seen=case.version, at=at, **extras(step, world, other))
    except Refusal:
        return ""
    return step


def random_county(
    world: Any, seed: int, matters: int = 26, steps: int = 30, *, wider: bool = False
) -> set[str]:
    """Matters that walk at random; the names of the steps that were taken."""
    chance, taken = Random(seed), set()
    earlier: Case | None = None
    for number in range(matters):
        at = BEGUN + timedelta(minutes=chance.randrange(75 * 24 * 60))
        opened = actions.report(
            by=PartyActor("reporter"), text="灯坏了", division=world.place(chance.choice(GRIDS)), at=at
        )
        matter = Matter.objects.select_related("case").get(pk=opened.case)
        for _step in range(chance.randrange(steps)):
            at += timedelta(minutes=int(chance.lognormvariate(6.2, 1.6)))
            if at >= NOW:
                break
            other = earlier if number % 5 == 0 else None
            taken.add(taken_at_random(world, matter, at, chance, other, wider=wider))
        case = Case.everywhere.get(pk=matter.pk)
        earlier = case if case.closed_at is None and case.stage != "merged" else earlier
    return taken


@pytest.fixture
def at_random() -> Any:
    """The function that fills the county."""
    return random_county
