"""What is owed to a source: its cases whose answer has not gone back yet, by the source's own deadline.

The promise here and the deadline over there are both kept, and a case's page shows both: the law gives five working
days or the longer legal limit (hotline.answer), the order names its own. This list goes by theirs alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from linli.cases.kinds import Kind, all_kinds, power
from linli.cases.models import Case, CaseQuerySet
from linli.cases.sight import in_sight
from linli.exchange.models import Foreign, Source
from linli.ledger.models import Entry
from linli.posts.actor import PostActor

READY, OPEN, OVERDUE, INTERIM = "ready", "open", "overdue", "interim"
STATES = (READY, OPEN, OVERDUE, INTERIM)
MOST_COUNTED = 999


def answered_stages(kind: Kind) -> frozenset[str]:
    """The stages in which our answer is there: the ends, and where a step leads that keeps the promise for good."""
    stages = kind.procedure.stages
    kept = {step.enters for step in kind.procedure.steps.values() if _keeps_promise(kind, step.name)}
    found = {name for name in kept if name in stages and not stages[name].aside}
    return frozenset(found | {name for name, stage in stages.items() if stage.ends})


def _keeps_promise(kind: Kind, name: str) -> bool:
    step = kind.procedure.steps[name]
    shown = {clock for clock, rule in kind.procedure.clocks.items() if rule.shown}
    return bool(shown & set(step.stop)) and not shown & set(step.start)


def is_answered(case: Case) -> bool:
    """Whether there is a final answer that can go back."""
    kind = next(each for each in all_kinds() if each.name == case.kind)
    return case.stage in answered_stages(kind)


def _answered() -> Q:
    found = Q(pk__in=[])
    for kind in all_kinds():
        found |= Q(case__kind=kind.name, case__stage__in=answered_stages(kind))
    return found


def _answered_anew() -> Exists:
    """An answer was given after the last one went back: it was reopened, and dealt with again."""
    names = [
        power(kind.name, step)
        for kind in all_kinds()
        for step in kind.procedure.steps.values()
        if _keeps_promise(kind, step.name)
    ]
    entries = Entry.objects.filter(
        about=OuterRef("case_id"), name__in=names, recorded_at__gt=OuterRef("returned_at")
    )
    return Exists(entries)


def owed(sources: Iterable[Source], *, by: PostActor) -> QuerySet[Foreign]:
    """What these sources still wait for in the actor's area: the earliest deadline first, those without one last.

    A source may work for one town and send what lies in another, which is not this town's to read.
    """
    rows = Foreign.objects.filter(source__in=list(sources), case__in=_in_area(by))
    waiting = Q(returned_at=None) | ~_answered() | Q(_answered_anew())
    return rows.filter(waiting).order_by(F("due").asc(nulls_last=True), "pk")


def _in_area(by: PostActor) -> CaseQuerySet:
    return in_sight(by, Case.objects.within(by.area))


def all_in_area(cases: Collection[UUID], *, by: PostActor) -> bool:
    """Whether area gives the actor sight of all of these cases."""
    return _in_area(by).filter(pk__in=cases).count() == len(set(cases))


def narrowed(rows: QuerySet[Foreign], state: str, now: datetime | None = None) -> QuerySet[Foreign]:
    """Of what is owed: ready to go back, not answered yet, past its deadline, or told something meanwhile."""
    if state == READY:
        return rows.filter(_answered())
    if state == OPEN:
        return rows.exclude(_answered())
    if state == OVERDUE:
        return rows.filter(due__lt=now or timezone.now())
    return rows.filter(interim_at__isnull=False) if state == INTERIM else rows


def foreign_of(case: Case) -> list[Foreign]:
    """The numbers a case has elsewhere, each with its source and deadline."""
    return list(Foreign.objects.filter(case=case).select_related("source").order_by("pk"))


def count_owed(sources: list[Source], *, by: PostActor) -> str:
    """How much is owed in the actor's area, for a badge; no statement where there are no sources."""
    if not sources:
        return ""
    count = owed(sources, by=by).order_by()[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
