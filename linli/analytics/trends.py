"""Figures along time: the same figures as everywhere, by day or month, from the rollups where these hold them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDay, TruncMonth

from linli.analytics.counting import Counted
from linli.analytics.definition import Figure
from linli.analytics.periods import Period
from linli.analytics.populations import CLOSED, OPENED, PROMISED, Population
from linli.analytics.questions import Question
from linli.analytics.rollups import folded_along
from linli.analytics.standing import standing
from linli.base.worktime import ONE_DAY, PLACE_TIME

# The moment by which a row lies in a period, for the populations that have one.
MOMENTS = {OPENED.name: "at", CLOSED.name: "closed_at", PROMISED.name: "first_due"}


class Unit(StrEnum):
    """How long a stretch of the trend is."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Stretch:
    """A day or a month with its figures."""

    period: Period
    counted: Counted


def along(asked: Question, figures: Iterable[Figure], unit: Unit) -> list[Stretch]:
    """Each of the figures in each stretch of the period, empty ones too, the earliest first."""
    chosen = list(figures)
    folded = along_folded(asked, chosen, unit)
    return along_live(asked, chosen, unit) if folded is None else folded


def along_folded(asked: Question, figures: Iterable[Figure], unit: Unit) -> list[Stretch] | None:
    """The same from the rollups (one statement); None where they lag or hold not all, as days below the county."""
    if not (asked.stands or standing(asked.now)).holds(asked.now):
        return None
    whole = [_to_its_end(stretch, asked, unit) for stretch in stretches(asked.period, unit)]
    answered = folded_along(asked, whole, list(figures))
    return None if answered is None else list(map(Stretch, stretches(asked.period, unit), answered))


def _to_its_end(stretch: Period, asked: Question, unit: Unit) -> Period:
    """The month that today is in as a whole: nothing has happened in the rest of it, and months have rows."""
    if unit is Unit.DAY or stretch.until < asked.now.astimezone(PLACE_TIME).date():
        return stretch
    return Period.named(f"{stretch.since:%Y-%m}") if stretch.since.day == 1 else stretch


def along_live(asked: Question, figures: Iterable[Figure], unit: Unit) -> list[Stretch]:
    """The same without the rollups, in one statement per population."""
    found: dict[date, Counter[str]] = defaultdict(Counter)
    together: dict[Population, list[Figure]] = defaultdict(list)
    for figure in figures:
        together[figure.population].append(figure)
    for population, some in together.items():
        for begin, counted in _counted(asked, population, some, unit):
            found[begin].update(counted)
    return [Stretch(period, found[period.since]) for period in stretches(asked.period, unit)]


def _counted(
    asked: Question, population: Population, figures: list[Figure], unit: Unit
) -> Iterator[tuple[date, dict[str, int]]]:
    cut = TruncDay if unit is Unit.DAY else TruncMonth
    counts: dict[str, Any] = {each.name: Count("pk", filter=each.test(asked) or None) for each in figures}
    rows = population.rows(asked).annotate(_begin=cut(MOMENTS[population.name], tzinfo=PLACE_TIME))
    for row in rows.values("_begin").annotate(**counts).order_by():
        begin: datetime = row.pop("_begin")
        yield begin.astimezone(PLACE_TIME).date(), row


def stretches(period: Period, unit: Unit) -> list[Period]:
    """The days or months of a period, the last one cut off at its end."""
    found, day = [], period.since
    while day <= period.until:
        following = (
            day + ONE_DAY if unit is Unit.DAY else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        )
        found.append(Period(day, min(following - ONE_DAY, period.until)))
        day = following
    return found
