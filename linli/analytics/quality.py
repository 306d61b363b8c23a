"""How well it went, as figures: given to the right post at once, answered soon, solved as reporters say, at home."""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.analytics import happened
from linli.analytics.definition import Better, Block, Figure, always
from linli.analytics.happened import FIRST_DISPATCHED, WORD_DUE, last_word
from linli.analytics.populations import (
    CLOSED,
    IN_TIME,
    LONG_OVERDUE,
    OPENED,
    PROMISED,
    STANDING,
    VOID,
)
from linli.divisions.codes import Level

KPI = "GB/T 30428.4"
HOTLINE = "北京市接诉即办工作条例 32"
NOT_DEALT_WITH = (VOID, "merged", "refused")

_PROMISE = partial(Figure, block=Block.PROMISE, population=PROMISED, source=KPI)
_DISPATCH = partial(Figure, block=Block.DISPATCH, population=FIRST_DISPATCHED, source=KPI)
_WORD = partial(Figure, block=Block.WORD, population=WORD_DUE, source=HOTLINE)
_FLOW = partial(Figure, block=Block.FLOW, population=OPENED, among="opened")
_END = partial(Figure, block=Block.OUTCOME, population=CLOSED)
_NOW = partial(Figure, block=Block.NOW, population=STANDING, better=Better.LOWER)

MORE = (
    _PROMISE(
        name="due_closed_in_time",
        label=_("Closed, and dealt with in time"),
        meaning=_(
            "Of those due: closed by now and dealt with in time, suspended and parked time taken out and extensions "
            "granted."
        ),
        test=always(IN_TIME & Q(case__closed_at__isnull=False)),
        among="due",
        better=Better.HIGHER,
    ),
    _PROMISE(
        name="due_done_again",
        label=_("Done again"),
        meaning=_("Of those due: a check failed or the reporter said that it is not solved, at least once."),
        test=lambda _asked: happened.done_again(),
        among="due",
        better=Better.LOWER,
    ),
    _PROMISE(
        name="due_on_the_spot",
        label=_("Settled on the spot"),
        meaning=_(
            "Of those due: a grid worker settled it on the spot. Shown apart, because it makes every on-time share "
            "look better."
        ),
        test=lambda _asked: happened.settled_on_the_spot(),
        among="due",
    ),
    _PROMISE(
        name="due_passed_on",
        label=_("Not settled on the spot"),
        meaning=_("Of those due: all but those that were settled on the spot."),
        test=lambda _asked: ~happened.settled_on_the_spot(),
        among="due",
    ),
    _PROMISE(
        name="in_time_passed_on",
        label=_("In time, without those settled on the spot"),
        meaning=_("Of those not settled on the spot: dealt with in time as the procedure counts."),
        test=lambda _asked: IN_TIME & ~happened.settled_on_the_spot(),
        among="due_passed_on",
        better=Better.HIGHER,
    ),
    _DISPATCH(
        name="dispatched",
        label=_("Dispatched for the first time"),
        meaning=_("Cases that were given to a post that leads for the first time in the period."),
    ),
    _DISPATCH(
        name="dispatched_right",
        label=_("Right at the first dispatch"),
        meaning=_("Of those dispatched: no post gave it back or said that it belongs elsewhere, up to now."),
        test=lambda _asked: happened.not_given_back(),
        among="dispatched",
        better=Better.HIGHER,
    ),
    _FLOW(
        name="response_due",
        label=_("Raised over a day ago"),
        meaning=_("Of those raised: 24 hours have passed since."),
        test=happened.a_day_ago,
    ),
    _FLOW(
        name="responded",
        label=_("Taken up within a day"),
        meaning=_(
            "Of those raised over a day ago: within 24 hours of the report a post took a first step: accepted it, had "
            "it verified, settled it, passed it on or refused it."
        ),
        test=lambda asked: happened.a_day_ago(asked) & happened.taken_up_soon(asked),
        among="response_due",
        better=Better.HIGHER,
        source=HOTLINE,
    ),
    _FLOW(
        name="recorded_soon",
        label=_("Recorded within a day"),
        meaning=_(
            "Of those raised: entered here within 24 hours of when it was raised. The rest came in late."
        ),
        test=lambda _asked: happened.written_down_soon(),
        better=Better.HIGHER,
    ),
    _WORD(
        name="word_due",
        label=_("Reporter asked whether it is solved"),
        meaning=_(
            "Cases whose reporter said in the period whether it is solved, or let the time for it pass."
        ),
    ),
    _WORD(
        name="word_given",
        label=_("Reporter answered"),
        meaning=_("Of those asked: the last that was heard in the period is a yes or a no."),
        test=partial(last_word, "word_given"),
        among="word_due",
        better=Better.HIGHER,
    ),
    _WORD(
        name="word_none",
        label=_("Closed without an answer"),
        meaning=_("Of those asked: no answer came in time. It counts as unconfirmed, never as solved."),
        test=partial(last_word, "word_none"),
        among="word_due",
        better=Better.LOWER,
    ),
    _WORD(
        name="word_solved",
        label=_("Solved, says the reporter"),
        meaning=_("Of those who answered: the last answer in the period is that it is solved."),
        test=partial(last_word, "word_solved"),
        among="word_given",
        better=Better.HIGHER,
    ),
    _END(
        name="dealt_with",
        label=_("Dealt with to the end"),
        meaning=_("Of those closed in the period: neither void, nor merged into another one, nor refused."),
        test=always(~Q(outcome__in=NOT_DEALT_WITH)),
        among="closed",
    ),
    _END(
        name="at_home",
        label=_("Settled where it arose"),
        meaning=_(
            "Of those dealt with to the end: settled by a post of the town or below, on the spot or after dispatch, "
            "neither taken to an upper level nor passed on to another body."
        ),
        test=lambda _asked: (
            ~Q(outcome__in=(*NOT_DEALT_WITH, "referred"))
            & (Q(lead=None) | Q(lead__division__level__gte=Level.TOWN))
            & happened.stayed_down()
        ),
        among="dealt_with",
        better=Better.HIGHER,
    ),
    _NOW(
        name="long_overdue",
        label=_("Overdue for over 30 days"),
        meaning=_("Open cases whose running promise ran out more than 30 days ago."),
        test=lambda asked: Q(due__lt=asked.now - LONG_OVERDUE),
        among="overdue",
    ),
    _NOW(
        name="quiet",
        label=_("Nothing done for 14 days"),
        meaning=_("Open cases raised more than 14 days ago in which no step was taken for 14 days."),
        test=happened.quiet,
        among="open",
    ),
)
