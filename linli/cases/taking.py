"""taking(): the mechanism every kind shares. One step, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, NotFound, Stale
from linli.base.ids import uuid7
from linli.base.writing import writing
from linli.cases.clocks import Term, due_of, new_clock, pressing_at
from linli.cases.kinds import kind_of, power
from linli.cases.models import Case, Clock, Notice, Task
from linli.cases.permission import require_stage, require_step, who_took
from linli.cases.procedure import Step
from linli.cases.reading import open_tasks
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor
from linli.posts.lookup import nearest, wants_mail
from linli.posts.models import Post
from linli.residents.models import Contact

Version = NewType("Version", int)


@dataclass
class Taking:
    """A step being taken. `detail` and `case` are re-read under the lock; change `detail`, the rest follows."""

    step: Step
    by: Actor
    at: datetime
    detail: Any
    case: Case
    tasks: list[Task]
    clocks: list[Clock]
    said: dict[str, Any] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    next_post: int | None = None

    def facts(self, **facts: Any) -> None:
        """Add ids, codes, numbers and enumerations to the ledger entry."""
        self.said.update(facts)

    def words(self, **words: str) -> None:
        """Add free text; it is stored apart from the entry and can be erased."""
        self.written.update(words)

    def hand_to(self, post: Post | None) -> None:
        """Name the post that gets the next task (for steps whose task is `named`)."""
        self.next_post = post.pk if post else None

    def run_for(self, clock: str, term: Term) -> None:
        """Give a clock this step starts another term than the procedure's default."""
        self.terms[clock] = term


@contextmanager
def taking(
    step: str, detail: Any, *, by: Actor, seen: Version | int, at: datetime | None = None
) -> Iterator[Taking]:
    """Take one step: lock and re-read, allow, check, yield, then move stage, clocks and tasks, and record it.

    `at` is when it happened, if not now (imports, replay). Raises NotFound, NotYours, Stale or Conflict, in this
    order of questions: a stranger learns nothing about the case.
    """
    with writing():
        now = _begin(step, detail, by, at or timezone.now())
        _check(now, seen)
        yield now
        _finish(now)


def _begin(step: str, detail: Any, by: Actor, at: datetime) -> Taking:
    kind = kind_of(detail.case.kind)
    rows = kind.model._default_manager.select_for_update(of=("case",)).select_related(
        "case", "case__reporter", "case__category", "case__lead"
    )
    locked: Any = rows.filter(pk=detail.pk).first()
    if locked is None:
        raise NotFound
    tasks = open_tasks(locked.case)
    clocks = list(Clock.objects.filter(case=locked.case, stopped_at=None))
    return Taking(kind.procedure.steps[step], by, at, locked, locked.case, tasks, clocks)


def _check(now: Taking, seen: int) -> None:
    require_step(now.step, now.case, now.tasks, by=now.by)
    if seen != now.case.version:
        raise Stale(version=now.case.version)
    require_stage(now.step, now.case)
    if now.step.while_running and not _running(now, now.step.while_running):
        raise Conflict(_("The time for this has passed. Please report it anew and mention this number."))


def _running(now: Taking, name: str) -> bool:
    return any(clock.name == name and clock.due_at >= now.at for clock in now.clocks)


def _finish(now: Taking) -> None:
    left = now.case.stage
    _move_stage(now)
    _move_clocks(now)
    _move_tasks(now)
    now.detail.save()
    now.case.save(update_fields=["stage", "version", "due", "closed_at", "outcome", "category", "lead"])
    facts = {"from": left, "to": now.case.stage, "version": now.case.version, **now.said}
    name = power(now.case.kind, now.step)
    record(Line(name, now.by.by(), now.case.code_now, now.case.pk, now.at, facts, now.written))
    Notice.objects.bulk_create(notices_of(now.case, now.step, now.case.reporter, now.next_post))


def _move_stage(now: Taking) -> None:
    case = now.case
    case.stage = now.step.enters
    case.version += 1
    ends = kind_of(case.kind).procedure.stages[case.stage].ends
    case.closed_at = now.at if ends else None
    case.outcome = now.step.outcome if ends else ""


def _move_clocks(now: Taking) -> None:
    stopped = [clock for clock in now.clocks if clock.name in now.step.stop]
    if stopped:
        Clock.objects.filter(pk__in=[clock.pk for clock in stopped]).update(stopped_at=now.at)
    started = [new_clock(now.case, name, now.at, now.terms.get(name)) for name in now.step.start]
    if started:
        Clock.objects.bulk_create(started)
    running = [clock for clock in now.clocks if clock not in stopped] + started
    now.clocks = running
    now.case.due = due_of(now.case, running)


def _move_tasks(now: Taking) -> None:
    if now.tasks:
        Task.objects.filter(pk__in=[task.pk for task in now.tasks]).update(closed_at=now.at)
    now.next_post = next_post(now)
    if now.next_post is not None:
        task_for(now.next_post, now.case, now.at, now.clocks).save(force_insert=True)
        now.said["next_post"] = now.next_post


def task_for(post: int, case: Case, at: datetime, running: list[Clock]) -> Task:
    """An unsaved task: what `post` has to do next in the case's present stage."""
    pressing = pressing_at(at, running)
    return Task(id=uuid7(at), case=case, post_id=post, stage=case.stage, opened_at=at, pressing_at=pressing)


def notices_of(case: Case, step: Step, contact: Contact | None, post: int | None) -> list[Notice]:
    """Unsaved outbox rows of a step: to the reporter if the step says so, to the next post if it wants e-mail."""
    now = timezone.now()
    found = []
    if step.notice and contact and contact.phone_sealed:
        found.append(
            Notice(id=uuid7(now), case=case, step=step.name, channel="sms", contact=contact, next_try=now)
        )
    if post is not None and wants_mail(post):
        found.append(
            Notice(id=uuid7(now), case=case, step=step.name, channel="email", post_id=post, next_try=now)
        )
    return found


def next_post(now: Taking) -> int | None:
    """The post that gets the next task: the one the action named, or the nearest of the kind the step says."""
    if now.next_post is not None or now.step.task in {"", "named"}:
        return now.next_post
    return nearest(now.step.task, now.case.code_now, apart=_kept_apart(now))


def _kept_apart(now: Taking) -> frozenset[int]:
    """People who may not take what comes next, because they took what it checks."""
    steps = kind_of(now.case.kind).procedure.leaving(now.case.stage)
    apart = {name for step in steps for name in step.apart_from}
    if not apart:
        return frozenset()
    itself = (
        {now.by.holding.account_id} if now.step.name in apart and isinstance(now.by, PostActor) else set()
    )
    return who_took(now.case, tuple(apart)) | itself
