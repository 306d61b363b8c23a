"""Clocks: how long a stage may take, when it is due, how it rests and is extended.

When a clock is due is a function of its stretches and of the calendar alone. The day (or minute) on which a
stretch begins is not counted, the one on which it ends is; so a rest of five days moves the end by five days,
and one that ends on its first day by none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.generations import Cached
from linli.base.rows import fresh, insert_many
from linli.base.worktime import LONGEST, PLACE_TIME, Calendar, Unit, due, used, used_until
from linli.cases.calendars import calendar_of
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Limit, Task
from linli.cases.procedure import Step

PRESSING = 0.8
GIVEN = "replay"  # the source of dates that another office had set; no calendar moves them


@dataclass(frozen=True)
class Term:
    """How long a clock runs, and the dated row that says so (`limit:7`, `catalogue:12`); `label` of a milestone."""

    unit: Unit
    amount: int
    source: str
    label: str = ""


Terms = Mapping[str, Term | Sequence[Term]]


@dataclass
class ClockChanges:
    """What a step says about clocks beyond its lines in the procedure.

    `terms`: other than the procedure's default, several with labels for milestones; `extensions`: what is granted,
    in the clock's unit; `reason`: key of the listed reason for a rest; `reached`: labels of milestones now met.
    For a past: `ends`: until when another office had promised it; None: it had not, so that clock does not run.
    `lenient`: nor does one for which there was no limit yet.
    In joint handling `tasks` are those the step opens: each gets its own clock of every started name that is
    `per_task`; clocks of the `ended` tasks stop.
    """

    terms: dict[str, Term | Sequence[Term]] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    reason: str = ""
    reached: frozenset[str] = frozenset()
    tasks: Sequence[Task] = ()
    ended: frozenset[UUID] = frozenset()
    ends: Mapping[str, datetime | None] = field(default_factory=dict)
    lenient: bool = False


@dataclass
class ClockMoves:
    """What a step does to the clocks of a case: `live` go on afterwards; `changes` and `begun` are to be stored."""

    live: list[Clock] = field(default_factory=list)
    begun: list[Clock] = field(default_factory=list)
    changes: list[tuple[list[UUID], dict[str, Any]]] = field(default_factory=list)


class Light(StrEnum):
    """The traffic light of a clock: green, from four fifths of the time on yellow, red; and out of service."""

    CALM = "calm"
    SOON = "soon"
    LATE = "late"
    RESTING = "resting"


def _read_limits(kind: str, clock: str) -> list[Limit]:
    return list(Limit.objects.filter(kind=kind, clock=clock).order_by("-valid_from", "-pk"))


_limits: Cached[list[Limit]] = Cached("limits", _read_limits)


def term_of(kind: str, clock: str, on: date) -> Term:
    """The term in force on a day; LookupError when the place has no row for it (doctor and tests check)."""
    row = _in_force(kind, clock, on)
    if row is None:
        raise LookupError(f"No limit for the clock {clock} of {kind} on {on}.")
    return Term(Unit(row.unit), row.amount or 0, f"limit:{row.pk}")


def _in_force(kind: str, clock: str, on: date) -> Limit | None:
    rows = _limits(kind, clock)
    return next(
        (row for row in rows if row.valid_from <= on and (row.valid_to is None or on < row.valid_to)), None
    )


def new_clock(
    case: Case, name: str, at: datetime, term: Term | None = None, *, task: Task | None = None
) -> Clock:
    """An unsaved, running clock for a case, or for one task of it."""
    term = term or term_of(case.kind, name, at.astimezone(PLACE_TIME).date())
    _require_countable(term.amount, at_least=0)
    ends = due(at, term.amount, term.unit, calendar_of(case.code_now))
    return fresh(
        Clock,
        case=case,
        task=task,
        name=name,
        label=term.label,
        unit=term.unit,
        amount=term.amount,
        source=term.source,
        began_at=at,
        first_due=ends,
        started_at=at,
        due_at=ends,
    )


def given_clock(case: Case, name: str, at: datetime, end: datetime) -> Clock:
    """An unsaved, running clock whose end another office had set: days until then, and no calendar moves it."""
    days = max(0, (end.astimezone(PLACE_TIME).date() - at.astimezone(PLACE_TIME).date()).days)
    _require_countable(days, at_least=0)
    return fresh(
        Clock,
        case=case,
        name=name,
        unit=Unit.CALENDAR_DAYS,
        amount=days,
        source=GIVEN,
        began_at=at,
        first_due=end,
        started_at=at,
        due_at=end,
    )


def _require_countable(amount: int, *, at_least: int) -> None:
    if not at_least <= amount <= LONGEST:
        raise Invalid(
            _("A limit is a whole number between %(least)d and %(most)d.")
            % {"least": at_least, "most": LONGEST}
        )


def live_clocks(case: Case) -> list[Clock]:
    """The clocks of a case that run or rest; one statement."""
    return list(Clock.objects.filter(Q(stopped_at=None) | Q(resting=True), case=case))


def move(
    case: Case, live: Sequence[Clock], step: Step, at: datetime, *, changes: ClockChanges | None = None
) -> ClockMoves:
    """Stop, extend, rest, resume and start clocks as a step says, without a statement; `store()` keeps it.

    Invalid when a reason or an extension is missing or not allowed, Conflict when a clock cannot be moved so.
    """
    changes = changes or ClockChanges()
    now = _Moving(case, at, changes)
    closes = case.closed_at == at  # with the end of a case all that still runs in it ends
    gone: list[Clock] = []
    left: list[Clock] = []
    for clock in live:
        (gone if closes or _ends(clock, step, changes) else left).append(clock)
    now.stop(gone)
    now.extend([clock for clock in left if clock.name in step.extend], step.extend)
    now.rest(left, step.suspend, Clock.Halted.SUSPENDED)
    now.rest(left, step.park, Clock.Halted.PARKED)
    now.resume([clock for clock in left if clock.name in step.resume and clock.resting])
    for name in step.start:
        now.start(name)
    going = [clock for clock in live if clock.running or clock.resting]
    going += [clock for clock in now.moves.begun if clock.running]
    now.moves.live = going
    return now.moves


def store(moves: ClockMoves) -> None:
    """Keep what a step did to the clocks, inside its transaction."""
    for keys, change in moves.changes:
        Clock.objects.filter(pk__in=keys).update(**change)
    insert_many(moves.begun)


def _ends(clock: Clock, step: Step, changes: ClockChanges) -> bool:
    return clock.task_id in changes.ended or clock.name in step.stop or clock.label in changes.reached


@dataclass
class _Moving:
    """One step's changes to the clocks of a case."""

    case: Case
    at: datetime
    changes: ClockChanges
    moves: ClockMoves = field(default_factory=ClockMoves)

    def stop(self, clocks: Sequence[Clock]) -> None:
        """End clocks for good; one that rests is resumed and ended in the same moment, so that its end is known."""
        self._halt([clock for clock in clocks if clock.running])
        resting = [clock for clock in clocks if clock.resting]
        self.resume(resting)
        for stretch in self.moves.begun[len(self.moves.begun) - len(resting) :]:
            stretch.stopped_at = self.at

    def extend(self, clocks: Sequence[Clock], names: Sequence[str]) -> None:
        """Grant more time; only before the time has run out, as every statute on extensions demands."""
        for name in names:
            running = [clock for clock in clocks if clock.name == name and clock.running]
            granted = self.changes.extensions.get(name, 0)
            _require_countable(granted, at_least=1)
            if not running:
                raise Conflict(_("There is no running time limit here that could be extended."))
            if any(ran_over(clock, self.at) for clock in running):
                raise Conflict(time_is_out())
            self._halt(running, Clock.Halted.EXTENDED)
            self.moves.begun += [next_stretch(clock, self.case, self.at, extra=granted) for clock in running]

    def rest(self, clocks: Sequence[Clock], names: Sequence[str], halted: Clock.Halted) -> None:
        """Suspend or park clocks for a listed reason."""
        for name in names:
            if self.changes.reason not in kind_of(self.case.kind).procedure.clocks[name].reasons:
                sentence = _("Choose one of the listed reasons.")
                raise Invalid(sentence, fields={"reason": [sentence]})
            running = [clock for clock in clocks if clock.name == name and clock.running]
            if not running and not kind_of(self.case.kind).procedure.clocks[name].per_task:
                raise Conflict(_("The clock of this case is not running, so it cannot be stopped."))
            self._halt(running, halted, self.changes.reason)

    def resume(self, clocks: Sequence[Clock]) -> None:
        """Go on where the rest began."""
        self._change(clocks, resting=False)
        for clock in clocks:
            self.moves.begun.append(next_stretch(clock, self.case, self.at))

    def start(self, name: str) -> None:
        """Start a clock: one for the case or one for each new task, and as many as its terms have milestones."""
        if name in self.changes.ends:
            end = self.changes.ends[name]
            self.moves.begun += [given_clock(self.case, name, self.at, end)] if end else []
            return
        rule = kind_of(self.case.kind).procedure.clocks[name]
        terms = self.changes.terms.get(name)
        if terms is None and self.changes.lenient and _in_force(self.case.kind, name, self._day) is None:
            return
        several: Sequence[Term | None] = [terms] if terms is None or isinstance(terms, Term) else terms
        tasks: Sequence[Task | None] = self.changes.tasks if rule.per_task else [None]
        self.moves.begun += [
            new_clock(self.case, name, self.at, term, task=task) for task in tasks for term in several
        ]

    @property
    def _day(self) -> date:
        return self.at.astimezone(PLACE_TIME).date()

    def _halt(self, clocks: Sequence[Clock], halted: str = "", reason: str = "") -> None:
        resting = halted in {Clock.Halted.SUSPENDED, Clock.Halted.PARKED}
        self._change(clocks, stopped_at=self.at, halted=halted, reason=reason, resting=resting)

    def _change(self, clocks: Sequence[Clock], **change: Any) -> None:
        if clocks:
            self.moves.changes.append(([clock.pk for clock in clocks], change))
        for clock in clocks:
            for name, value in change.items():
                setattr(clock, name, value)


def next_stretch(clock: Clock, case: Case, at: datetime, *, extra: int = 0) -> Clock:
    """The unsaved stretch that goes on after a stopped one, with what was used so far carried over."""
    calendar = calendar_of(case.code_now)
    following = fresh(
        Clock,
        case=case,
        task_id=clock.task_id,
        name=clock.name,
        label=clock.label,
        unit=clock.unit,
        amount=clock.amount,
        extra=clock.extra + extra,
        spent=spent_by(clock, calendar),
        over=ran_over(clock, clock.stopped_at or at),
        source=clock.source,
        began_at=clock.began_at,
        first_due=clock.first_due,
        started_at=at,
    )
    following.due_at = due_of_stretch(following, calendar)
    following.plain_due = plain_due_of(following, clock, calendar)
    return following


def spent_by(clock: Clock, calendar: Calendar) -> int:
    """What a stopped stretch and those before it used."""
    if clock.stopped_at is None:
        raise ValueError("The stretch still runs.")
    return clock.spent + used(clock.started_at, clock.stopped_at, Unit(clock.unit), calendar)


def time_is_out() -> str:
    """Why no time is granted any more."""
    return _("The time has already run out. An extension has to be granted before.")


def ran_over(clock: Clock, at: datetime) -> bool:
    """Whether a clock's time had run out at a moment; a rest and a resuming do not undo that."""
    return clock.over or at > clock.due_at


def due_of_stretch(clock: Clock, calendar: Calendar) -> datetime:
    """When a stretch runs out; one that had run out before it began, at once."""
    if clock.over:
        return clock.started_at
    return due(clock.started_at, clock.total, Unit(clock.unit), calendar, spent=clock.spent)


def plain_due_of(clock: Clock, before: Clock, calendar: Calendar) -> datetime | None:
    """When a stretch would run out without what was granted; None where nothing was.

    Had that time run out in the stretch before, it stays as it was.
    """
    if not clock.extra:
        return None
    known = before.plain_due or before.due_at
    if before.stopped_at and before.stopped_at > known:
        return known
    return due(clock.started_at, clock.amount, Unit(clock.unit), calendar, spent=clock.spent)


def due_of(case: Case, clocks: Iterable[Clock]) -> datetime | None:
    """The projection `case.due`: the earliest end among the running clocks that people are shown."""
    rules = kind_of(case.kind).procedure.clocks
    return min((clock.due_at for clock in clocks if clock.running and rules[clock.name].shown), default=None)


def pressing_at(at: datetime, clocks: Iterable[Clock], task: UUID | None = None) -> datetime:
    """When a task must have been looked at: the earliest end of what runs for it or for its case, else at once."""
    mine = (clock for clock in clocks if clock.running and clock.task_id in {None, task})
    return min((clock.due_at for clock in mine), default=at)


def light(clock: Clock, at: datetime, calendar: Calendar | None = None) -> Light:
    """The traffic light of a clock, by the working time it has used."""
    if clock.resting:
        return Light.RESTING
    if ran_over(clock, at):
        return Light.LATE
    calendar = calendar or calendar_of(clock.case.code_now)
    unit = Unit(clock.unit)
    gone = clock.spent + used_until(clock.started_at, at, unit, calendar)
    return Light.SOON if gone >= PRESSING * clock.total * unit.parts else Light.CALM
