"""What happens when a clock runs out: the step that the procedure names is taken by the clock itself."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from linli.base.errors import Refusal, Stale
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Clock
from linli.posts.actor import SystemActor

log = logging.getLogger("linli.clocks")
CLOCK = SystemActor("clock")
LOOK_AGAIN = timedelta(minutes=10)


def lapse_due(now: datetime | None = None, limit: int = 50) -> int:
    """Take the lapse step of clocks that have run out (the worker loop calls this); return how many.

    A refused one is put aside for ten minutes, so that those behind it get their turn.
    """
    now = now or timezone.now()
    steps = {
        (kind.name, rule.name): rule.lapse
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
    over = Clock.objects.filter(lapsing, at_hand, stopped_at=None, due_at__lt=now)
    clocks = list(over.select_related("case").order_by("due_at")[:limit])
    return sum(_lapse(clock, steps[clock.case.kind, clock.name], now) for clock in clocks)


def _lapse(clock: Clock, step: str, now: datetime) -> bool:
    case = clock.case
    kind = kind_of(case.kind)
    try:
        getattr(kind.actions, step)(kind.reference(case), by=CLOCK, seen=case.version)
    except Stale:  # somebody acted in the same moment: the next turn looks again
        return False
    except Refusal as refusal:
        log.info("%s of %s not taken: %s", step, case.number, refusal.sentence)
    except Exception:  # one broken case must not stop the clocks of all others
        log.exception("%s of %s failed", step, case.number)
    else:
        return True
    Clock.objects.filter(pk=clock.pk).update(look_again_at=now + LOOK_AGAIN)
    return False
