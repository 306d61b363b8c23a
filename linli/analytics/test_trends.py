"""Figures along time are the same figures, each case in its own day or month."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.analytics.conftest import NOW, random_county
from linli.analytics.counting import count
from linli.analytics.figures import all_figures
from linli.analytics.folding import fold_all
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.trends import Unit, along, stretches
from linli.cases.narrowing import Narrowing

pytestmark = pytest.mark.django_db
FIGURES = ("opened", "closed", "due", "in_time")


def asked(world, period):
    return Question(Narrowing(place=world.county.trimmed), period, NOW)


@pytest.mark.parametrize(
    ("unit", "period"),
    [
        (Unit.MONTH, Period(date(2026, 1, 1), date(2026, 12, 31))),
        (Unit.DAY, Period(date(2026, 1, 20), date(2026, 2, 10))),
    ],
)
def test_each_stretch_counts_what_the_figure_counts_in_it(world, unit, period):
    random_county(world, 11, matters=6)
    figures = [all_figures()[name] for name in FIGURES]
    for stretch in along(asked(world, period), figures, unit):
        plain = count(asked(world, stretch.period), figures=figures)[None]
        assert {name: stretch.counted.get(name, 0) for name in FIGURES} == {
            name: plain.get(name, 0) for name in FIGURES
        }, stretch.period


def test_months_end_with_the_month_and_the_last_one_with_the_period():
    found = stretches(Period(date(2026, 1, 15), date(2026, 3, 2)), Unit.MONTH)
    assert [(each.since, each.until) for each in found] == [
        (date(2026, 1, 15), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 2)),
    ]


def test_a_year_costs_as_many_statements_as_a_week(world):
    fold_all(now=NOW)
    figures = [all_figures()[name] for name in FIGURES]

    def statements(period, unit):
        with CaptureQueriesContext(connection) as seen:
            along(asked(world, period), figures, unit)
        return len(seen)

    year = statements(Period(date(2026, 1, 1), date(2026, 12, 31)), Unit.MONTH)
    assert year == statements(Period(date(2026, 1, 5), date(2026, 1, 11)), Unit.DAY) == 2
