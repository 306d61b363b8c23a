"""Reading what the rows of populations count in, for some cases at once: the figures' own conditions as bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet, Value, When
from django.db.models import Case as Choice

from linli.analytics.definition import Figure
from linli.analytics.periods import FIRST_YEAR, LAST_YEAR, NOW, Period, numbered
from linli.analytics.populations import Folding
from linli.analytics.questions import Question
from linli.base.stored import Key, Moment, as_stored, moment_of
from linli.base.worktime import PLACE_TIME
from linli.cases.narrowing import Narrowing

AGAIN = "*"  # with a number: a figure in which a case counts several times is named once for each of them
AFTER = "after"  # with a number of days, in the rows of days only: how long those closed on a day had taken
Row = tuple[Key, int, Sequence[str], datetime | None]  # case, period, figures, when time makes it another


def read(
    together: Sequence[tuple[Folding, Sequence[Figure]]], keys: Sequence[Key], now: datetime
) -> list[Row]:
    """What the rows of some populations that belong to these cases count in (one statement)."""
    first, wanted = together[0][0], _Wanted()
    readers = [_Reader.of(folding, figures, wanted, now) for folding, figures in together]
    rows: QuerySet[Any] = first.rows(_at(now), keys).annotate(_bits=_bits(wanted.tests))
    found: list[Row] = []
    latest: dict[tuple[Key, int], Row] = {}
    times: Counter[Key] = Counter()
    for key, bits, *moments in rows.values_list(
        as_stored(first.key), "_bits", *map(as_stored, wanted.places)
    ):
        for reader in readers:
            if bits >> reader.shift & AMONG:
                row = reader.read(key, bits, moments)
                if reader.folding.last:
                    latest[key, row[1]] = row  # the rows come in their order
                elif reader.folding.several:
                    times[key] += 1
                    found.append((key, row[1], [f"{name}{AGAIN}{times[key]}" for name in row[2]], row[3]))
                else:
                    found.append(row)
    return found + list(latest.values())


@dataclass(frozen=True)
class _Wanted:
    """What is asked of every row: conditions, each answered by a bit, and moments, each with its place."""

    tests: list[Q | None] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def place(self, column: str) -> int:
        """Where a row's moment of this column will stand."""
        return self.places.setdefault(column, len(self.places))


# A population's bits: whether a row is one of it, whether time alone may yet change what it says; then its figures'.
AMONG, TURNING, FIGURES_FROM = 1, 2, 2


@dataclass(frozen=True)
class _Reader:
    """Reads one population's part of a row: its bits begin at `shift`; of the row's moments it knows the places of the
    day, of the one since when days are counted, and of those after which something turns.
    """

    folding: Folding
    figures: Sequence[Figure]
    now: datetime
    shift: int
    day: int | None
    since: int | None
    turns: Sequence[tuple[int, timedelta]]
    known: dict[int, list[str]] = field(default_factory=dict)

    @staticmethod
    def of(folding: Folding, figures: Sequence[Figure], wanted: _Wanted, now: datetime) -> _Reader:
        """Adds what it asks of a row to what is wanted."""
        asked, shift = _at(now), len(wanted.tests)
        own = [folding.test(figure.name) if folding.test else figure.test(asked) for figure in figures]
        among = Q(*filter(None, own), _connector=Q.OR) if folding.test else folding.among
        coming = [Q((f"{column}__gte", now - after)) for column, after in folding.turns]
        turning = among & Q(*coming, _connector=Q.OR) if coming else None
        wanted.tests.extend((among, turning, *(test or Q() for test in own)))
        day, since = (wanted.place(column) if column else None for column in (folding.day, folding.since))
        turns = [(wanted.place(column), after) for column, after in folding.turns]
        return _Reader(folding, figures, now, shift, day, since, turns)

    def read(self, key: Key, bits: int, moments: Sequence[Any]) -> Row:
        """What a row of this population counts in."""
        own = bits >> self.shift
        turns_at = self._turns_at(moments) if own & TURNING else None
        day = None if self.day is None else moments[self.day]
        if turns_at and day and self.folding.once_passed and moment_of(day) >= self.now:
            return key, NOW, (), turns_at
        own = own >> FIGURES_FROM & (1 << len(self.figures)) - 1
        if own not in self.known:
            self.known[own] = [each.name for place, each in enumerate(self.figures) if own >> place & 1]
        names = self.known[own]
        if not day:
            return key, NOW, names, turns_at
        on = _day_of(day)
        if self.since is not None:
            names = [*names, f"{AFTER}{(on - _day_of(moments[self.since])).days}"]
        return key, numbered(on), names, turns_at

    def _turns_at(self, moments: Sequence[Any]) -> datetime | None:
        coming = [moment_of(moments[place]) + after for place, after in self.turns if moments[place]]
        return min((each for each in coming if each >= self.now), default=None)


def _bits(tests: Sequence[Q | None]) -> Any:
    """One number that says which of these hold of a row (None: of none): one column to read, not one for each."""
    found: Any = Value(0, BigIntegerField())
    for place, test in enumerate(tests):
        bit, none = Value(1 << place), Value(0)
        if test:
            found += Choice(When(test, then=bit), default=none, output_field=BigIntegerField())
        elif test is not None:
            found += bit
    return found


@lru_cache(maxsize=1000)
def _day_of(moment: Moment) -> date:
    """The day of a moment at the place; populations that share a row ask for the same ones."""
    return moment_of(moment).astimezone(PLACE_TIME).date()


def _at(now: datetime) -> Question:
    """Everything, ever, as of a moment."""
    return Question(Narrowing(), Period(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), now)
