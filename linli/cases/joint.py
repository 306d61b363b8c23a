"""Several posts on one case, seen from above: open questions, joint cases, and what is overdue the longest.

Everything is narrowed by the code range of an area and to the kinds that area gives sight of.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.utils import timezone

from linli.base.rows import any_of
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Case, CaseQuerySet, Clock, Task
from linli.cases.models.case import of_seen_kinds
from linli.cases.procedure import ASKED, HELPS

Span = tuple[int, int]


class Written(Value):
    """A word of the code written into the statement: of a parameter SQLite cannot know which index holds its rows."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The word in quotes; it is a constant, never what somebody typed."""
        del compiler, connection
        return f"'{self.value}'", ()


def pressing_steps(kind: str) -> frozenset[str]:
    """The steps by which posts are pressed: they put a question that whoever was asked must answer."""
    steps = kind_of(kind).procedure.steps.values()
    return frozenset(name for step in steps if ASKED in step.tasked for name in step.settles)


def questions_in(span: Span) -> QuerySet[Task]:
    """The open questions (吹哨、督办) by which posts were pressed about cases of an area."""
    low, high = span
    asked = _pressing(Task.objects.filter(case__code_now__gte=low, case__code_now__lt=high))
    found: QuerySet[Task] = of_seen_kinds(asked, "case__")
    return found


def _pressing(tasks: QuerySet[Task]) -> QuerySet[Task]:
    names = {name for kind in all_kinds() for name in pressing_steps(kind.name)}
    return tasks.filter(closed_at=None, role=Written(ASKED), asks__in=names)


def dues_for(tasks: Collection[UUID]) -> dict[UUID, datetime]:
    """Until when each of these tasks runs, by its key; without those that have no clock (one statement)."""
    running = Clock.objects.filter(task__in=any_of(tasks), stopped_at=None)
    return dict(running.values_list("task", "due_at"))


def joint_in(span: Span) -> CaseQuerySet:
    """The open cases of an area in which a post helps another one (联动处置), the earliest limit first."""
    helping = Task.objects.filter(closed_at=None, role=Written(HELPS))
    cases = Case.objects.within(span).filter(closed_at=None, pk__in=helping.values("case"))
    return cases.order_by(F("due").asc(nulls_last=True), "pk")


def overdue_in(span: Span) -> CaseQuerySet:
    """The open cases of an area whose promise has run out, the longest overdue first."""
    late = Case.objects.within(span).filter(closed_at=None, due__lt=timezone.now())
    return late.order_by("due", "pk")


def with_joint(cases: CaseQuerySet) -> CaseQuerySet:
    """Say of each case whether a post helps in it (`joint`), and whether one that was pressed must answer (`asked`)."""
    own = Task.objects.filter(case=OuterRef("pk"))
    helping, asked = own.filter(closed_at=None, role=Written(HELPS)), _pressing(own)
    return cases.annotate(joint=Exists(helping), asked=Exists(asked))


def waiting_at(posts: Collection[int]) -> QuerySet[Task]:
    """What these posts have to do in cases that area gives sight of, the most pressing first."""
    found: QuerySet[Task] = of_seen_kinds(Task.objects.filter(closed_at=None, post__in=posts), "case__")
    return found.order_by("pressing_at", "pk")
