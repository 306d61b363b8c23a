"""Who has to do what in a case: tasks open with a step and close with a step, and the case waits for mandatory ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.base.ids import uuid7
from linli.base.rows import fresh
from linli.cases.models import Case, Task
from linli.cases.procedure import ASKED, JOINT, NEXT, Step


@dataclass(frozen=True)
class Handing:
    """A task about to be opened: for which post, in which role; the case waits for a mandatory one."""

    post: int
    role: str = NEXT
    mandatory: bool = True


def task_for(handing: Handing, case: Case, step: Step, at: datetime) -> Task:
    """An unsaved task in the case's present stage, which presses at once until a clock runs for it."""
    return fresh(
        Task,
        id=uuid7(at),
        case=case,
        post_id=handing.post,
        stage=case.stage,
        role=handing.role,
        asks=step.name if handing.role == ASKED else "",
        mandatory=handing.mandatory,
        opened_at=at,
        pressing_at=at,
    )


def closed_by(step: Step, tasks: Sequence[Task], *, post: int | None, moves: bool, ends: bool) -> list[Task]:
    """Which open tasks a step closes: one's own, the whole round when the stage moves, and what it answers."""
    if ends or step.closes == "every":
        return list(tasks)
    answered = [task for task in tasks if task.asks and task.asks in step.settles]
    if step.closes == "own" and not moves:
        asked = set(step.settles)
        return [
            task for task in tasks if is_for(task, step, post) or (not step.tasked and task.asks in asked)
        ]
    if moves:
        return [task for task in tasks if task.role != ASKED or task in answered]
    return answered


def is_for(task: Task, step: Step, post: int | None) -> bool:
    """Whether an open task is what gives a post this step: its role fits, and a question is one the step answers."""
    fits = task.role in step.tasked and (task.role != ASKED or task.asks in step.settles)
    return fits and task.post_id == post


def others_to_wait_for(step: Step, tasks: Sequence[Task], post: int | None) -> list[Task]:
    """In joint handling the stage moves with the last mandatory task: those that others still have."""
    if step.closes != "own":
        return []
    return [task for task in tasks if task.mandatory and task.role in JOINT and task.post_id != post]


def unanswered(tasks: Sequence[Task]) -> list[Task]:
    """Questions that must be answered before the case can go on to its close."""
    return [task for task in tasks if task.mandatory and task.role == ASKED]
