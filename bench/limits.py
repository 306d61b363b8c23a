"""The limits of this machine, against which the other benches measure themselves in the same run.

    python bench/limits.py [cases]

A 4 KiB fdatasync; and the very rows that real matters become (same tables, same indexes, same triggers, the
county's counter), put into SQLite with synchronous=FULL by bare sqlite3: one case per commit, and 32 per commit.
With LINLI_BENCH_POSTGRES=postgres://..., by bare psycopg into that server instead.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from _ground import HOME, county, databases, show
from django.db import connection
from django.db.models import Model

from linli.base.writing import writing
from linli.cases.models import Case, Clock, Notice, Task
from linli.cases.opening import Origin
from linli.cases.steps import open_case
from linli.divisions.models import Division
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor
from linli.residents.models import Contact

TEXT = "三号楼楼下的路灯坏了三天，晚上看不见路，昨天有位老人在这里绊了一跤，请尽快派人来修。"
COUNT_ON = (
    "INSERT INTO cases_counter (place, year, last) VALUES (?, ?, 1) "
    "ON CONFLICT (place, year) DO UPDATE SET last = cases_counter.last + 1 RETURNING last"
)
# In the order of the foreign keys; the column by which a row belongs to a case.
TABLES: list[tuple[type[Model], str]] = [
    (Contact, "reporter"), (Case, "id"), (Matter, "case_id"), (Clock, "case_id"), (Task, "case_id"),
    (Entry, "about"), (EntryDetail, "entry"), (Notice, "case_id"),
]  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Seconds of one fdatasync (median), and bare cases per second at 1 and at 32 per commit (medians)."""

    fdatasync: float
    one_per_commit: float
    many_per_commit: float


@cache
def limits(cases: int = 1000, rounds: int = 5) -> Limits:
    """Measure them; once per run of a bench."""
    rows = rows_of_real_cases(cases)
    one = [_insert(rows, 1) for _round in range(rounds)]
    many = [_insert(rows, 32) for _round in range(rounds)]
    return Limits(fdatasync(), median(one), median(many))


def fdatasync(times: int = 300) -> float:
    """The median time to bring 4 KiB to the disk on which the bench's databases lie."""
    taken = []
    path = HOME / "fdatasync"
    with path.open("wb", buffering=0) as file:
        for _time in range(times):
            begun = perf_counter()
            file.write(b"\0" * 4096)
            os.fdatasync(file.fileno())
            taken.append(perf_counter() - begun)
    path.unlink()
    return median(taken)


def request(number: int, grids: list[Division]) -> dict[str, Any]:
    """What a resident's report says, as the opening form takes it: text, point, category, name, telephone."""
    grid = grids[number % len(grids)]
    return {
        "text": f"{TEXT}（{number}）", "longitude": grid.longitude, "latitude": grid.latitude, "category": "0201",
        "name": "李小芳", "phone": f"139{number % 10**8:08d}",
    }  # fmt: skip


def reporting_grids() -> list[Division]:
    """The demo county's grids."""
    return list(Division.objects.current().filter(kind="grid").order_by("code"))


def rows_of_real_cases(cases: int) -> list[dict[str, list[tuple[Any, ...]]]]:
    """Take real matters in, and read back what each became: table -> rows, in the order of insertion."""
    with county():
        grids = reporting_grids()
        with writing():
            for number in range(cases):
                origin = Origin.of("bench", str(number), b"")
                open_case("matters", request(number, grids), by=PartyActor("reporter"), origin=origin)
        return _read_back()


def _read_back() -> list[dict[str, list[tuple[Any, ...]]]]:
    found: dict[Any, dict[str, list[tuple[Any, ...]]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        for model, belongs in TABLES:
            cursor.execute(f"SELECT t.*, {_case_of(belongs)} FROM {model._meta.db_table} t")
            for *row, case in cursor.fetchall():
                if case is not None:
                    found[case].setdefault(model._meta.db_table, []).append(tuple(row))
    order = [model._meta.db_table for model, _belongs in TABLES]
    by_age = sorted(found.items(), key=lambda each: each[0])
    return [
        {table: rows[table] for table in order if table in rows}
        for _case, rows in by_age
        if "cases_case" in rows
    ]


def _case_of(belongs: str) -> str:
    if belongs == "reporter":
        return "(SELECT c.id FROM cases_case c WHERE c.reporter_id = t.id)"
    if belongs == "entry":
        return "(SELECT e.about FROM ledger_entry e WHERE e.id = t.entry_id)"
    return f"t.{belongs}"


def _insert(cases: list[dict[str, list[tuple[Any, ...]]]], per_commit: int) -> float:
    """Cases per second of the bare driver, into a fresh copy of the county."""
    name = databases.copy("limit")
    bare, begin, place = _bare(name)
    begun = perf_counter()
    for start in range(0, len(cases), per_commit):
        bare.execute(begin)
        for case in cases[start : start + per_commit]:
            bare.execute(COUNT_ON.replace("?", place), ("990101", 2000)).fetchone()
            for table, rows in case.items():
                bare.executemany(f"INSERT INTO {table} VALUES ({', '.join([place] * len(rows[0]))})", rows)
        bare.execute("COMMIT")
    taken = perf_counter() - begun
    bare.connection.close()
    databases.drop(name)
    return len(cases) / taken


def _bare(name: str) -> tuple[Any, str, str]:
    """A cursor of the bare driver, how a write begins there, and how it marks a value."""
    if connection.vendor == "sqlite":
        opened = sqlite3.connect(name, isolation_level=None)
        opened.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000")
        return opened.cursor(), "BEGIN IMMEDIATE", "?"
    return psycopg.connect(databases.url_of(name), autocommit=True).cursor(), "BEGIN", "%s"


def main() -> None:
    """Print the limits."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    found = limits(cases)
    rows = [
        ("fdatasync of 4 KiB, median", f"{found.fdatasync * 1e6:.0f} µs", 1 / found.fdatasync, ""),
        ("bare driver, one case per commit", "", found.one_per_commit, 1.0),
        (
            "bare driver, 32 cases per commit",
            "",
            found.many_per_commit,
            found.many_per_commit / found.one_per_commit,
        ),
    ]
    show("Limits of this machine", ("", "", "per second", "ratio"), rows)


if __name__ == "__main__":
    main()
