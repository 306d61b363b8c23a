"""A city's year of real requests: shares, medians and backlog are those that its file gives by other means."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.utils import timezone
from pyarrow import parquet

from linli.analytics.counting import behind, count, total
from linli.analytics.figures import all_figures
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.spans import stays, times_taken
from linli.cases.history.importing import Order, import_history
from linli.cases.history.test_boston import MAP, MONTH, YEAR, Share
from linli.cases.models import CalendarDay
from linli.cases.narrowing import Narrowing

pytestmark = [pytest.mark.thorough, pytest.mark.data]
PLACE = ZoneInfo("Asia/Shanghai")
PERIODS = [Period(date(2015, 1, 1), date(2015, 12, 31)), Period(date(2015, 5, 1), date(2015, 5, 31))]


@pytest.fixture
def file(shared_data: Path) -> Path:
    return shared_data / "311" / "boston-2015.parquet"


@pytest.mark.parametrize("share", [MONTH, pytest.param(YEAR, marks=pytest.mark.nightly)])
def test_shares_medians_and_backlog_of_a_city_are_those_of_its_file(
    committed_world: Any, file: Path, tmp_path: Path, share: Share
) -> None:
    part = tmp_path / "part.parquet"
    parquet.write_table(parquet.read_table(file).slice(share.begin, share.rows), part)
    import_history(Order(part, MAP, "matters", tmp_path / "report.csv", jobs=2), lambda _done, _total: None)
    now, rows = timezone.now(), moments_of(part)
    for period in PERIODS:
        asked = Question(Narrowing(place=committed_world.county.trimmed), period, now)
        counted, wanted = count(asked)[None], figures_of(rows, period, now)
        assert {name: counted[name] for name in wanted} == wanted
        assert total(count(asked, 10**8).values()) == counted
        for name in ("in_time", "late", "overdue", "word_none", "dispatched_right"):
            assert behind(all_figures()[name], asked).count() == wanted.get(name, counted[name])
        taken = times_taken(asked)
        assert taken is not None
        assert (taken.cases, taken.median, taken.nine_in_ten) == workdays_of(rows, period)
        handled = {each.stage.name: each for each in stays(asked)}["dispatched"]
        spells = sorted(ended - opened for opened, _due, ended in rows if inside(ended, period))
        assert (handled.stays, handled.cases) == (len(spells), len(spells))
        assert handled.median.total_seconds() == spells[(len(spells) + 1) // 2 - 1]
        assert handled.nine_in_ten.total_seconds() == spells[-(-9 * len(spells) // 10) - 1]


def moments_of(file: Path) -> list[tuple[int, int | None, int | None]]:
    """Opened, promised and ended, in seconds, by Arrow: no line of Linli's is asked."""
    table = parquet.read_table(file)
    opened, promised, closed = (
        pc.assume_timezone(table[name], "America/New_York", ambiguous="earliest", nonexistent="latest")
        for name in ("open_dt", "target_dt", "closed_dt")
    )
    ended = pc.if_else(pc.less(closed, opened), opened, closed)
    columns = [pc.divide(each.cast(pa.int64()), 1_000_000).to_pylist() for each in (opened, promised, ended)]
    return list(zip(*columns, strict=True))


def inside(moment: int | None, period: Period) -> bool:
    begin = datetime.combine(period.since, time.min, PLACE).timestamp()
    end = datetime.combine(period.until + timedelta(days=1), time.min, PLACE).timestamp()
    return moment is not None and begin <= moment < end


def figures_of(
    rows: list[tuple[int, int | None, int | None]], period: Period, now: datetime
) -> dict[str, int]:
    due = [row for row in rows if inside(row[1], period)]
    done = [row for row in due if row[2] is not None]
    in_time = [row for row in done if row[2] <= row[1]]
    ended = sum(inside(row[2], period) for row in rows)
    opened = sum(inside(row[0], period) for row in rows)
    still = [row for row in rows if row[2] is None]
    return {
        "opened": opened,
        "response_due": opened,
        "responded": opened,
        "dispatched": opened,
        "dispatched_right": opened,
        "closed": ended,
        "closed_unconfirmed": ended,
        "word_due": ended,
        "word_none": ended,
        "word_given": 0,
        "due": len(due),
        "done": len(done),
        "due_closed": len(done),
        "in_time_first": len(in_time),
        "in_time": len(in_time),
        "due_closed_in_time": len(in_time),
        "late": len(due) - len(in_time),
        "due_passed_on": len(due),
        "open": len(still),
        "overdue": sum(row[1] is not None and row[1] < now.timestamp() for row in still),
        "quiet": len(still),
    }


def workdays_of(rows: list[tuple[int, int | None, int | None]], period: Period) -> tuple[int, int, int]:
    """How many ended, and the working days of the one in the middle and of nine in ten, counted day by day."""
    known = dict(CalendarDay.objects.filter(division=None).values_list("day", "worked"))

    def worked(day: date) -> bool:
        return known.get(day, day.weekday() < 5)

    passed, day, days = {}, date(2014, 12, 1), 0
    while day < date(2027, 1, 1):
        days += worked(day)
        passed[day] = days
        day += timedelta(days=1)
    took = sorted(
        passed[datetime.fromtimestamp(ended, PLACE).date()]
        - passed[datetime.fromtimestamp(opened, PLACE).date()]
        for opened, _due, ended in rows
        if ended is not None and inside(ended, period)
    )
    return len(took), took[(len(took) + 1) // 2 - 1], took[-(-9 * len(took) // 10) - 1]
