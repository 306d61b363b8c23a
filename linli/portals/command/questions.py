"""Supervision (督办): the questions put to posts in an area, with the clock of each answer, and by body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linli.analytics.parts import bodies_of
from linli.cases.joint import dues_for, questions_in
from linli.cases.kinds import kind_of
from linli.cases.models import Task
from linli.portals.command.picture import FAR
from linli.portals.command.seats import door_of, watching
from linli.posts.actor import PostActor
from linli.posts.tree import standing_at

MOST = 200


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
    """How many answers a body owes; bodies with fewer than three holders stand together."""

    name: str
    waiting: int
    late: int


@require_safe
@watching
def questions(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Everything that was asked and not yet answered in an area, the earliest limit first; all, or what is late."""
    node = standing_at(by, request.GET.get("place", ""))
    asked = list(questions_in(node.here.span).order_by("pressing_at", "pk").values_list("pk", "post"))
    dues, now = dues_for([key for key, _post in asked]), timezone.now()
    late = {key for key, due in dues.items() if due < now}
    only_late = request.GET.get("late") == "1"
    shown = [key for key, _post in asked if key in late or not only_late]
    shown.sort(key=lambda key: dues.get(key, FAR))
    context = {
        "node": node,
        "door": door_of(by),
        "late": only_late,
        "rows": _rows(shown[:MOST], dues, now),
        "count": len(shown),
        "overdue": len(late),
        "bodies": by_body(asked, late, node.here.span),
    }
    return render(request, "command/questions.html", context)


def _rows(keys: Sequence[UUID], dues: Mapping[UUID, datetime], now: datetime) -> list[Question]:
    rows = Task.objects.select_related("case__division", "post__organisation")
    tasks = rows.defer("case__summary", "case__division__outline").in_bulk(keys)
    return [_question(tasks[key], dues.get(key), now) for key in keys]


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


def by_body(asked: Sequence[tuple[UUID, int]], overdue: Set[UUID], span: tuple[int, int]) -> list[BodyRow]:
    """How many answers each body owes, by name and never by number; small bodies together as in every figure."""
    shown = {post: body.called for body in bodies_of(span).shown for post in body.posts}
    waiting: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for key, post in asked:
        name = shown.get(post, "")
        waiting[name] += 1
        late[name] += key in overdue
    others = pgettext("bodies", "Other bodies")
    rows = [BodyRow(name, count, late[name]) for name, count in sorted(waiting.items()) if name]
    return rows + ([BodyRow(others, waiting[""], late[""])] if waiting[""] else [])
