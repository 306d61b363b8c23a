"""Who has to do what in a case: tasks open with a step and close with a step, and the case waits for mandatory ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.base.ids import uuid7
from linli.cases.clocks import Term, pressing_at
from linli.cases.models import Case, Clock, Task
from linli.cases.procedure import ASKED, HELPS, LEAD, NEXT, Step

JOINT = frozenset({LEAD, HELPS})


@dataclass(frozen=True)
class Handing:
    """A task about to be opened: for which post, in which role, within which time of its own."""

    post: int
    role: str = NEXT
    mandatory: bool = True
    term: Term | None = None


def task_for(handing: Handing, case: Case, at: datetime, running: Sequence[Clock]) -> Task:
    """An unsaved task in the case's present stage; it presses when the earliest running clock ends."""
    return Task(
        id=uuid7(at),
        case=case,
        post_id=handing.post,
        stage=case.stage,
        role=handing.role,
        mandatory=handing.mandatory,
        opened_at=at,
        pressing_at=pressing_at(at, running),
    )


def closed_by(step: Step, tasks: Sequence[Task], *, post: int | None, moves: bool, ends: bool) -> list[Task]:
    """Which open tasks a step closes: one's own, the whole round when the stage moves, and what it answers."""
    if ends or step.closes == "every":
        return list(tasks)
    answered = [task for task in tasks if task.asks and task.asks in step.settles]
    if step.closes == "own":
        mine = [task for task in tasks if task.post_id == post and task.role in step.tasked]
        return mine + [task for task in answered if task not in mine]
    if moves:
        return [task for task in tasks if task.role != ASKED or task in answered]
    return answered


def others_to_wait_for(step: Step, tasks: Sequence[Task], post: int | None) -> list[Task]:
    """In joint handling the stage moves with the last mandatory task: those that others still have."""
    if step.closes != "own":
        return []
    return [task for task in tasks if task.mandatory and task.role in JOINT and task.post_id != post]


def unanswered(tasks: Sequence[Task]) -> list[Task]:
    """Questions that must be answered before the case can go on to its close."""
    return [task for task in tasks if task.mandatory and task.role == ASKED]
