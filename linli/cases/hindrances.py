"""Why a step that the stage allows cannot be taken now: its time is over, others answer first, or the kind says so.

Asked once, in two places: before a step is taken, and before it is offered. So what is offered can be taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.cases.clocks import ran_over, time_is_out
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Task
from linli.cases.procedure import Step
from linli.cases.tasks import unanswered
from linli.posts.actor import Actor, PostActor
from linli.posts.lookup import titles_of


@dataclass
class Look:
    """A step before it is taken, with all it finds; `detail` is the kind's own row of the case."""

    step: Step
    by: Actor
    at: datetime
    detail: Any
    case: Case
    tasks: list[Task]
    clocks: list[Clock]

    @property
    def by_post(self) -> int | None:
        """The post that takes the step, if a post does."""
        return self.by.post.pk if isinstance(self.by, PostActor) else None


class Lasting(str):
    """Why a step is never taken in this place: said to whoever asks for it, and not on the page of every case."""

    __slots__ = ()


def hindrance(now: Look) -> str:
    """The sentence that says why the step cannot be taken now; empty where it can.

    A kind adds its own in conditions.py: a function named like the step, which is given the look and returns the same.
    """
    if now.step.while_running and not _in_time(now):
        return _("The time for this has passed. Please report it anew and mention this number.")
    if now.step.waits and (waiting := unanswered(now.tasks)):
        posts = _(", ").join(titles_of(task.post_id for task in waiting))
        return _("%(posts)s must answer first; then this step can be taken.") % {"posts": posts}
    running = [clock for clock in now.clocks if clock.running and clock.name in now.step.extend]
    if any(ran_over(clock, now.at) for clock in running):
        return time_is_out()
    condition = kind_of(now.case.kind).condition(now.step)
    return condition(now) if condition else ""


def _in_time(now: Look) -> bool:
    name = now.step.while_running
    return any(clock.name == name and clock.running and clock.due_at >= now.at for clock in now.clocks)
