"""What one case adds to the rollups: the same conditions that figures count by, read for some cases at once.

A share is a line of text: the place, kind and body, then the figures it counts in by period, such as
`32083110000000000|matters|12|0:open,overdue|20261126:opened`. Equal lines add the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from linli.analytics.definition import Figure
from linli.analytics.figures import all_figures
from linli.analytics.periods import FIRST_YEAR, LAST_YEAR, Period
from linli.analytics.populations import Folding
from linli.analytics.questions import Question
from linli.base.generations import Cached
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
Item = tuple[int, str]  # a period and the name of a figure
Cell = tuple[int, int, int, str, int]  # level, period, place, kind, body
Changes = dict[Cell, dict[str, int]]
_DIVISORS = [(int(level), SIZES[level]) for level in map(Level, NOW_LEVELS)]
FIRST_DAY = 10**7  # smaller periods are months and longer ones


@dataclass(frozen=True)
class Share:
    """What a case adds, and from when on time alone makes it another."""

    adds: str
    turns_at: datetime | None


def foldable(figure: Figure) -> bool:
    """Whether rollups hold a figure; all others are counted live."""
    folding = figure.population.folding
    if folding is None or figure.live:
        return False
    return folding.test is None or folding.test(figure.name) is not None


def is_additive(figure: Figure) -> bool:
    """Whether a case lies in one day only, so that the days of a month add up to it; steps may be taken on several."""
    folding = figure.population.folding
    return folding is not None and folding.test is None


def _at(now: datetime) -> Question:
    """Everything, ever, as of a moment."""
    return Question(Narrowing(), Period(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), now)


def _test_of(figure: Figure, folding: Folding, asked: Question) -> Q | None:
    return folding.test(figure.name) if folding.test else figure.test(asked)


def shares_of(keys: Sequence[UUID], now: datetime, bodies: Mapping[int, int]) -> dict[UUID, Share]:
    """What each of these cases adds as of a moment, by its key; `bodies` are `body_keys`.

    One that area gives no sight of adds nothing and is left out.
    """
    found: dict[UUID, dict[int, list[str]]] = {}
    heads: dict[UUID, str] = {}
    turns: dict[UUID, datetime] = {}
    rows = of_seen_kinds(Case.everywhere.filter(pk__in=keys))
    for key, code, kind, lead in rows.values_list("pk", "code_now", "kind", "lead_id"):
        heads[key] = f"{code}|{kind}|{bodies.get(lead, POOLED) if lead else UNLED}"
        found[key] = defaultdict(list)
    for folding, figures in _together():
        for row in _read(folding, figures, keys, now):
            if row.case in found:
                found[row.case][row.period] += row.figures
                if row.turns_at:
                    turns[row.case] = min(turns.get(row.case, row.turns_at), row.turns_at)
    return {key: Share(_line(head, found[key]), turns.get(key)) for key, head in heads.items()}


def _line(head: str, found: dict[int, list[str]]) -> str:
    parts = (f"|{period}:{','.join(sorted(set(names)))}" for period, names in sorted(found.items()) if names)
    return head + "".join(parts)


@cache
def _together() -> Sequence[tuple[Folding, Sequence[Figure]]]:
    """The figures that rollups hold, by how their rows are read."""
    found: dict[str, list[Figure]] = defaultdict(list)
    for figure in all_figures().values():
        if foldable(figure):
            found[figure.population.name].append(figure)
    return [(figures[0].population.folding, figures) for figures in found.values()]  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class _Row:
    case: UUID
    period: int
    figures: list[str]
    turns_at: datetime | None


def _read(folding: Folding, figures: Sequence[Figure], keys: Sequence[UUID], now: datetime) -> Iterator[_Row]:
    """The rows of a population that belong to these cases, with the figures that each counts in (one statement)."""
    asked = _at(now)
    flags: dict[str, Any] = {}
    for number, figure in enumerate(figures):
        if test := _test_of(figure, folding, asked):
            flags[f"_is{number}"] = ExpressionWrapper(test, BooleanField())
    always = [figure.name for number, figure in enumerate(figures) if f"_is{number}" not in flags]
    named = [figures[int(flag[3:])].name for flag in flags]
    columns = [folding.key, folding.day or folding.key, *(column for column, _after in folding.turns)]
    rows: QuerySet[Any] = folding.rows(asked, keys).annotate(**flags).order_by()
    for key, day, *more in rows.values_list(*map(F, columns), *flags):
        moments, is_so = more[: len(folding.turns)], more[len(folding.turns) :]
        pairs = zip(moments, folding.turns, strict=True)
        coming = [moment + turn[1] for moment, turn in pairs if moment and moment + turn[1] >= now]
        turns_at = min(coming, default=None)
        if folding.once_passed and day >= now:
            yield _Row(key, NOW, [], turns_at)
            continue
        counted = [name for name, so in zip(named, is_so, strict=True) if so]
        yield _Row(key, day_of(day) if folding.day else NOW, always + counted, turns_at)


def day_of(moment: datetime) -> int:
    """The day of a moment at the place, as a period: 20261126."""
    day = moment.astimezone(PLACE_TIME)
    return day.year * 10000 + day.month * 100 + day.day


def note(changes: Changes, before: str, after: str) -> None:
    """Note which cells change, in which figures and by how much, when a case adds `after` instead of `before`."""
    was, will = items_of(before), items_of(after)
    if before.split("|", 3)[:3] == after.split("|", 3)[:3]:
        was, will = was - will, will - was
    _spread(changes, before, was, -1)
    _spread(changes, after, will, 1)


def items_of(adds: str) -> set[Item]:
    """The periods and figures of a share: of each day its month too, and where days do not add up, quarter and year."""
    found: set[Item] = set()
    for part in adds.split("|")[3:]:
        text, _colon, names = part.partition(":")
        day = int(text)
        for name in names.split(","):
            found.add((day, name))
            if day:
                found.add((day // 100, name))
                if name in _stepwise():
                    year, month = divmod(day // 100, 100)
                    found |= {(year * 10 + (month + 2) // 3, name), (year, name)}
    return found


@cache
def _stepwise() -> frozenset[str]:
    return frozenset(figure.name for figure in all_figures().values() if not is_additive(figure))


def _spread(changes: Changes, adds: str, items: Iterable[Item], by: int) -> None:
    """Add to every cell that holds these items, a hundred thousand cells a second: plain loops."""
    if not items:
        return
    code_text, kind, body_text = adds.split("|", 3)[:3]
    code, body = int(code_text), int(body_text)
    places = [(level, code // divisor) for level, divisor in _DIVISORS]
    names: dict[int, list[str]] = defaultdict(list)
    for period, name in items:
        names[period].append(name)
    for period, some in names.items():
        is_day = period >= FIRST_DAY
        deepest = len(NOW_LEVELS) if not period else len(DAY_LEVELS) if is_day else len(MONTH_LEVELS)
        cells = [(level, period, place, kind, ALL) for level, place in places[:deepest]]
        if not is_day:
            level, place = places[BODY_LEVEL - 1]
            cells.append((level, period, place, kind, body))
        for cell in cells:
            counts = changes[cell]
            for name in some:
                counts[name] = counts.get(name, 0) + by


def _read_body_keys() -> dict[int, int]:
    return {
        post: body.organisation if body.holders >= FEWEST_HOLDERS else POOLED
        for body in bodies_for(EVERYWHERE)
        for post in body.posts
    }


# Under which body the cases of a post are counted: one with too few holders has no rows of its own.
body_keys: Cached[dict[int, int]] = Cached("posts", _read_body_keys)
