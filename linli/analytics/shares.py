"""What one case adds to the rollups: the same conditions that figures count by, read for some cases at once.

A share is a line of text: the place, kind and body, then the figures it counts in by period, such as
`32083110000000000|matters|12|0:open,overdue|20261126:opened`. Equal lines add the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Q, QuerySet, Value, When
from django.db.models import Case as Choice

from linli.analytics.beside import BESIDE
from linli.analytics.definition import Figure
from linli.analytics.figures import all_figures
from linli.analytics.periods import FIRST_YEAR, LAST_YEAR, Period
from linli.analytics.populations import Folding
from linli.analytics.questions import Question
from linli.base.generations import Cached
from linli.base.rows import any_of
from linli.base.stored import Key, as_stored, moment_of
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Case
from linli.cases.models.case import of_seen_kinds
from linli.cases.narrowing import Narrowing
from linli.divisions.codes import EVERYWHERE, SIZES, Level
from linli.posts.lookup import FEWEST_HOLDERS, bodies_for

ALL, POOLED, UNLED = 0, -1, -2  # in place of an organisation's key
NOW = 0
DAY_LEVELS = range(Level.PROVINCE, Level.COUNTY + 1)
MONTH_LEVELS = range(Level.PROVINCE, Level.VILLAGE + 1)
NOW_LEVELS = range(Level.PROVINCE, Level.GRID + 1)
BODY_LEVEL = Level.COUNTY
_BY_DAY, _BY_MONTH, _OF_NOW = (
    (levels[-1], SIZES[Level(levels[-1])]) for levels in (DAY_LEVELS, MONTH_LEVELS, NOW_LEVELS)
)  # the smallest places with such rows
Names = dict[int, set[str]]  # of figures, by period
Cell = tuple[int, int, int, str, int]  # level, period, place, kind, body
Changes = dict[Cell, dict[str, int]]
AGAIN = "*"  # with a number: a figure in which a case counts several times is named once for each of them
# In the rows of days only, each with a number of days: how long those closed on a day had taken; in a figure, how long
# before the case was counted in it last, or how soon it is again where only the last counts.
AFTER, SINCE, UNTIL = "after", "<", ">"
FIRST_DAY = 10**7  # smaller periods are months and longer ones


@dataclass(frozen=True)
class Share:
    """What a case adds, and from when on time alone makes it another."""

    adds: str
    turns_at: datetime | None


def foldable(figure: Figure) -> bool:
    """Whether rollups hold a figure; all others are counted live."""
    folding = figure.population.folding
    return folding is not None and (folding.test is None or folding.test(figure.name) is not None)


def is_additive(figure: Figure) -> bool:
    """Whether a case lies in one day only, so that the days of a month add up to it; steps may be taken on several."""
    folding = figure.population.folding
    return folding is not None and folding.test is None


def _at(now: datetime) -> Question:
    """Everything, ever, as of a moment."""
    return Question(Narrowing(), Period(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), now)


def shares_of(keys: Sequence[Key], now: datetime, bodies: Mapping[int, int]) -> dict[Key, Share]:
    """What each of these cases adds as of a moment, by its key; `bodies` are `body_keys`.

    One that area gives no sight of adds nothing and is left out.
    """
    found: dict[Key, dict[int, set[str]]] = {}
    heads: dict[Key, str] = {}
    turns: dict[Key, datetime] = {}
    rows = of_seen_kinds(Case.everywhere.filter(pk__in=any_of(keys)))
    for key, code, kind, lead in rows.values_list(as_stored("pk"), "code_now", "kind", "lead_id"):
        heads[key] = f"{code}|{kind}|{bodies.get(lead, POOLED) if lead else UNLED}"
        found[key] = {}
    for together in _together():
        for key, period, names, turns_at in _read(together, keys, now):
            if key in found:
                found[key].setdefault(period, set()).update(names)
                if turns_at:
                    turns[key] = min(turns.get(key, turns_at), turns_at)
    for each in found.values():
        note_repeats(each)
    return {key: Share(_line(head, found[key]), turns.get(key)) for key, head in heads.items()}


def note_repeats(found: Names) -> None:
    """Note on which of its days a case is counted in the same on another day too, so that free days can be added up."""
    days = sorted(day for day in found if day != NOW)
    if len(days) < 2:
        return
    last_only, repeating = _of_last(), _stepwise() - _of_last()
    seen: dict[str, int] = {}
    for day in days:
        for name in found[day] & repeating:
            if name in seen:
                found[day].add(f"{name}{SINCE}{(day_named(day) - day_named(seen[name])).days}")
            seen[name] = day
    for day, following in pairwise(day for day in days if found[day] & last_only):
        apart = (day_named(following) - day_named(day)).days
        found[day] |= {f"{name}{UNTIL}{apart}" for name in found[day] & last_only}


def _line(head: str, found: Mapping[int, set[str]]) -> str:
    parts = [f"|{period}:{','.join(sorted(names))}" for period, names in sorted(found.items()) if names]
    return head + "".join(parts)


@cache
def _together() -> Sequence[Sequence[tuple[Folding, Sequence[Figure]]]]:
    """The figures that rollups hold, by population, and the populations that are read by one statement together."""
    found: dict[Any, dict[str, tuple[Folding, list[Figure]]]] = defaultdict(dict)
    for figure in (*all_figures().values(), *BESIDE):
        folding = figure.population.folding
        if folding and foldable(figure):
            found[folding.rows].setdefault(figure.population.name, (folding, []))[1].append(figure)
    return [list(by_population.values()) for by_population in found.values()]


Row = tuple[Key, int, Sequence[str], datetime | None]  # case, period, figures, when time makes it another


def _read(
    together: Sequence[tuple[Folding, Sequence[Figure]]], keys: Sequence[Key], now: datetime
) -> list[Row]:
    """What the rows of some populations that belong to these cases count in (one statement)."""
    asked, first = _at(now), together[0][0]
    tests: list[Q] = []
    readers = [_Reader.of(folding, figures, tests, now) for folding, figures in together]
    columns = list(dict.fromkeys(column for reader in readers for column in reader.columns))
    rows: QuerySet[Any] = first.rows(asked, keys).annotate(_bits=_bits(tests))
    found: list[Row] = []
    latest: dict[tuple[Key, int], Row] = {}
    times: Counter[Key] = Counter()
    places = [(reader, [columns.index(column) for column in reader.columns]) for reader in readers]
    for key, bits, *moments in rows.values_list(as_stored(first.key), "_bits", *map(as_stored, columns)):
        for reader, own in places:
            if bits >> reader.shift & 1:
                row = reader.read(key, bits, [moments[place] for place in own])
                if reader.folding.last:
                    latest[key, row[1]] = row  # the rows come in their order
                elif reader.folding.several:
                    times[key] += 1
                    found.append((key, row[1], [f"{name}{AGAIN}{times[key]}" for name in row[2]], row[3]))
                else:
                    found.append(row)
    return found + list(latest.values())


@dataclass(frozen=True)
class _Reader:
    """Reads one population's part of a row: its bits begin at `shift`, the first says whether it is one of them."""

    folding: Folding
    figures: Sequence[Figure]
    shift: int
    now: datetime
    known: dict[int, list[str]]

    @staticmethod
    def of(folding: Folding, figures: Sequence[Figure], tests: list[Q], now: datetime) -> _Reader:
        """Adds what it asks of a row to `tests`."""
        asked, shift = _at(now), len(tests)
        own = [folding.test(figure.name) if folding.test else figure.test(asked) for figure in figures]
        among = Q(*filter(None, own), _connector=Q.OR) if folding.test else folding.among
        tests += [among, *(test or Q() for test in own)]
        return _Reader(folding, figures, shift, now, {})

    @property
    def columns(self) -> list[str]:
        """The moments after which something turns, then the day and since when."""
        folding = self.folding
        turning = [column for column, _after in folding.turns]
        return turning + [column for column in (folding.day, folding.since) if column]

    def read(self, key: Key, bits: int, moments: Sequence[Any]) -> Row:
        """What a row of this population counts in."""
        own, folding = bits >> self.shift, self.folding
        coming = [
            moment_of(moment) + after
            for moment, (_column, after) in zip(moments, folding.turns, strict=False)
            if moment
        ]
        turns_at = min((each for each in coming if each >= self.now), default=None)
        day = moment_of(moments[len(folding.turns)]) if folding.day else None
        if folding.once_passed and day and day >= self.now:
            return key, NOW, (), turns_at
        own &= (2 << len(self.figures)) - 1
        if own not in self.known:
            self.known[own] = [each.name for place, each in enumerate(self.figures, 1) if own >> place & 1]
        names = self.known[own]
        if folding.since and day:
            names = [*names, f"{AFTER}{days_between(moment_of(moments[-1]), day)}"]
        return key, day_of(day) if day else NOW, names, turns_at


def _bits(tests: Sequence[Q]) -> Any:
    """One number that says which of these hold of a row: one column to read instead of one for each."""
    found: Any = Value(0, BigIntegerField())
    for place, test in enumerate(tests):
        bit = Value(1 << place)
        found += (
            Choice(When(test, then=bit), default=Value(0), output_field=BigIntegerField()) if test else bit
        )
    return found


def day_of(moment: datetime) -> int:
    """The day of a moment at the place, as a period: 20261126."""
    return numbered(moment.astimezone(PLACE_TIME))


def numbered(day: date) -> int:
    """A day as the period of a row, such as 20260504."""
    return day.year * 10000 + day.month * 100 + day.day


def day_named(period: int) -> date:
    """The day that is the period of a row; the other way round."""
    return date(period // 10000, period // 100 % 100, period % 100)


def plain(name: str) -> str:
    """The figure itself, without what is noted of its repeats."""
    return name.partition(SINCE)[0].partition(UNTIL)[0]


def repeats_within(counts: Mapping[str, int], day: int, period: Period) -> Counter[str]:
    """How many that a day counts are counted on another day of a period as well, by figure."""
    before, after = (day_named(day) - period.since).days, (period.until - day_named(day)).days
    found: Counter[str] = Counter()
    for name, number in counts.items():
        for mark, most in ((SINCE, before), (UNTIL, after)):
            figure, marked, apart = name.partition(mark)
            if marked and int(apart) <= most:
                found[figure] += number
    return found


def days_between(begun: datetime, ended: datetime) -> int:
    """How many midnights of the place lie between two moments."""
    return (ended.astimezone(PLACE_TIME).date() - begun.astimezone(PLACE_TIME).date()).days


def note(changes: Changes, before: str, after: str) -> None:
    """Note which of the smallest cells change, in which figures and by how much, when a case adds `after` instead of
    `before`.
    """
    was, will = names_of(before), names_of(after)
    if before.split("|", 3)[:3] == after.split("|", 3)[:3]:
        was, will = _without(was, will), _without(will, was)
    _spread(changes, before, was, -1)
    _spread(changes, after, will, 1)


def _without(names: Names, others: Names) -> Names:
    return {period: left for period, some in names.items() if (left := some - others.get(period, set()))}


def names_of(adds: str) -> Names:
    """The figures of a share by period: of each day its month too, and where days do not add up, quarter and year.

    Where only the last of a period counts, that of its last day is that of the month, the quarter and the year.
    """
    found: Names = {}
    last: dict[int, frozenset[str]] = {}
    for part in adds.split("|")[3:]:
        text, _colon, names = part.partition(":")
        day, day_names = int(text), _day_names(names)
        found[day] = set(day_names.every)
        if not day:
            continue
        month = day // 100
        found.setdefault(month, set()).update(day_names.of_month)
        if day_names.stepwise or day_names.last:
            year, number = divmod(month, 100)
            longer = (year * 10 + (number + 2) // 3, year)
            for one in longer:
                found.setdefault(one, set()).update(day_names.stepwise)
            if day_names.last:
                last.update(dict.fromkeys((month, *longer), day_names.last))
    for period, words in last.items():
        found[period] |= words
    return found


class _DayNames(NamedTuple):
    """A day: all its figures, those its month has too, those of quarter and year, those whose last day counts."""

    every: frozenset[str]
    of_month: frozenset[str]
    stepwise: frozenset[str]
    last: frozenset[str]


@lru_cache(maxsize=10_000)
def _day_names(names: str) -> _DayNames:
    """From the text of a share, in which the same figures stand together again and again."""
    every, of_last = frozenset(names.split(",")), _of_last()
    of_month = [name for name in every - of_last if not name.startswith(AFTER) and plain(name) == name]
    return _DayNames(every, frozenset(of_month), every & _stepwise() - of_last, every & of_last)


@cache
def _stepwise() -> frozenset[str]:
    return frozenset(figure.name for figure in all_figures().values() if not is_additive(figure))


@cache
def _of_last() -> frozenset[str]:
    """The figures of which only the last row of a period counts."""
    foldings = ((figure.name, figure.population.folding) for figure in all_figures().values())
    return frozenset(name for name, folding in foldings if folding and folding.last)


def _spread(changes: Changes, adds: str, names: Names, by: int) -> None:
    """Add to the smallest cell of each period that holds these, and to that of the body: plain loops."""
    if not names:
        return
    code_text, kind, body_text = adds.split("|", 3)[:3]
    code, body = int(code_text), int(body_text)
    body_place = code // SIZES[BODY_LEVEL]
    for period, some in names.items():
        is_day = period >= FIRST_DAY
        level, size = _BY_DAY if is_day else _BY_MONTH if period else _OF_NOW
        counts = dict.fromkeys(some, by) if period else _named_again(some, by)
        add(changes[level, period, code // size, kind, ALL], counts)
        if not is_day:
            add(changes[BODY_LEVEL, period, body_place, kind, body], counts)


def _named_again(names: Iterable[str], by: int) -> dict[str, int]:
    times = Counter(name.partition(AGAIN)[0] for name in names)
    return {name: by * number for name, number in times.items()}


def summed_up(changes: Changes) -> Changes:
    """The same with the larger places: each level is the sum of the one below."""
    found: Changes = defaultdict(dict, changes)
    for level in reversed(NOW_LEVELS[1:]):
        wider = SIZES[Level(level - 1)] // SIZES[Level(level)]
        for cell in [cell for cell in found if cell[0] == level and cell[4] == ALL]:
            _level, period, place, kind, body = cell
            add(found[level - 1, period, place // wider, kind, body], found[cell])
    return found


def add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    """Add numbers by name to others: a plain loop, as there are thousands of short ones in a batch and on a page."""
    if counts:
        for name, by in more.items():
            counts[name] = counts.get(name, 0) + by
    else:  # most of them
        counts.update(more)


def _read_body_keys() -> dict[int, int]:
    return {
        post: body.organisation if body.holders >= FEWEST_HOLDERS else POOLED
        for body in bodies_for(EVERYWHERE)
        for post in body.posts
    }


# Under which body the cases of a post are counted: one with too few holders has no rows of its own.
body_keys: Cached[dict[int, int]] = Cached("posts", _read_body_keys)
