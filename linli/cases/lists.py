"""Lists of cases and tasks, always scoped by a post and its area, paged by key, never counted exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.cases.models import Case, Task
from linli.cases.search import matching
from linli.posts.actor import PostActor

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Rows of one page and the key of the next (empty on the last)."""

    rows: Sequence[Any]
    next_key: str = ""


def to_do(by: PostActor, after: str = "") -> Page:
    """The open tasks of a post (待办), the most pressing first; `after` is the next_key of the page before."""
    tasks = _tasks(by).filter(closed_at=None)
    last = Task.objects.filter(pk=parsed_key(after)).first() if after else None
    if last:
        tasks = tasks.filter(
            Q(pressing_at__gt=last.pressing_at) | Q(pressing_at=last.pressing_at, id__gt=last.pk)
        )
    rows = list(tasks.order_by("pressing_at", "id")[: PAGE + 1])
    return Page(rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def parsed_key(key: str) -> UUID:
    """A page key from a URL; Invalid when it is none."""
    try:
        return UUID(key)
    except ValueError as trouble:
        raise Invalid(_("This page link is broken. Please start from the first page.")) from trouble


def done(by: PostActor) -> Page:
    """The last tasks this post finished (已办), newest first."""
    return Page(list(_tasks(by).filter(closed_at__isnull=False).order_by("-closed_at")[:PAGE]))


def _tasks(by: PostActor) -> QuerySet[Task]:
    return Task.objects.filter(post=by.post).select_related("case__division").defer("case__division__outline")


def in_area(by: PostActor, *, kind: str = "", stage: str = "", text: str = "", before: str = "") -> Page:
    """The cases in the area of a post, newest first; narrowed by kind, stage and words, never by person."""
    cases = Case.objects.within(by.post.division.span).with_place()
    if kind:
        cases = cases.filter(kind=kind)
    if stage:
        cases = cases.filter(stage=stage)
    if text:
        cases = matching(cases, text)
    if before:
        cases = cases.filter(pk__lt=parsed_key(before))
    rows = list(cases.order_by("-id")[: PAGE + 1])
    return Page(rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")
