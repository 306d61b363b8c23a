"""A whole year of a real city comes in, and its figures are those that its file gives by other means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

from linli.base.generations import bump
from linli.base.tabular import rows_of
from linli.cases.history.importing import Order, import_history
from linli.cases.history.maps import read_map
from linli.cases.history.reading import Sheet
from linli.cases.history.test_importing import EXAMPLE, counts, told
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Limit
from linli.cases.replaying import IMPORT, Past, PastStep, replay_many
from linli.cases.test_replaying import books, carried
from linli.kinds.matters.demo import holder_of
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.posts.actor import PostActor

pytestmark = pytest.mark.thorough

MAP = EXAMPLE.with_name("boston-311.yaml")


@dataclass(frozen=True)
class Share:
    """Rows from one on; `held`: how many of them closed some moments before they were opened."""

    begin: int
    rows: int
    held: int


MONTH, YEAR = Share(35_000, 10_000, 28), Share(0, 121_145, 197)


@pytest.fixture
def file(shared_data: Path) -> Path:
    return shared_data / "311" / "boston-2015.parquet"


@pytest.mark.data
@pytest.mark.parametrize("share", [MONTH, pytest.param(YEAR, marks=pytest.mark.nightly)])
def test_what_is_in_a_citys_file_comes_in_once_with_the_figures_of_the_file(
    committed_world: Any, file: Path, tmp_path: Path, share: Share
) -> None:
    part = tmp_path / "part.parquet"
    parquet.write_table(parquet.read_table(file).slice(share.begin, share.rows), part)
    order = Order(part, MAP, "matters", tmp_path / "report.csv", jobs=2)
    report = import_history(order, lambda _done, _total: None)
    assert (report.rows, report.stored, report.refused) == (share.rows, share.rows, 0)
    assert len({number for number, *_said in told(report)}) == share.held
    assert figures_here() == figures_of(part)
    before = counts()
    again = import_history(order, lambda _done, _total: None)
    assert (again.stored, again.here) == (0, share.rows)
    assert counts() == before


def figures_here() -> dict[str, Any]:
    """From the database: the last stretch of each promise tells whether it was kept."""
    closed = dict(Case.everywhere.exclude(closed_at=None).values_list("pk", "closed_at"))
    opened = dict(Case.everywhere.values_list("pk", "at"))
    stretches = Clock.objects.filter(name="promise").order_by("started_at", "id")
    last = {
        case: (due, stopped) for case, due, stopped in stretches.values_list("case", "due_at", "stopped_at")
    }
    return {
        "rows": len(opened),
        "open": len(opened) - len(closed),
        "promised": len(last),
        "closed with a promise": sum(case in last for case in closed),
        "on time": sum(last[case][1] <= last[case][0] for case in closed if case in last),
        "median days to close": round(
            median((closed[case] - opened[case]) / timedelta(days=1) for case in closed), 3
        ),
        "entries": Entry.objects.filter(about__isnull=False).count(),
        "unconfirmed": Case.everywhere.filter(outcome="unconfirmed").count(),
        "nowhere": Matter.objects.filter(placing="unknown").count(),
    }


def figures_of(file: Path) -> dict[str, Any]:
    """From the file, by Arrow's own arithmetic: no line of Linli's is asked."""
    table = parquet.read_table(file)
    zone = "America/New_York"
    opened, promised, closed = (
        pc.assume_timezone(table[name], zone, ambiguous="earliest", nonexistent="latest")
        for name in ("open_dt", "target_dt", "closed_dt")
    )
    ended = pc.if_else(pc.less(closed, opened), opened, closed)
    both = pc.and_(pc.is_valid(closed), pc.is_valid(promised))
    on_time = pc.and_(both, pc.fill_null(pc.less_equal(ended, promised), False))
    # As instants: Arrow's own "between" reads clocks on the wall, which the change to summer time moves.
    took = pc.divide(
        pc.cast(pc.subtract(ended.cast(pa.int64()), opened.cast(pa.int64())), pa.float64()), 86_400e6
    )
    finished = pc.sum(pc.is_valid(closed)).as_py()
    return {
        "rows": table.num_rows,
        "open": table.num_rows - finished,
        "promised": pc.sum(pc.is_valid(promised)).as_py(),
        "closed with a promise": pc.sum(both).as_py(),
        "on time": pc.sum(on_time).as_py(),
        "median days to close": round(median(took.drop_null().to_pylist()), 3),
        "entries": table.num_rows * 3 + finished * 3,
        "unconfirmed": finished,
        "nowhere": pc.sum(pc.and_(pc.equal(table["lon"], -71.0587), pc.equal(table["lat"], 42.3594))).as_py(),
    }


@pytest.mark.data
@pytest.mark.parametrize("sample", [250, pytest.param(2000, marks=pytest.mark.nightly)])
def test_a_sample_of_its_rows_equals_the_same_steps_taken_one_by_one(
    world: Any, file: Path, sample: int
) -> None:
    for row in Limit.objects.filter(kind="matters"):
        row.pk, row.valid_from, row.valid_to = None, date(1990, 1, 1), row.valid_from
        row.save()
    bump("limits")
    sheet = Sheet(read_map(MAP), kind_of("matters"))
    chosen = sorted(Random(311).sample(range(121_145), sample))
    pasts = [replace(sheet.past(row), words={}) for row in some(file, sheet, chosen)]
    written = replay_many(pasts)
    for past, key in zip(pasts, written, strict=True):
        case = Case.everywhere.get(pk=key)
        by_steps = carried(as_people_took_it(past, case))
        assert books(case, people=False) == books(by_steps, people=False)


def some(file: Path, sheet: Sheet, chosen: list[int]) -> Iterator[Any]:
    wanted = set(chosen)
    return (row for number, row in rows_of(file, sheet.map.columns) if number - 2 in wanted)


def as_people_took_it(past: Past, case: Case) -> Past:
    """The same with somebody of today on each post."""
    entries = list(Entry.objects.filter(about=case.pk).order_by("id"))
    people = [holder_of(entry.post) if entry.post else None for entry in entries]
    steps: list[PastStep] = []
    for step, person in zip(past.steps, people[1:], strict=True):
        given = {name: case.lead if callable(value) else value for name, value in step.given.items()}
        steps.append(replace(step, by=person or IMPORT, given=given))
    opener = people[0] if isinstance(people[0], PostActor) else None
    return replace(past, by=opener, steps=steps)
