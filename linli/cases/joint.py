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


def pressing_everywhere() -> set[str]:
    """The same of every kind."""
    return {name for kind in all_kinds() for name in pressing_steps(kind.name)}


def asking() -> QuerySet[Task]:
    """The open tasks of posts that were pressed (吹哨、督办) and must answer."""
    return Task.objects.filter(closed_at=None, role=Written(ASKED), asks__in=pressing_everywhere())


def questions() -> QuerySet[Task]:
    """The open questions in cases of kinds that area gives sight of."""
    found: QuerySet[Task] = of_seen_kinds(asking(), "case__")
    return found


def questions_in(span: Span) -> QuerySet[Task]:
    """Those about cases of an area."""
    return questions().filter(case__code_now__gte=span[0], case__code_now__lt=span[1])


def dues_for(tasks: Collection[UUID]) -> dict[UUID, datetime]:
    """Until when each of these tasks runs, by its key; without those that have no clock (one statement)."""
    running = Clock.objects.filter(task__in=any_of(tasks), stopped_at=None)
    return dict(running.values_list("task", "due_at"))


def helping() -> QuerySet[Task]:
    """The open tasks of posts that help another one (联动处置)."""
    return Task.objects.filter(closed_at=None, role=Written(HELPS))


def joint_in(span: Span, *, late: bool, most: int) -> CaseQuerySet:
    """So many open cases of an area in which a post helps another one, or the overdue ones, the earliest limit first.

    Their keys are sorted first, without all that a page reads of them.
    """
    order = (F("due").asc(nulls_last=True), "pk")
    cases = Case.objects.within(span).filter(closed_at=None, pk__in=helping().values("case"))
    cases = cases.filter(due__lt=timezone.now()) if late else cases
    return Case.everywhere.filter(pk__in=cases.order_by(*order).values("pk")[:most]).order_by(*order)


def overdue_in(span: Span) -> CaseQuerySet:
    """The open cases of an area whose promise has run out, the longest overdue first."""
    late = Case.objects.within(span).filter(closed_at=None, due__lt=timezone.now())
    return late.order_by("due", "pk")


def with_joint(cases: CaseQuerySet) -> CaseQuerySet:
    """Say of each case whether a post helps in it (`joint`), and whether one that was pressed must answer (`asked`)."""
    own = {"case": OuterRef("pk")}
    return cases.annotate(joint=Exists(helping().filter(**own)), asked=Exists(asking().filter(**own)))


def waiting_at(posts: Collection[int]) -> QuerySet[Task]:
    """What these posts have to do in cases that area gives sight of, the most pressing first."""
    found: QuerySet[Task] = of_seen_kinds(Task.objects.filter(closed_at=None, post__in=posts), "case__")
    return found.order_by("pressing_at", "pk")
