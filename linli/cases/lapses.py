"""What happens when a clock runs out: the step that the procedure names is taken by the clock itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from linli.base.errors import Stale
from linli.cases.kinds import all_kinds
from linli.cases.models import Clock
from linli.cases.procedure import Step
from linli.cases.steps import trouble_taking
from linli.posts.actor import SystemActor

CLOCK = SystemActor("clock")
LOOK_AGAIN = timedelta(minutes=10)


def lapse_due(now: datetime | None = None, limit: int = 50) -> int:
    """Take the lapse step of clocks that have run out (the worker loop calls this); return how many.

    A refused one is put aside for ten minutes, so that those behind it get their turn.
    """
    now = now or timezone.now()
    steps = {
        (kind.name, rule.name): kind.procedure.steps[rule.lapse]
        for kind in all_kinds()
        for rule in kind.procedure.clocks.values()
        if rule.lapse
    }
    if not steps:
        return 0
    lapsing = Q()
    for kind, name in steps:
        lapsing |= Q(case__kind=kind, name=name)
    at_hand = Q(look_again_at=None) | Q(look_again_at__lte=now)
    names = {name for _kind, name in steps}  # by which the running clocks are indexed
    over = Clock.objects.filter(lapsing, at_hand, name__in=names, stopped_at=None, due_at__lt=now)
    clocks = list(over.select_related("case").order_by("due_at")[:limit])
    return sum(_lapse(clock, steps[clock.case.kind, clock.name], now) for clock in clocks)


def _lapse(clock: Clock, step: Step, now: datetime) -> bool:
    trouble = trouble_taking(clock.case, step, by=CLOCK)
    if trouble is not None and not isinstance(trouble, Stale):  # who acted in the same moment is no trouble
        Clock.objects.filter(pk=clock.pk).update(look_again_at=now + LOOK_AGAIN)
    return trouble is None
