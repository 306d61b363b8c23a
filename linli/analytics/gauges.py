"""What stands open now, by part of the place or by body, and how old that picture is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.analytics.beside import AWAITED
from linli.analytics.counting import Counted, count
from linli.analytics.definition import Block
from linli.analytics.figures import all_figures
from linli.analytics.lags import within
from linli.analytics.questions import Question
from linli.analytics.standing import Standing
from linli.divisions.models import Division
from linli.registers.actions import shifts


@dataclass(frozen=True)
class Freshness:
    """How old the folded numbers are. `as_of`: the moment they are true of; None: not folded, counted live.

    `age`: seconds since then, 0 where nothing waits. `p50` and `p99`: seconds from a step's recording to its being in
    the numbers, for half and for 99 in 100 of the latest steps; None while nothing is known. `stamp` changes whenever
    a number does.
    """

    as_of: datetime | None
    age: float
    p50: float | None
    p99: float | None
    stamp: int


def gauges(asked: Question, by: int | str = "") -> Mapping[Any, Counted]:
    """Every figure of what is open now, by the same keys as `count`."""
    figures = [figure for figure in all_figures().values() if figure.block is Block.NOW]
    return count(asked, by, figures)


def freshness(stands: Standing, now: datetime) -> Freshness:
    """How old the numbers are at the moment at which was asked how the rollups stand."""
    progress = stands.progress
    if not stands.holds(now):
        return Freshness(None, 0.0, None, None, progress.stamp)
    as_of = now if stands.oldest is None else min(stands.oldest, now)
    age = (now - as_of).total_seconds()
    return Freshness(as_of, age, within(progress.lags, 0.5), within(progress.lags, 0.99), progress.stamp)


def handed_over(place: Division, now: datetime) -> shifts.Standing:
    """What is open in a place, as a hand-over writes it down: the tiles of the page of now say the same."""
    asked = Question.of_today(place.trimmed, now)
    counted = count(asked, figures=[*(all_figures()[name] for name in ("overdue", "soon")), AWAITED])[None]
    return shifts.Standing(counted["overdue"], counted["soon"], counted[AWAITED.name])
