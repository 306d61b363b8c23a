"""Supervision (督办): the questions put to posts in an area, with the clock of each answer, by area and by body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linli.analytics.beside import AWAITED, AWAITED_LATE, QUESTIONS
from linli.analytics.counting import count
from linli.analytics.parts import OTHERS, REST, beside, bodies_of, by_place
from linli.analytics.questions import Question as Asked
from linli.cases.joint import Posts, asked_first, questions_in, with_answer_due
from linli.cases.kinds import kind_of
from linli.cases.models import Task
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.portals.command.seats import door_of, watching
from linli.posts.actor import PostActor
from linli.posts.lookup import Body
from linli.posts.tree import Node, parted_at, standing_at

MOST = 50


@dataclass(frozen=True)
class Question:
    """A question that waits for its answer: in which case, what for, whom it was put to, until when."""

    number: str
    kind: str
    step: str
    post: str
    body: str
    place: str
    since: datetime
    due: datetime | None
    late: bool


@dataclass(frozen=True)
class BodyRow:
    """How many answers a body owes; bodies with fewer than three holders stand together. `key`: how it is asked for."""

    key: str
    name: str
    posts: Posts
    waiting: int
    late: int


@dataclass(frozen=True)
class AreaRow:
    """How many answers are awaited in a part of the area; `place` is empty for what lies in none of them.

    `asked`: how its questions are asked for.
    """

    place: Division | None
    asked: str
    waiting: int
    late: int


@require_safe
@watching
def questions(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Everything that was asked and not yet answered in an area, the earliest limit first; all, or what is late; of
    all bodies or of one; or of what lies in none of the parts.
    """
    node, now = standing_at(by, request.GET.get("place", "")), timezone.now()
    only_late, parted = request.GET.get("late") == "1", parted_at(node, by)
    areas, waiting, late = _counted(parted, now)
    rest = next((row for row in areas if not row.place), None) if request.GET.get("rest") == REST else None
    bodies = by_body(node.here.span, now) if node.here.level >= Level.CITY and not rest else []
    body = _chosen(bodies, request.GET.get("body", ""))
    if rest:
        asked = _of_the_rest(parted, now, late=only_late)
    else:
        asked = asked_first(node.here.span, late=only_late, most=MOST, posts=body.posts if body else None)
    rows = _rows(asked, now)
    if part := rest or body:
        waiting, late = part.waiting, part.late
    elif len(rows) < MOST:  # then they are all there are, and newer than what is folded
        waiting, late = len(rows), sum(row.late for row in rows)
    context = {
        "node": node,
        "door": door_of(by),
        "late": only_late,
        "rows": rows,
        "count": late if only_late else waiting,
        "overdue": late,
        "areas": [] if part else areas,
        "bodies": bodies,
        "body": body,
        "rest": rest,
        "asked": rest.asked if rest else _asked_for(node.here, body=body.key if body else ""),
    }
    return render(request, "command/questions.html", context)


def _asked_for(place: Division, **part: str) -> str:
    """The query that asks for a place or a part of it; what is empty is not asked."""
    return urlencode({"place": place.trimmed, **{name: each for name, each in part.items() if each}})


def _of_the_rest(node: Node, now: datetime, *, late: bool) -> list[tuple[UUID, datetime | None]]:
    """The questions about what lies in none of the parts, in the order of `asked_first`; few lie there."""
    asked = beside(Asked.of_today(node.here.trimmed, now), node.here, node.below)
    rows = QUESTIONS.rows(asked).filter(AWAITED_LATE.test(asked) if late else Q())
    rows = rows.order_by(F("answer_due").asc(nulls_last=True), "pk")
    return list(rows.values_list("pk", "answer_due")[:MOST])


def _chosen(bodies: Sequence[BodyRow], asked: str) -> BodyRow | None:
    """The body asked for; one that owes nothing any more has no row, and all are shown."""
    return next((row for row in bodies if asked and row.key == asked), None)


def _rows(asked: Sequence[tuple[UUID, datetime | None]], now: datetime) -> list[Question]:
    rows = Task.objects.select_related("case__division", "post__organisation")
    keys = [key for key, _due in asked]
    tasks = rows.defer("case__summary", "case__division__outline").in_bulk(keys)
    return [_question(tasks[key], due, now) for key, due in asked if key in tasks]


def _question(task: Task, due: datetime | None, now: datetime) -> Question:
    procedure = kind_of(task.case.kind).procedure
    step = procedure.steps.get(task.asks)
    return Question(
        task.case.number,
        str(procedure.label),
        str(step.label) if step else "",
        task.post.title,
        task.post.organisation.name,
        task.case.division.name,
        task.opened_at,
        due,
        bool(due and due < now),
    )


def _counted(node: Node, now: datetime) -> tuple[list[AreaRow], int, int]:
    """The parts of a place in which answers are awaited, and how many are awaited and late in all of it."""
    asked, figures = Asked.of_today(node.here.trimmed, now), [AWAITED, AWAITED_LATE]
    if not node.below or node.here.level >= Level.VILLAGE:
        whole = count(asked, figures=figures)[None]
        return [], whole[AWAITED.name], whole[AWAITED_LATE.name]
    parts = by_place(asked, node.here, node.below, figures)
    rows = [
        AreaRow(
            part.place,
            _asked_for(part.place or node.here, rest=part.rest),
            number,
            part.counted.get(AWAITED_LATE.name, 0),
        )
        for part in parts
        if (number := part.counted.get(AWAITED.name, 0))
    ]
    return rows, sum(row.waiting for row in rows), sum(row.late for row in rows)


def by_body(span: tuple[int, int], now: datetime) -> list[BodyRow]:
    """How many answers each body owes, by name and never by number; small bodies together as in every figure."""
    bodies = bodies_of(span)
    shown = {post: body for body in bodies.shown for post in body.posts}
    waiting: Counter[Body | None] = Counter()
    late: Counter[Body | None] = Counter()
    numbers = {"waiting": Count("pk"), "late": Count("pk", filter=Q(answer_due__lt=now))}
    rows: QuerySet[Any] = with_answer_due(questions_in(span)).values("post")
    for row in rows.annotate(**numbers).order_by():
        body = shown.get(row["post"])
        waiting[body] += row["waiting"]
        late[body] += row["late"]
    told = [
        BodyRow(str(body.organisation), body.called, Posts(body.posts), number, late[body])
        for body, number in waiting.items()
        if body
    ]
    small = Posts(bodies.posts, others=True)
    others = BodyRow(OTHERS, pgettext("bodies", "Other bodies"), small, waiting[None], late[None])
    return sorted(told, key=lambda row: row.name) + ([others] if others.waiting else [])
