"""What the pages of a case read: the case inside one's area, who has a task in it, what it is linked with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case, Link, Task
from linli.cases.procedure import ASKED, HELPS, LEAD
from linli.cases.sight import those_seen
from linli.posts.actor import PostActor
from linli.posts.models import Holding

_RELATIONS = {
    "duplicate of": (gettext_lazy("The same as"), gettext_lazy("Also reported as")),
    "became": (gettext_lazy("Became"), gettext_lazy("Came from")),
    "part of": (gettext_lazy("Part of"), gettext_lazy("Has the part")),
}


@dataclass(frozen=True)
class Duty:
    """An open task: which post has it, in which role, since when, and whether anybody sits on that post."""

    post: str
    organisation: str
    role: str
    since: datetime
    vacant: bool
    mine: bool


@dataclass(frozen=True)
class Related:
    """Another case this one is linked with; its kind is named where it is another one."""

    how: str
    kind: str
    number: str
    summary: str


def tasks_of(case: Case, by: PostActor) -> tuple[list[Duty], int]:
    """Who has to do something in a case now, and how many posts more (three statements).

    Where many answer alongside, a post reads its own part; the others are counted, not named.
    """
    rows = Task.objects.filter(case=case, closed_at=None)
    if any(step.alongside for step in kind_of(case.kind).procedure.leaving(case.stage)):
        others = Q(role=HELPS) & ~Q(post=by.post)
        return _duties(rows.exclude(others), by), rows.filter(others).count()
    return _duties(rows, by), 0


def _duties(rows: QuerySet[Task], by: PostActor) -> list[Duty]:
    tasks = list(rows.select_related("post__organisation", "case").order_by("id"))
    posts = [task.post_id for task in tasks]
    held = set(Holding.objects.current().filter(post__in=posts).values_list("post_id", flat=True))
    return [
        Duty(
            post=task.post.title,
            organisation=task.post.organisation.name,
            role=_role_words(task),
            since=task.opened_at,
            vacant=task.post_id not in held,
            mine=task.post_id == by.post.pk,
        )
        for task in tasks
    ]


def _role_words(task: Task) -> str:
    """What a post has to do there; nothing to say when it simply has the next step."""
    if task.role == ASKED:
        asked = step_of(task.case.kind, task.asks).label if task.asks else ""
        return _("must answer: %(step)s") % {"step": asked}
    return {LEAD: _("leads"), HELPS: _("helps")}.get(task.role, "")


def links_of(case: Case, by: PostActor) -> list[Related]:
    """The linked cases that the actor's post sees."""
    outwards = Link.objects.filter(source=case).select_related("target")
    inwards = Link.objects.filter(target=case).select_related("source")
    found = [(_words(link.relation, 0), link.target) for link in outwards]
    found += [(_words(link.relation, 1), link.source) for link in inwards]
    seen = those_seen([other for _how, other in found], by=by)
    return [
        Related(how, _kind_words(case, other), other.number, other.summary)
        for how, other in found
        if other.pk in seen
    ]


def _kind_words(case: Case, other: Case) -> str:
    return str(kind_of(other.kind).procedure.label) if other.kind != case.kind else ""


def _words(relation: str, end: int) -> str:
    pair = _RELATIONS.get(relation.replace("_", " "))
    return str(pair[end]) if pair else _("Linked with")
