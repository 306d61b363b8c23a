"""What one case adds to the rollups: the same conditions that figures count by, read for some cases at once.

A share is a line of text: the place, kind and body, then the figures it counts in by period, such as
`32083110000000000|matters|12|0:open,overdue|20261126:opened`. Equal lines add the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from linli.analytics.beside import BESIDE
from linli.analytics.definition import Figure
from linli.analytics.figures import all_figures
from linli.analytics.periods import FIRST_DAY, NOW, Period, day_named
from linli.analytics.populations import Folding
from linli.analytics.reading import AFTER, AGAIN, read
from linli.base.generations import Cached
from linli.base.rows import any_of
from linli.base.stored import Key, as_stored
from linli.cases.models import Case
from linli.cases.models.case import of_seen_kinds
from linli.divisions.codes import EVERYWHERE, SIZES, Level
from linli.posts.lookup import FEWEST_HOLDERS, bodies_for

ALL, POOLED, UNLED = 0, -1, -2  # in place of an organisation's key
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
# In the rows of days only, with a number of days: how long before a case was counted in a figure last, or how soon it
# is again where only the last counts.
SINCE, UNTIL = "<", ">"


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
        for key, period, names, turns_at in read(together, keys, now):
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
