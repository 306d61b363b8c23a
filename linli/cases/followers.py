"""Cases that follow an original end with it, and so every reporter hears of it."""

from __future__ import annotations

from linli.cases.duplicates import DUPLICATE
from linli.cases.kinds import all_kinds
from linli.cases.models import Case
from linli.cases.procedure import Step
from linli.cases.steps import trouble_taking
from linli.posts.actor import SystemActor

BATCH = 20
LINKS = SystemActor("links")


def close_followers(limit: int = BATCH) -> int:
    """Take the closing step of cases whose original has ended (the worker loop calls this); return how many."""
    done = 0
    for kind in all_kinds():
        step = next((each for each in kind.procedure.steps.values() if each.with_original), None)
        if step:
            left_behind = _left_behind(kind.name, step, limit)
            done += sum(trouble_taking(case, step, by=LINKS) is None for case in left_behind)
    return done


def _left_behind(kind: str, step: Step, limit: int) -> list[Case]:
    waiting = Case.everywhere.filter(kind=kind, stage__in=step.leaves, closed_at=None)
    ended = waiting.filter(links__relation=DUPLICATE, links__target__closed_at__isnull=False)
    return list(ended.order_by("id")[:limit])
