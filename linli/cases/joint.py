"""Several posts on one case, seen from above: open questions, joint cases, and what is overdue the longest.

Everything is narrowed by the code range of an area and to the kinds that area gives sight of.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Case, CaseQuerySet, Clock, Task, areas_see
from linli.cases.models.case import Unindexed, of_seen_kinds
from linli.cases.procedure import ASKED, HELPS

Span = tuple[int, int]
MANY = 500  # of so many joint cases it takes fewer rows to walk all that is open than to sort them


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


def with_answer_due(tasks: QuerySet[Task]) -> QuerySet[Any]:
    """Say of each question until when it must be answered (`answer_due`); empty while its clock rests."""
    running = Clock.objects.filter(task=OuterRef("pk"), stopped_at=None).order_by("due_at")
    return tasks.annotate(answer_due=Subquery(running.values("due_at")[:1]))


@dataclass(frozen=True)
class Posts:
    """Posts that something was put to: these, or all `others`."""

    keys: Collection[int]
    others: bool = False


def asked_first(
    span: Span, *, late: bool, most: int, posts: Posts | None = None
) -> list[tuple[UUID, datetime | None]]:
    """So many open questions of an area, or the late ones: key and until when, the earliest limit first; to all posts,
    or to some.

    They are walked to by their clocks, which stand in that order, so that of many only those shown are read (one
    statement for each name of such clocks); if any place is left, those follow whose clock rests (one more).
    """
    before = [Q(due_at__lt=timezone.now())] if late else []
    found: list[Any] = []
    for name in _clocks_of_questions():
        clocks = _answer_clocks(name, span).filter(*before, _put_to(posts, "task__post")).order_by("due_at")
        found += clocks.values_list("task", "due_at")[:most]
    found = sorted(found, key=lambda each: (each[1], each[0]))[:most]
    if late or len(found) == most:
        return found
    asked = questions_in(span).filter(_put_to(posts, "post"))
    resting = with_answer_due(asked).filter(answer_due=None).order_by("pk")
    return [*found, *((key, None) for key in resting.values_list("pk", flat=True)[: most - len(found)])]


def _put_to(posts: Posts | None, column: str) -> Q:
    if posts is None:
        return Q()
    some = Q(**{f"{column}__in": posts.keys})
    return ~some if posts.others else some


def _answer_clocks(name: str, span: Span) -> QuerySet[Clock]:
    """Running clocks of questions in an area. SQLite is kept from finding tasks first and sorting all of them."""
    columns = ("task__closed_at", "task__role", "task__asks", "case__code_now")
    plain: Any = {f"_{column.partition('__')[2]}": Unindexed(F(column)) for column in columns}
    clocks = of_seen_kinds(Clock.objects.filter(stopped_at=None, name=name), "case__").alias(**plain)
    asked = clocks.filter(_closed_at=None, _role=ASKED, _asks__in=sorted(pressing_everywhere()))
    found: QuerySet[Clock] = asked.filter(_code_now__gte=span[0], _code_now__lt=span[1])
    return found


@cache
def _clocks_of_questions() -> list[str]:
    """The clocks that run for answers, of the kinds that area gives sight of."""
    seen = [kind for kind in all_kinds() if areas_see(kind.name)]
    steps = [kind.procedure.steps[name] for kind in seen for name in pressing_steps(kind.name)]
    return sorted({name for step in steps for name in step.start})


def helping() -> QuerySet[Task]:
    """The open tasks of posts that help another one (联动处置)."""
    return Task.objects.filter(closed_at=None, role=Written(HELPS))


def joint_in(span: Span, *, late: bool, most: int, of: int = 0) -> CaseQuerySet:
    """So many open cases of an area in which a post helps another one, or the overdue ones, the earliest limit first.

    Their keys are found first, without all that a page reads of them: all are sorted, or, where as many as `of` are
    known to have a limit, the open cases walked in the order of their limits until there are enough.
    """
    order = (F("due").asc(nulls_last=True), "pk")
    cases = Case.objects.within(span).filter(closed_at=None)
    cases = cases.filter(due__lt=timezone.now()) if late else cases
    if of < MANY:
        cases = cases.filter(pk__in=helping().values("case")).order_by(*order)
    else:
        cases = cases.filter(Exists(helping().filter(case=OuterRef("pk"))), due__isnull=False).order_by(
            "due", "pk"
        )
    return Case.everywhere.filter(pk__in=cases.values("pk")[:most]).order_by(*order)


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
