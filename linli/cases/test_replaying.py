"""Pasts written set-wise equal those that were taken step by step, and what cannot have happened is refused alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from linli.base.errors import Refusal
from linli.base.generations import bump
from linli.cases.clocks import GIVEN
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Limit, Link, Task
from linli.cases.reckoning import pressing_again
from linli.cases.replaying import IMPORT, Past, PastStep, replay_many
from linli.kinds.matters import actions
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor

BEGAN = datetime(2025, 3, 3, 2, tzinfo=UTC)
PROMISED = datetime(2025, 3, 14, 9, 30, tzinfo=UTC)
WHOLE = ("accept", "dispatch", "handle", "check", "lapse")


@pytest.fixture
def place(world: Any) -> Any:
    return world.place("东门社区第一网格")


def past(world: Any, *steps: str, **more: Any) -> Past:
    """One that went through these steps, an hour apart."""
    given = {"text": "灯坏了", "division": world.place("东门社区第一网格"), "channel": "web"}
    said = {
        "dispatch": {"to": world.posts["power"]},
        "handle": {"result": "已修"},
        "contest": {"reason": "没好"},
    }
    taken = [
        PastStep(step, BEGAN + timedelta(hours=hour), given=said.get(step, {}))
        for hour, step in enumerate(steps, start=1)
    ]
    shape = {"kind": "matters", "at": BEGAN, "given": given, "steps": taken, "ends": {"promise": PROMISED}}
    return Past(**{**shape, **more})


def written(*pasts: Past) -> list[Case]:
    """The cases that came of them."""
    outcomes = replay_many(pasts)
    assert not any(isinstance(each, Refusal) for each in outcomes), outcomes
    return [Case.everywhere.get(pk=each) for each in outcomes]


def refusal(*pasts: Past) -> str:
    """The sentence of the last one."""
    outcome = replay_many(pasts)[-1]
    assert isinstance(outcome, Refusal)
    return outcome.sentence


# --- what all rows of a case are, without what is minted anew each time -------------------------------------


def books(case: Case, *, people: bool = True) -> dict[str, Any]:
    """Everything that is kept of a case, comparable with another one."""
    case = Case.everywhere.get(pk=case.pk)
    detail = kind_of(case.kind).detail_of(case)
    tasks = sorted(Task.objects.filter(case=case), key=lambda each: (each.opened_at, each.role, each.post_id))
    numbers = {task.pk: number for number, task in enumerate(tasks)}
    return {
        "case": plain(case, "id", "number", "recorded_at", "origin_key", "origin_digest", "reporter_id"),
        "detail": plain(detail, "case_id"),
        "tasks": [plain(task, "id", "case_id") for task in tasks],
        "clocks": sorted(clock(each, numbers) for each in Clock.objects.filter(case=case)),
        "entries": [
            entry(each, people=people) for each in Entry.objects.filter(about=case.pk).order_by("id")
        ],
        "links": sorted(Link.objects.filter(source=case).values_list("target", "relation")),
    }


def plain(row: Any, *without: str) -> dict[str, Any]:
    names = [each.attname for each in row._meta.concrete_fields if each.attname not in without]
    return {name: getattr(row, name) for name in names}


def clock(row: Clock, numbers: dict[Any, int]) -> tuple[Any, ...]:
    values = plain(row, "id", "case_id", "task_id", *(["unit", "amount"] if row.source == GIVEN else []))
    task = numbers.get(row.task_id, -1) if row.task_id else -1
    return (row.name, row.started_at, task, row.label, *map(str, values.values()))


def entry(row: Entry, *, people: bool) -> dict[str, Any]:
    without = ["id", "about", "recorded_at", "words_digest", *([] if people else ["holding"])]
    detail = EntryDetail.objects.filter(entry=row).first()
    return {**plain(row, *without), "words": detail.words if detail else None}


# --- step by step -------------------------------------------------------------------------------------------


def carried(past: Past) -> Case:
    """The same past through the real actions, one transaction each, with the promise put in place after each."""
    kind = kind_of(past.kind)
    opened = actions.report(
        by=past.by or PartyActor("reporter"), origin=past.origin, at=past.at, **past.given
    )
    case = Case.everywhere.get(pk=opened.case)
    keep_promise(case, past)
    for step in past.steps:
        rule = kind.procedure.steps[step.step]
        by = replace(step.by, case=case.pk) if isinstance(step.by, PartyActor) else step.by
        kind.function(rule)(kind.reference(case), by=by, seen=case.version, at=step.at, **step.given)
        case.refresh_from_db()
        keep_promise(case, past)
    return case


def keep_promise(case: Case, past: Past) -> None:
    """Where a promise was started by limits, the one of then takes its place."""
    promised = past.ends.get("promise")
    running = Clock.objects.filter(case=case, name="promise", stopped_at=None).exclude(source=GIVEN)
    if promised and running.update(due_at=promised, first_due=promised, source=GIVEN, label=""):
        Case.everywhere.filter(pk=case.pk).update(due=promised)
        pressing_again(case)


@pytest.fixture
def limits_of_then(world: Any) -> None:
    """The limits of today, laid down for the time before."""
    for row in Limit.objects.filter(kind="matters"):
        row.pk, row.valid_from, row.valid_to = None, date(1990, 1, 1), row.valid_from
        row.save()
    bump("limits")


def by_name(world: Any, step: str) -> Any:
    who = {"accept": "chengguan_clerk", "dispatch": "chengguan_dispatcher", "handle": "power"}
    who |= {"check": "chengguan_checker", "confirm": "call_taker", "contest": "call_taker"}
    return IMPORT if step == "lapse" else world.by(who[step])


@pytest.mark.parametrize(
    "steps",
    [
        (),
        ("accept",),
        WHOLE[:2],
        WHOLE[:3],
        WHOLE,
        (*WHOLE[:4], "confirm"),
        (*WHOLE[:4], "contest", *WHOLE[2:]),
    ],
    ids="-".join,
)
def test_a_past_equals_the_same_steps_taken_one_by_one(world: Any, steps: tuple[str, ...]) -> None:
    wanted = past(world, *steps)
    wanted = replace(wanted, steps=[replace(each, by=by_name(world, each.step)) for each in wanted.steps])
    (case,) = written(wanted)
    assert books(case) == books(carried(wanted))
