"""Counting: every figure at once, by part of the place or by body, and the cases behind any of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery

from linli.analytics.figures import Figure, all_figures
from linli.analytics.populations import CLOSED, STANDING, Population
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_LEAD, folded, standing
from linli.base.worktime import ONE_DAY, PLACE_TIME
from linli.cases.calendars import calendar_of
from linli.cases.models import Case, CaseQuerySet
from linli.cases.models.case import CodePrefix, Unindexed

__all__ = ["BY_LEAD"]

Counted = Mapping[str, int]
MOST_TIMED = 10_000  # closed cases whose times are read one by one for a median


def count(asked: Question, by: int | str = "", figures: Iterable[Figure] | None = None) -> dict[Any, Counted]:
    """Every figure (of these, or all) by a key of the case: from the rollups, or in one statement per population.

    `by` is BY_LEAD (the key is the leading post or None), or a number that cuts codes down to one level; without it
    there is one key, None. Keys without any case are left out.
    """
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    chosen = list(all_figures().values() if figures is None else figures)
    stands = None if asked.confidential else standing(asked.now)
    if stands and stands.holds(asked.now):
        answered, left = folded(asked, by, chosen)
        found.update(answered)
        chosen = [figure for figure in chosen if figure.name in left]
    return _counted(asked, by, chosen, found)


def counted_live(
    asked: Question, by: int | str = "", figures: Iterable[Figure] | None = None
) -> dict[Any, Counted]:
    """The same without the rollups, to hold them against."""
    return _counted(asked, by, all_figures().values() if figures is None else figures, defaultdict(Counter))


def _counted(
    asked: Question, by: int | str, chosen: Iterable[Figure], found: dict[Any, Counter[str]]
) -> dict[Any, Counted]:
    for population, together in _together(chosen).items():
        counts: dict[str, Any] = {
            figure.name: Count("pk", filter=figure.test(asked) or None) for figure in together
        }
        rows = population.rows(asked)
        if not by:
            found[None].update(rows.aggregate(**counts))
            continue
        rows = rows.annotate(_key=_key_of(population, by)).values("_key")
        for row in rows.annotate(**counts).order_by():
            found[row.pop("_key")].update(row)
    return dict(found)


def _together(figures: Iterable[Figure]) -> dict[Population, list[Figure]]:
    found: dict[Population, list[Figure]] = defaultdict(list)
    for figure in figures:
        found[figure.population].append(figure)
    return found


def _key_of(population: Population, by: int | str) -> Any:
    if isinstance(by, int):
        # Not in the order of an index: it would lead through all cases of the place instead of those counted.
        return Unindexed(CodePrefix(f"{population.case}code_now", by))
    return F(f"{population.case}lead_id")


def total(parts: Iterable[Counted]) -> Counted:
    """The sums of parts that have no case in common."""
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part)
    return found


def behind(figure: Figure, asked: Question) -> CaseQuerySet:
    """Exactly the cases a figure counts."""
    rows = figure.population.rows(asked).filter(figure.test(asked))
    if not figure.population.case:
        return rows  # type: ignore[return-value]
    return Case.everywhere.filter(pk__in=rows.values("case"))


@dataclass(frozen=True)
class Behind:
    """A page of the cases behind a figure, and how many it counts."""

    cases: Sequence[Case]
    counted: int
    next_key: str = ""


def page_behind(figure: Figure, asked: Question, after: Any = None, *, most: int) -> Behind:
    """One page, newest first, after the case with a key (two statements)."""
    return page_of(behind(figure, asked), after, most=most)


def page_of(found: CaseQuerySet, after: Any = None, *, most: int) -> Behind:
    """One page of these cases, newest first, after the case with a key (two statements)."""
    rows = found.select_related("division").defer("division__outline")
    rows = rows.filter(pk__lt=after) if after else rows
    page = list(rows.order_by("-pk")[: most + 1])
    onwards = str(page[most - 1].pk) if len(page) > most else ""
    return Behind(page[:most], found.count(), onwards)


@dataclass(frozen=True)
class Age:
    """An open case with how many days it has been open, and whether it is the oldest."""

    case: Case
    days: int
    oldest: bool


def ages(asked: Question, still: int) -> Sequence[Age]:
    """The oldest open case and the one in the middle, of so many that are open (one statement)."""
    if not still:
        return []
    keys = STANDING.rows(asked).order_by("pk").values("pk")
    wanted = Q(pk=Subquery(keys[:1])) | Q(pk=Subquery(keys[still // 2 : still // 2 + 1]))
    cases: QuerySet[Any] = Case.everywhere.filter(wanted).annotate(first=Subquery(keys[:1]))
    return [Age(case, (asked.now - case.at).days, case.pk == case.first) for case in cases.order_by("pk")]


@dataclass(frozen=True)
class Taken:
    """Working days from the report to the closing: in the middle, and what nine in ten keep within."""

    cases: int
    median: int
    nine_in_ten: int


def times_taken(asked: Question, closed: int, figure: Figure | None = None) -> Taken | None:
    """Of the cases closed in the period, or of those a figure counts, read one by one (one statement).

    None where there are none, or too many.
    """
    if not 0 < closed <= MOST_TIMED:
        return None
    rows = behind(figure, asked) if figure else CLOSED.rows(asked)
    spells = list(rows.order_by().values_list("at", "closed_at"))
    if not spells:
        return None
    low, _high = _span(asked)
    reckoned = _Workdays(min(at for at, _closed in spells), max(closed for _at, closed in spells), low)
    days = sorted(reckoned.between(at, closed_at) for at, closed_at in spells)
    return Taken(len(days), days[(len(days) - 1) // 2], days[(len(days) * 9 + 9) // 10 - 1])


def _span(asked: Question) -> tuple[int, int]:
    tests = {lookup: value for path, lookup, value in asked.narrowing.tests(asked.now) if path == "code_now"}
    return tests["gte"], tests["lt"]


class _Workdays:
    """How many working days lie before each day, counted once for a whole stretch of days."""

    def __init__(self, since: datetime, until: datetime, code: int) -> None:
        calendar, day, passed = calendar_of(code), since.astimezone(PLACE_TIME).date(), 0
        self._passed = {}
        while day <= until.astimezone(PLACE_TIME).date():
            passed += calendar.is_workday(day)
            self._passed[day] = passed
            day += ONE_DAY

    def between(self, begin: datetime, end: datetime) -> int:
        """The working days after the first day, up to and including the last."""
        days = (begin.astimezone(PLACE_TIME).date(), end.astimezone(PLACE_TIME).date())
        return self._passed[days[1]] - self._passed[days[0]]
