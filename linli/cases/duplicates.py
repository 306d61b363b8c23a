"""Cases that are the same: the later ones follow an original and end with it; a chain never becomes a circle."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.cases.books import in_hand
from linli.cases.kinds import all_kinds
from linli.cases.models import Case
from linli.cases.procedure import Step
from linli.cases.steps import trouble_taking
from linli.posts.actor import SystemActor

DUPLICATE = "duplicate_of"
BATCH = 20
LINKS = SystemActor("links")


def follow(case: Case, original: Case, at: datetime) -> Case:
    """Let a case follow another one of its kind, inside the step's transaction; return the case at the chain's end.

    Raises Conflict where the original had ended by then, is the case itself, or follows it already.
    """
    in_hand().take_turns(DUPLICATE)  # two who merge in opposite directions at once must not make a circle
    first = original_of(original)
    if first.pk == case.pk:
        raise Conflict(
            _("%(number)s follows this case already; a case cannot follow itself.")
            % {"number": original.number}
        )
    if first.kind != case.kind or (first.closed_at is not None and first.closed_at <= at):
        raise Conflict(
            _("%(number)s is closed or of another kind. Choose one that is being dealt with.")
            % {"number": first.number}
        )
    relate_to(case, first, DUPLICATE)
    return first


def unfollow(case: Case) -> None:
    """Let a case go its own way again."""
    in_hand().unlink(case, DUPLICATE)


def original_of(case: Case) -> Case:
    """The case at the end of the chain of duplicates; the case itself when it follows none."""
    seen = {case.pk}
    while following := in_hand().linked(case, DUPLICATE):
        if following.pk in seen:  # cannot be made here; a circle from elsewhere must not hang anybody
            break
        case = following
        seen.add(case.pk)
    return case


def relate_to(case: Case, other: Case, relation: str) -> None:
    """Link a case with another one; the same link twice is one."""
    in_hand().link(case, other, relation)


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
