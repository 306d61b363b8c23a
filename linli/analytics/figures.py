"""The figures: what each is called, what it counts among what, and where the definition comes from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.analytics.definition import Better, Block, Figure, always
from linli.analytics.populations import (
    BY_FIRST,
    CLOSED,
    IN_TIME,
    KEPT_TO_THE_END,
    LONG_OPEN,
    MOVED,
    OPENED,
    PROMISED,
    STANDING,
    STEPS,
    WITHOUT_EXTENSION,
    out_of_time,
    still_in_time,
    taken,
)
from linli.analytics.quality import MORE
from linli.analytics.questions import Question
from linli.base.errors import NotFound
from linli.cases.kinds import all_kinds
from linli.cases.models import areas_see
from linli.cases.narrowing import SOON, State, resting
from linli.cases.procedure import Words

KPI = "GB/T 30428.4"


def _steps(name: str, asked: Question) -> Q:
    return taken(STEPS[name](), asked)


def _resting(state: State, _asked: Question) -> Q:
    return Q(pk__in=resting(state))


_PROMISE = partial(Figure, block=Block.PROMISE, population=PROMISED, source=KPI)
_TROUBLE = partial(Figure, block=Block.TROUBLE, population=MOVED, better=Better.LOWER, source=KPI)
_NOW = partial(Figure, block=Block.NOW, population=STANDING, better=Better.LOWER)
_DEFINED = (
    _PROMISE(
        name="due",
        label=pgettext_lazy("figure", "Due"),
        meaning=_(
            "Cases whose first promised day (without suspension, parking or extension) lies in the period and has "
            "passed. After acceptance, a contest or a reopening the new promise counts. Void and merged cases are "
            "left out."
        ),
    ),
    _PROMISE(
        name="done",
        label=_("Dealt with"),
        meaning=_(
            "Of those due: the work was found done, or the case was settled, refused or referred on. The wait for the "
            "reporter's word is not part of the promise."
        ),
        test=always(KEPT_TO_THE_END),
        among="due",
        better=Better.HIGHER,
    ),
    _PROMISE(
        name="due_closed",
        label=pgettext_lazy("figure", "Closed"),
        meaning=_("Of those due: closed by now, after the reporter's word or the time to give it."),
        test=always(Q(case__closed_at__isnull=False)),
        among="due",
        better=Better.HIGHER,
    ),
    _PROMISE(
        name="in_time_first",
        label=_("In time by the first promise"),
        meaning=_("Of those due: dealt with by the day first promised. Nothing is taken out."),
        test=always(BY_FIRST),
        among="due",
        better=Better.HIGHER,
    ),
    _PROMISE(
        name="in_time_rested",
        label=_("In time without suspended and parked time"),
        meaning=_(
            "Of those due: dealt with in time when suspended and parked time is taken out, but no extension "
            "counts."
        ),
        test=always(WITHOUT_EXTENSION),
        among="due",
        better=Better.HIGHER,
    ),
    _PROMISE(
        name="in_time",
        label=_("In time with extensions"),
        meaning=_(
            "Of those due: dealt with in time as the procedure counts, suspended and parked time taken out and "
            "extensions granted."
        ),
        test=always(IN_TIME),
        among="due",
        better=Better.HIGHER,
    ),
    _PROMISE(
        name="late",
        label=_("Late with extensions"),
        meaning=_(
            "Of those due: dealt with too late, or still open and out of time, as the procedure counts."
        ),
        test=out_of_time,
        among="due",
        better=Better.LOWER,
    ),
    _PROMISE(
        name="undecided",
        label=_("Still within rests or extensions"),
        meaning=_(
            "Of those due: the first promise has passed, but by suspension, parking or extension there is "
            "still time."
        ),
        test=still_in_time,
        among="due",
    ),
    Figure(
        "opened",
        Block.FLOW,
        OPENED,
        _("Raised"),
        _("Cases raised in the period, through every channel."),
        source=KPI,
    ),
    Figure(
        "closed",
        Block.FLOW,
        CLOSED,
        _("Closed in the period"),
        _("Cases closed in the period, whenever they were raised; those reopened since are left out."),
        source=KPI,
    ),
    _TROUBLE(
        name="contested",
        label=_("“Not solved” said"),
        meaning=_("Cases whose reporter said in the period that it is not solved."),
        test=partial(_steps, "contested"),
    ),
    _TROUBLE(
        name="reopened",
        label=_("Reopened"),
        meaning=_("Closed cases that were reopened in the period."),
        test=partial(_steps, "reopened"),
    ),
    _TROUBLE(
        name="returned",
        label=_("Returned"),
        meaning=_("Cases that the post they were dispatched to gave back in the period."),
        test=partial(_steps, "returned"),
    ),
    _TROUBLE(
        name="reworked",
        label=_("Check failed"),
        meaning=_("Cases that failed a check in the period and had to be done again."),
        test=partial(_steps, "reworked"),
    ),
    _TROUBLE(
        name="extended",
        label=_("Extended"),
        meaning=_("Cases for which more time was granted in the period."),
        test=partial(_steps, "extended"),
    ),
    _NOW(
        name="open",
        label=_("Open"),
        meaning=_("Cases open now, whenever they were raised."),
        better=Better.NEITHER,
    ),
    _NOW(
        name="overdue",
        label=_("Overdue"),
        meaning=_("Open cases whose running promise has run out."),
        test=lambda asked: Q(due__lt=asked.now),
        among="open",
        source=KPI,
    ),
    _NOW(
        name="soon",
        label=_("Due within three days"),
        meaning=_("Open cases whose running promise ends within the next three days."),
        test=lambda asked: Q(due__gte=asked.now, due__lt=asked.now + SOON),
        among="open",
        better=Better.NEITHER,
    ),
    _NOW(
        name="suspended",
        label=pgettext_lazy("figure", "Suspended"),
        meaning=_("Open cases whose clock is suspended for a listed reason."),
        test=partial(_resting, State.SUSPENDED),
        among="open",
    ),
    _NOW(
        name="parked",
        label=_("Parked"),
        meaning=_("Open cases that are parked until conditions allow."),
        test=partial(_resting, State.PARKED),
        among="open",
    ),
    _NOW(
        name="long_open",
        label=_("Open for over 30 days"),
        meaning=_("Open cases raised more than 30 days ago."),
        test=lambda asked: Q(at__lt=asked.now - LONG_OPEN),
        among="open",
    ),
)
IN_TIME_THREE_WAYS = ("in_time_first", "in_time_rested", "in_time")


@cache
def all_figures() -> Mapping[str, Figure]:
    """Every figure by its name, with one for each outcome that a procedure of this place knows."""
    return {each.name: each for each in (*_DEFINED, *MORE, *_outcomes())}


def figure_named(name: str) -> Figure:
    """One figure; NotFound for any other name."""
    figures = all_figures()
    if name not in figures:
        raise NotFound
    return figures[name]


def _outcomes() -> list[Figure]:
    """How cases were closed: the outcomes of all procedures that are counted, those of the same name together."""
    known: dict[str, Words] = {}
    for kind in filter(lambda kind: areas_see(kind.name), all_kinds()):
        known = {**kind.procedure.outcomes, **known}
    return [_outcome(name, words) for name, words in known.items()]


def _outcome(name: str, words: Words) -> Figure:
    meaning = _("Of the cases closed in the period: those with this outcome.")
    chosen: dict[str, Any] = {"test": always(Q(outcome=name)), "among": "closed"}
    return Figure(f"closed_{name}", Block.OUTCOME, CLOSED, words, meaning, **chosen)
