"""Clocks: how long a stage may take, when it is due, and what happens when it runs out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from linli.base.errors import Refusal
from linli.base.generations import Cached
from linli.base.worktime import PLACE_TIME, Calendar, Unit, due
from linli.base.writing import writing
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import CalendarDay, Case, Clock, Limit
from linli.posts.actor import SystemActor

log = logging.getLogger("linli.clocks")
CLOCK = SystemActor("clock")


@dataclass(frozen=True)
class Term:
    """How long a clock runs, and the dated row that says so (`limit:7`, `catalogue:12`)."""

    unit: Unit
    amount: int
    source: str


def _read_calendar() -> Calendar:
    days = dict(CalendarDay.objects.values_list("day", "worked"))
    return Calendar(exceptions=days, years=frozenset(day.year for day in days))


def _read_limits(kind: str, clock: str) -> list[Limit]:
    return list(Limit.objects.filter(kind=kind, clock=clock).order_by("-valid_from", "-pk"))


calendar: Cached[Calendar] = Cached("calendar", _read_calendar)
_limits: Cached[list[Limit]] = Cached("limits", _read_limits)


def term_of(kind: str, clock: str, on: date) -> Term:
    """The term in force on a day; LookupError when the place has no row for it (doctor and tests check)."""
    for row in _limits(kind, clock):
        if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
            return Term(Unit(row.unit), row.amount, f"limit:{row.pk}")
    raise LookupError(f"No limit for the clock {clock} of {kind} on {on}.")


def new_clock(case: Case, name: str, at: datetime, term: Term | None = None) -> Clock:
    """An unsaved, running clock for a case."""
    term = term or term_of(case.kind, name, at.astimezone(PLACE_TIME).date())
    ends = due(at, term.amount, term.unit, calendar())
    return Clock(
        case=case,
        name=name,
        unit=term.unit,
        amount=term.amount,
        source=term.source,
        started_at=at,
        due_at=ends,
    )


def due_of(case: Case, running: Iterable[Clock]) -> datetime | None:
    """The projection `case.due`: the earliest end among the running clocks that people are shown."""
    rules = kind_of(case.kind).procedure.clocks
    return min((clock.due_at for clock in running if rules[clock.name].shown), default=None)


def pressing_at(at: datetime, running: Iterable[Clock]) -> datetime:
    """When a task must have been looked at: the end of the earliest running clock, shown or not, else at once."""
    return min((clock.due_at for clock in running), default=at)


def reckon_again() -> int:
    """After the calendar changed: compute anew when running clocks end, and what cases show; return how many moved."""
    moved = 0
    with writing():
        for clock in Clock.objects.filter(stopped_at=None).select_related("case").iterator(500):
            ends = due(clock.started_at, clock.amount, Unit(clock.unit), calendar())
            if ends != clock.due_at:
                Clock.objects.filter(pk=clock.pk).update(due_at=ends)
                running = Clock.objects.filter(case=clock.case, stopped_at=None)
                Case.everywhere.filter(pk=clock.case_id).update(due=due_of(clock.case, running))
                moved += 1
    return moved


def lapse_due(now: datetime | None = None, limit: int = 50) -> int:
    """Take the lapse step of clocks that have run out (the worker loop calls this); return how many."""
    now = now or timezone.now()
    lapsing = {
        (kind.name, rule.name): rule.lapse
        for kind in all_kinds()
        for rule in kind.procedure.clocks.values()
        if rule.lapse
    }
    over = Clock.objects.filter(stopped_at=None, due_at__lt=now, name__in={name for _kind, name in lapsing})
    done = 0
    for clock in over.select_related("case").order_by("due_at")[:limit]:
        step = lapsing.get((clock.case.kind, clock.name))
        done += bool(step) and _lapse(clock.case, str(step))
    return done


def _lapse(case: Case, step: str) -> bool:
    kind = kind_of(case.kind)
    try:
        getattr(kind.actions, step)(kind.reference(case), by=CLOCK, seen=case.version)
    except Refusal as refusal:  # somebody acted in the same moment: the next turn looks again
        log.info("%s of %s not taken: %s", step, case.number, refusal.sentence)
        return False
    return True
