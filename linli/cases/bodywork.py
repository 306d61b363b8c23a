"""The open work of a body for whoever heads it: how many cases wait for which step, and a case without its people.

Only of kinds that say what can be told of a case without its people (`unnamed.py`). Nothing here is counted by post.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext

from linli.base.errors import NotFound
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Case, CaseQuerySet, Task
from linli.cases.procedure import ASKED, REPORTER, REPRESENTATIVE, Words
from linli.cases.sight import unless_kept
from linli.ledger.models import Entry
from linli.ledger.names import known
from linli.posts.actor import PostActor
from linli.posts.models import Post, PostKind
from linli.posts.powers import allow

READ_BODY = "cases.read_body"
MOST = 50
OWN_DEPTH = 3_000  # of the most pressing tasks of a post, as in lists


@dataclass(frozen=True)
class Waiting:
    """How many open cases of a kind stand where, how many of them are late, and by when the first is due."""

    kind: str
    stage: str
    count: int
    late: int
    first: datetime | None

    @property
    def label(self) -> Words:
        """The stage, whose name says what comes next."""
        return kind_of(self.kind).procedure.stages[self.stage].label


@dataclass(frozen=True)
class Moment:
    """Something that happened in a case: what, when, and whether the `body`, a `side` or the `clock` did it."""

    label: str
    at: datetime
    who: str


def register_powers() -> None:
    """Make the power known; called when the app starts."""
    allow(
        READ_BODY,
        {PostKind.HEAD},
        label=lambda: gettext("See the open work of one's own body, without people"),
    )


def waiting_of(by: PostActor) -> list[Waiting]:
    """What a post has to do, by the step that comes next (one statement, over its most pressing tasks)."""
    own = unless_kept(Task.objects.filter(post=by.post, closed_at=None), by)
    pressing = own.order_by("pressing_at", "id").values("pk")[:OWN_DEPTH]
    return _waiting(Task.objects.filter(pk__in=pressing))


def waiting_of_body(by: PostActor) -> list[Waiting]:
    """The same of the whole body that the actor's post belongs to."""
    return _waiting(_tasks_of_body(by).filter(closed_at=None).exclude(role=ASKED))


def _waiting(tasks: Any) -> list[Waiting]:
    late = Q(case__due__lt=timezone.now())
    rows = tasks.values("case__kind", "case__stage").annotate(
        count=Count("case", distinct=True),
        late=Count("case", distinct=True, filter=late),
        first=Min("case__due"),
    )
    found = [
        Waiting(row["case__kind"], row["case__stage"], row["count"], row["late"], row["first"])
        for row in rows.order_by()
    ]
    return sorted(
        found, key=lambda each: (each.kind, list(kind_of(each.kind).procedure.stages).index(each.stage))
    )


def open_of_body(by: PostActor, kind: str, stage: str) -> list[Case]:
    """The first cases of the body that stand somewhere, the most pressing first."""
    cases = _cases_of_body(by).filter(kind=kind, stage=stage, closed_at=None)
    return list(cases.order_by("due", "pk")[:MOST])


def case_of_body(by: PostActor, number: str) -> Case:
    """A case of the body by its number; NotFound for any other."""
    found = _cases_of_body(by).select_related("category").filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def unnamed(case: Case) -> Sequence[tuple[str, str]]:
    """What its kind tells of a case without its people, as labels and values."""
    told: Sequence[tuple[str, str]] = kind_of(case.kind).unnamed(case)
    return told


def moments_of(case: Case) -> list[Moment]:
    """What happened, the earliest first: no words, no post, no number of a side."""
    rows = Entry.objects.filter(about=case.pk, name__startswith=f"{case.kind}.").order_by("id")
    sides = {REPORTER, REPRESENTATIVE, *kind_of(case.kind).procedure.roles}
    return [Moment(known(each.name).label(), each.at, _who(each, sides)) for each in rows]


def _who(entry: Entry, sides: Set[str]) -> str:
    if entry.post:
        return "body"
    return "side" if entry.relation in sides else "clock"


def _tasks_of_body(by: PostActor) -> Any:
    kinds = [kind.name for kind in all_kinds() if kind.unnamed]
    posts = Post.objects.filter(organisation=by.post.organisation_id).values("pk")
    return unless_kept(Task.objects.filter(post__in=posts, case__kind__in=kinds), by)


def _cases_of_body(by: PostActor) -> CaseQuerySet:
    keys = _tasks_of_body(by).exclude(role=ASKED).values("case")
    return Case.everywhere.filter(pk__in=keys)
