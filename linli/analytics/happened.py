"""Conditions on what happened in a case, by its entries, and the cases that such things happened in in a period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet

from linli.analytics.populations import (
    A_DAY,
    CONTESTED,
    DISPATCHED,
    HEARD,
    QUIET,
    RETURNED,
    REWORKED,
    Folding,
    Population,
    cases_of,
    entries_of,
    named,
    taken,
)
from linli.analytics.questions import Question
from linli.cases.kinds import all_kinds
from linli.cases.models import Case
from linli.cases.narrowing import least_key
from linli.ledger.models import Entry

SETTLED, DISCLAIMED = "settle", "disclaim"
WENT_UP = ("escalate", "redo", "uphold")  # steps of, or towards, a level above the one that deals with it


class ADayAfter(Func):
    """Twenty-four hours after a moment, reckoned by the database itself; Django calls back into Python for each row."""

    output_field = DateTimeField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Of the text that SQLite keeps: its dates know milliseconds, so what is left of a second stays as it is."""
        template = (
            "(strftime('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%S', substr(%(expressions)s, 1, 19), '+1 day')"
            " || substr(%(expressions)s, 20))"
        )
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Hours, not a day, which could be another number of them."""
        return self.as_sql(
            compiler, connection, template="(%(expressions)s + INTERVAL '24 hours')", **context
        )


def ever(steps: Iterable[str], case: str = "pk") -> Q:
    """Whether one of these steps was ever taken; `case` is the path from the row to its case's key."""
    return Q(Exists(Entry.objects.filter(about=OuterRef(case), name__in=named(*steps))))


def settled_on_the_spot() -> Q:
    """Of a promise: whether settling on the spot is what ended it."""
    ending = Entry.objects.filter(about=OuterRef("case"), at=OuterRef("stopped_at"))
    return Q(halted="") & Q(Exists(ending.filter(name__in=named(SETTLED))))


def done_again() -> Q:
    """Of a promise: whether its case failed a check, or the reporter said that it is not solved, at any time."""
    return ever([REWORKED, CONTESTED], "case")


def not_given_back() -> Q:
    """Whether no post gave the case back or said that it belongs elsewhere."""
    return ~ever([RETURNED, DISCLAIMED])


def stayed_down() -> Q:
    """Whether no upper level had to help or to decide."""
    return ~ever(WENT_UP)


def taken_up_soon(asked: Question) -> Q:
    """Whether a post took a step within a day of the report, be it to ask, to refuse or to pass on."""
    del asked
    opening = [f"{kind.name}.{kind.procedure.opening.name}" for kind in all_kinds()]
    first = Entry.objects.filter(about=OuterRef("pk"), post__isnull=False, at__lte=ADayAfter(OuterRef("at")))
    return Q(Exists(first.exclude(name__in=opening)))


def a_day_ago(asked: Question) -> Q:
    """Whether a day has passed since the report."""
    return Q(at__lte=asked.now - A_DAY)


def written_down_soon() -> Q:
    """Whether it was recorded within a day of when it happened."""
    return Q(recorded_at__lte=ADayAfter(F("at")))


def quiet(asked: Question) -> Q:
    """Whether no step was taken for so long."""
    since = asked.now - QUIET
    lately = Entry.objects.filter(about=OuterRef("pk"), pk__gte=least_key(since), at__gte=since)
    return Q(at__lt=asked.now - QUIET) & ~Q(Exists(lately))


def _first_dispatched(asked: Question) -> QuerySet[Any]:
    """The cases that were given to a post for the first time in the period."""
    names = named(DISPATCHED)
    before = Entry.objects.filter(about=OuterRef("pk"), name__in=names, pk__lt=least_key(asked.begin))
    return asked.narrowed(Case.everywhere.filter(taken(names, asked), ~Exists(before)))


def _words() -> list[str]:
    return named(*HEARD["word_due"])


def _is_word(figure: str) -> Q | None:
    return Q(name__in=named(*HEARD[figure])) if figure in HEARD else None


def _word_due(asked: Question) -> QuerySet[Any]:
    """The cases whose reporter gave the last word in the period, or let the time for it pass."""
    return asked.narrowed(Case.everywhere.filter(taken(_words(), asked)))


def last_word(figure: str, asked: Question) -> Q:
    """Whether the last that was heard in the period (or not heard) is what a figure counts."""
    inside = Q(pk__gte=least_key(asked.begin), pk__lt=least_key(asked.end))
    later = Entry.objects.filter(inside, about=OuterRef("about"), name__in=_words(), pk__gt=OuterRef("pk"))
    heard = Entry.objects.filter(inside, about=OuterRef("pk"), name__in=named(*HEARD[figure]))
    return Q(Exists(heard.filter(~Exists(later))))


FIRST_DISPATCHED = Population(
    "first_dispatched",
    _first_dispatched,
    folding=Folding(cases_of, day="first_dispatch", among=Q(first_dispatch__isnull=False)),
)
WORD_DUE = Population(
    "word_due", _word_due, folding=Folding(entries_of, "about", "at", test=_is_word, last=True)
)
