"""Whatever happens, in whatever order and wherever the fold is stopped: the rollups say what a recount says."""

from __future__ import annotations

from datetime import date

import pytest

from linli.analytics.conftest import NOW
from linli.analytics.counting import count, counted_live
from linli.analytics.folding import fold_all
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.rollups import standing
from linli.cases.narrowing import Narrowing
from linli.ledger.sequencing import sequence_all

pytestmark = pytest.mark.django_db
PERIODS = [
    Period(date(2026, 1, 1), date(2026, 3, 31)),
    Period(date(2026, 2, 1), date(2026, 2, 28)),
    Period(date(2026, 3, 9), date(2026, 3, 22)),
    Period(date(2026, 2, 17), date(2026, 2, 17)),
    Period(date(2026, 1, 1), date(2026, 12, 31)),
]


def without_zeros(counted):
    found = {key: {name: number for name, number in each.items() if number} for key, each in counted.items()}
    return {key: each for key, each in found.items() if each}


def questions(world, now):
    for period in PERIODS:
        for place in ("云溪县", "城关街道", "东门社区", "东门社区第一网格"):
            yield Question(Narrowing(place=world.place(place).trimmed), period, now)


def hold_against_a_recount(world, now=NOW):
    sequence_all()
    fold_all(now=now)
    assert standing(now).holds(now)
    for asked in questions(world, now):
        for by in ("", 10**8, 10**5):
            if by == "" or len(asked.narrowing.place) == 6:
                assert without_zeros(count(asked, by)) == without_zeros(counted_live(asked, by)), (asked, by)


@pytest.mark.parametrize("seed", [1, 2])
def test_rollups_say_what_a_recount_says(world, at_random, seed):
    at_random(world, seed)
    hold_against_a_recount(world)
