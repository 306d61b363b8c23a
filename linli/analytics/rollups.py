"""Answers from the rollups: the same numbers as a live count, in a few rows; whatever they do not hold is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from linli.analytics.definition import Figure
from linli.analytics.models import Tally
from linli.analytics.periods import FIRST_DAY, NOW, Period, day_named, numbered
from linli.analytics.questions import Question
from linli.analytics.reading import AFTER
from linli.analytics.shares import (
    ALL,
    BODY_LEVEL,
    DAY_LEVELS,
    MONTH_LEVELS,
    NOW_LEVELS,
    POOLED,
    UNLED,
    add,
    body_keys,
    foldable,
    is_additive,
    repeats_within,
)
from linli.base.worktime import ONE_DAY
from linli.cases.models import areas_see
from linli.cases.narrowing import Narrowing
from linli.divisions.codes import SIZES, Level, level_of, span

BY_LEAD, BY_KIND = "lead", "kind"


@dataclass(frozen=True)
class _Plan:
    """Which rows answer: those of a level within a span of places, of one kind or all, of some bodies (None: each)."""

    level: Level
    low: int
    high: int
    kind: str
    bodies: Sequence[int] | None
    beside: Sequence[int] = ()

    @property
    def by_days(self) -> bool:
        """Whether there are rows by day."""
        return self.level in DAY_LEVELS and self.bodies == (ALL,)

    def rows(self, periods: Iterable[int]) -> QuerySet[Tally, Any]:
        """Place, kind, body, period and counts of all rows of some periods (one statement)."""
        divisor = SIZES[self.level]
        rows = Tally.objects.filter(level=self.level, period__in=sorted(periods))
        rows = rows.filter(place__gte=self.low // divisor, place__lt=-(-self.high // divisor))
        rows = rows.filter(kind=self.kind) if self.kind else rows
        rows = rows.exclude(body__in=self.beside) if self.beside else rows
        rows = rows.exclude(body=ALL) if self.bodies is None else rows.filter(body__in=self.bodies)
        return rows.values_list("place", "kind", "body", "period", "counts")


def folded(
    asked: Question, by: int | str, figures: Sequence[Figure]
) -> tuple[dict[Any, Counter[str]], set[str]]:
    """What rollups say of these figures, by the same keys as `count`, and which of them they do not hold.

    The cases of a body stand under one of its posts; those of bodies without rows of their own under 0.
    """
    plan = _plan(asked, by)
    periods = _periods(asked.period, plan, figures) if plan else {}
    named = {figure.name for names in periods.values() for figure in names}
    left = {figure.name for figure in figures} - named
    zeros = dict.fromkeys(named, 0)
    found: dict[Any, Counter[str]] = {} if by or not named else {None: Counter(zeros)}
    posts = {UNLED: None, **_post_of_body()} if by == BY_LEAD else {}
    keys: dict[str, Callable[[str, int], Any]] = {
        "": lambda _kind, _body: None,
        BY_KIND: lambda kind, _body: kind,
        BY_LEAD: lambda _kind, body: posts.get(body, 0),
    }
    for place, kind, body, period, counts in plan.rows(periods) if plan and periods else ():
        if counted := _counted(counts, periods[period], period, asked.period):
            key = place if isinstance(by, int) else keys[by](kind, body)
            add(found.setdefault(key, Counter(zeros)), counted)
    return found, left


def folded_along(
    asked: Question, stretches: Sequence[Period], figures: Sequence[Figure]
) -> list[Counter[str]] | None:
    """What rollups say of these figures in each of some stretches (one statement); None where they hold not all."""
    plan = _plan(asked, "")
    if plan is None:
        return None
    wanted = [_periods(stretch, plan, figures) for stretch in stretches]
    every = {each.name for each in figures}
    if any({each.name for some in one.values() for each in some} != every for one in wanted):
        return None
    summed: dict[int, Counter[str]] = defaultdict(Counter)
    for *_of, period, counts in plan.rows({period for one in wanted for period in one}):
        add(summed[period], counts)
    found = [Counter[str]() for _one in wanted]
    for sums, one, stretch in zip(found, wanted, stretches, strict=True):
        for period, some in one.items():
            add(sums, _counted(summed[period], some, period, stretch))
    return found


def _counted(
    counts: Mapping[str, int], figures: Iterable[Figure], period: int, whole: Period
) -> Mapping[str, int]:
    """What a row counts of some figures; of one of the days of a period without what another of them counts."""
    found = {each.name: counts[each.name] for each in figures if each.name in counts}
    if found and period >= FIRST_DAY and whole.since < whole.until:
        for name, number in repeats_within(counts, period, whole).items():
            if name in found:
                found[name] -= number
    return found


def folded_spells(asked: Question) -> Counter[tuple[date, int]] | None:
    """How many cases were closed on which day after how many days (one statement); None where rollups do not say."""
    plan = _plan(asked, "")
    if plan is None or not plan.by_days:
        return None
    found: Counter[tuple[date, int]] = Counter()
    for *_of, period, counts in plan.rows(_days(asked.period)):
        day = day_named(period)
        for name, number in counts.items():
            if name.startswith(AFTER):
                found[day, int(name.removeprefix(AFTER))] += number
    return found


def _days(period: Period) -> list[int]:
    number = (period.until - period.since).days + 1
    days = (period.since + ONE_DAY * each for each in range(number))
    return [numbered(day) for day in days]


def _plan(asked: Question, by: int | str) -> _Plan | None:
    """How to answer from the rollups; None where the question asks for what they do not know."""
    narrowing = asked.narrowing
    plain = replace(narrowing, place="", kind="", leads=()) == Narrowing()
    if not (plain and narrowing.place) or asked.confidential or asked.divisor or asked.opening_to:
        return None
    if narrowing.kind and not areas_see(narrowing.kind):
        return None
    here, levels = level_of(narrowing.place), {size: Level(level) for level, size in SIZES.items()}
    level = levels.get(by, Level.MICRO_GRID) if isinstance(by, int) else here
    chosen = _bodies(asked, each=by == BY_LEAD)
    if chosen is None or level < here or level not in NOW_LEVELS:
        return None
    bodies, beside = chosen
    if bodies != (ALL,):
        if here > BODY_LEVEL or (isinstance(by, int) and level != BODY_LEVEL):
            return None
        level = BODY_LEVEL
    return _Plan(level, *span(narrowing.place), narrowing.kind, bodies, beside)


def _bodies(asked: Question, *, each: bool) -> tuple[Sequence[int] | None, Sequence[int]] | None:
    """Which bodies' rows are asked for (None: of each) but these; nothing where posts asked for are no whole body."""
    if asked.unled:
        return (UNLED,), ()
    posts = asked.narrowing.leads or asked.led_beside or ()
    if not posts and asked.led_beside is None:
        return (None, ()) if each else ((ALL,), ())
    keys = body_keys()
    bodies = {keys.get(post, POOLED) for post in posts}
    whole = {post for post, body in keys.items() if body in bodies}
    if POOLED in bodies or whole != set(posts):
        return None
    return (None, (UNLED, *bodies)) if asked.led_beside is not None else (tuple(bodies), ())


def _post_of_body() -> dict[int, int]:
    found: dict[int, int] = {}
    for post, body in body_keys().items():
        if body != POOLED:
            found.setdefault(body, post)
    return found


def _periods(period: Period, plan: _Plan, figures: Iterable[Figure]) -> dict[int, list[Figure]]:
    """Which figures are read from the rows of which period."""
    found: dict[int, list[Figure]] = defaultdict(list)
    has_periods = plan.level in MONTH_LEVELS
    adding = _adding_up(period, plan.by_days) if has_periods else []
    alone = [each for each in (_as_one(period, plan.by_days),) if each] if has_periods else []
    if not alone and plan.by_days:
        alone = _days(period)
    for figure in filter(foldable, figures):
        of_now = figure.population.folding is not None and not figure.population.folding.day
        for one in (NOW,) if of_now else adding if is_additive(figure) else alone:
            found[one].append(figure)
    return found


def _adding_up(period: Period, by_days: bool) -> list[int]:  # noqa: FBT001
    """The months and days that together are a period; none where it needs days that are not there."""
    found, day = [], period.since
    while day <= period.until:
        after = _month_after(day)
        if day.day == 1 and after <= period.until + ONE_DAY:
            found.append(day.year * 100 + day.month)
            day = after
        elif by_days:
            found.append(numbered(day))
            day += ONE_DAY
        else:
            return []
    return found


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _as_one(period: Period, by_days: bool) -> int:  # noqa: FBT001
    """The one month, quarter, year or day that a period is; 0 for any other."""
    since, until = period.since, period.until
    if since == until and by_days:
        return numbered(since)
    names = (f"{since.year}-{since.month:02d}", f"{since.year}-Q{(since.month + 2) // 3}", f"{since.year}")
    for name in names:
        if Period.named(name) == period:
            return int(name.replace("-Q", "").replace("-", ""))
    return 0
