"""How the calls of a centre stand today, as counts whose lists can be opened; nothing about any person at a desk."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from linli.base.worktime import PLACE_TIME
from linli.cases.calling import EMERGENCY
from linli.cases.kinds import Kind, all_kinds
from linli.cases.models import Case, Task
from linli.cases.narrowing import least_key
from linli.cases.sight import unless_kept
from linli.ledger.models import Entry
from linli.posts.actor import PostActor
from linli.posts.lookup import body_of
from linli.posts.models import PostKind

MOST_COUNTED = 999
LATELY = 50  # cases
MOST_SHOWN = 20  # call-backs beside the form; the others stand in the to-do list


@dataclass(frozen=True)
class Queue:
    """Counts up to one more than MOST_COUNTED. `taken`: today by telephone in the area.

    `unaccepted`: just opened, in the area; `waiting`: tasks of the post; `overdue`: those whose time is up, which come
    first in its list.
    """

    taken: int
    unaccepted: int
    waiting: int
    overdue: int

    @property
    def words(self) -> dict[str, str]:
        """The counts as they are shown, by name: beyond what was counted, as more than that."""
        return {
            name: f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
            for name, count in asdict(self).items()
        }


def queue_of(by: PostActor, kind: Kind) -> Queue:
    """Four counts, one statement each; no more is counted than anybody would read."""
    now, span = timezone.now(), by.post.division.span
    area = Case.objects.within(span)
    tasks = unless_kept(Task.objects.filter(post=by.post, closed_at=None), by)
    today = least_key(midnight(now))
    stage = kind.procedure.opening.enters
    return Queue(
        taken=_counted(area.filter(channel="telephone", pk__gte=today)),
        unaccepted=_counted(area.filter(kind=kind.name, stage=stage)),
        waiting=_counted(tasks),
        overdue=_counted(tasks.filter(pressing_at__lt=now)),
    )


def call_backs(by: PostActor) -> list[Task]:
    """Whoever asked a post of call-takers to be called and waits, the longest first (one statement).

    Of every kind that begins with a task for a call-taker; calls that are part of other cases stand in the to-do list.
    """
    kinds = [kind.name for kind in all_kinds() if kind.procedure.opening.task == PostKind.CALL_TAKER]
    waiting = Task.objects.filter(post=by.post, closed_at=None, case__kind__in=kinds)
    rows = unless_kept(waiting, by).select_related("case__division").defer("case__division__outline")
    return list(rows.order_by("opened_at", "id")[:MOST_SHOWN])


def emergencies_today(by: PostActor) -> list[tuple[datetime, str]]:
    """When the posts of this body handed a call to which emergency line today, the newest first."""
    body = body_of(by.post.organisation_id)
    today = least_key(midnight(timezone.now()))
    found = Entry.objects.filter(pk__gte=today, name=EMERGENCY, post__in=body.posts if body else ())
    return [(entry.at, str(entry.facts["line"])) for entry in found.order_by("-id")[:MOST_COUNTED]]


def opened_lately(by: PostActor) -> Counter[str]:
    """Of which kinds the last cases were that this post opened, by number (one statement)."""
    newest = Case.everywhere.filter(opened_by=by.post).order_by("-id")
    return Counter(newest.values_list("kind", flat=True)[:LATELY])


def midnight(now: datetime) -> datetime:
    """When the day of the place began."""
    return datetime.combine(now.astimezone(PLACE_TIME).date(), time.min, PLACE_TIME)


def _counted(rows: QuerySet[Any]) -> int:
    return rows.values("pk")[: MOST_COUNTED + 1].count()
