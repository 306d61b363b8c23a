"""What bringing history in costs: Boston's year of 311 requests, or as many rows made up, from file to tables.

    python bench/history.py [rows] [processes]

Without arguments Boston's 121,145 rows; a number makes up so many. The ratio is to a bare executemany of the very
same rows into the same tables, indexes and triggers included. The last line brings the file in once more.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from _ground import HOME, REPOSITORY, county, databases, show, timed
from django.db import connection, transaction

from linli.base.frames import in_one_stretch
from linli.base.rows import insert_values, values_of
from linli.cases.history.importing import Order, import_history
from linli.cases.models import Case, Clock, Task
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail

BOSTON = REPOSITORY.parent / "shared" / "data" / "311" / "boston-2015.parquet"
MAPS = REPOSITORY / "docs" / "maps"
MOST_SECONDS = {121_145: 60.0, 1_000_000: 600.0}
TABLES = (
    Case.everywhere.all(), Matter.objects.all(), Task.objects.all(), Clock.objects.all(),
    Entry.objects.filter(about__isnull=False), EntryDetail.objects.filter(entry__about__isnull=False),
)  # fmt: skip
MANY = 2000
_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def made_up(rows: int) -> Path:
    """A CSV of the example's columns: most closed, some open."""
    path, chance, began = HOME / "made_up.csv", Random(7), datetime(2020, 1, 1, 8)
    names = (
        "事件编号 上报时间 办理时限 事件状态 事件描述 详细地址 事件小类 来源 经度 纬度 网格编码 受理时间 派遣时间 "
        "处置部门 处置时间 处置结果 核查时间 结案时间 主事件编号"
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(names.split())
        for number in range(rows):
            at = began + timedelta(minutes=3 * number)
            taken, given, done = (
                at + timedelta(minutes=each) for each in (20, 60, chance.randrange(120, 14_000))
            )
            checked = done + timedelta(hours=1)
            closed = number % 6 > 0
            what = ["已办结" if closed else "处置中", f"路灯损坏{number}", "人民路", "路灯损坏", "热线"]
            ends = [done, "已处理", checked, checked] if closed else [""] * 4
            lines.writerow(
                [
                    f"WG-{number}",
                    at,
                    at + timedelta(days=5),
                    *what,
                    "",
                    "",
                    "990101",
                    taken,
                    given,
                    "供电公司",
                    *ends,
                    "",
                ]
            )
    return path


def bare() -> float:
    """Seconds in which executemany puts all rows that are here into an empty county's tables."""
    source, seconds = str(connection.settings_dict["NAME"]), 0.0
    name = databases.copy("bare")
    for table in TABLES:
        last, model = None, table.model
        while rows := list((table.filter(pk__gt=last) if last else table).order_by("pk")[:MANY]):
            last, values = rows[-1].pk, values_of(rows)
            with databases.pointing_at(name):
                seconds += timed(lambda model=model, values=values: _put(model, values))
    databases.drop(name)
    assert str(connection.settings_dict["NAME"]) == source
    return seconds


def _put(model: type, values: list[list[object]]) -> None:
    with transaction.atomic():
        insert_values(model, values)


def _worked() -> float:
    """Processor seconds of this process and of those that have ended for it."""
    used = [resource.getrusage(who) for who in _WHO]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    """Bring it in, then compare."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1
    file, columns = (made_up(rows), "grid-platform") if rows else (BOSTON, "boston-311")
    order = Order(file, MAPS / f"{columns}.yaml", "matters", HOME / "report.csv", jobs=jobs)
    with county():
        begun, before = perf_counter(), _worked()
        report = import_history(order, lambda _done, _total: None)
        seconds, worked = perf_counter() - begun, _worked() - before
        own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in _WHO)
        again = timed(lambda: import_history(order, lambda _done, _total: None))
        tables = sum(table.all().count() for table in TABLES)
        plain = bare()
    wanted = MOST_SECONDS.get(report.rows)
    head = (
        "rows",
        "seconds",
        "of allowed",
        "CPU seconds",
        "rows a second",
        "to bare inserts",
        "peak MB",
        "MB of a helper",
    )
    measured = (
        seconds / wanted if wanted else "-",
        worked,
        report.stored / seconds,
        seconds / plain,
        own,
        others,
    )
    show(f"History with {jobs} processes", head, [(f"{report.stored:,}", seconds, *measured)])
    show(
        "The same",
        ("", "rows", "seconds"),
        [("bare inserts", tables, plain), ("again", report.here or report.rows, again)],
    )


if __name__ == "__main__":
    in_one_stretch(main)
