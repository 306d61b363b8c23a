"""A hundred thousand or a million matters at once, as some years of a county would leave them: rows, not steps.

The steps are measured elsewhere; here only the tables that lists read are filled, with the columns that they read.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import perf_counter
from typing import Any
from uuid import UUID

import _ground  # noqa: F401  lays the environment
from django.db import connection, transaction

from linli.base.ids import readable_number, uuid7
from linli.base.rows import insert_many
from linli.cases.models import Case, Clock, SearchText, Task
from linli.cases.search import row_of, tokens_of
from linli.divisions.models import Division
from linli.kinds.matters.models import Matter

YEARS = 3
BATCH = 5000
FIRST = 100_000
PLACES = ("三号楼", "东门", "河边", "学校门口", "菜场", "老街", "广场", "村口", "工地", "医院旁")
SIGHTS = (
    "路灯坏了看不见路", "垃圾没人清运", "下水道堵了污水漫到路上", "楼道里堆着旧家具", "夜里施工太吵睡不着",
    "井盖松动车一过就响", "树枝断了压在电线上", "占道停车消防车进不去", "墙面脱落砸到人行道", "自来水发黄有异味",
)  # fmt: skip
RARE = "野猪"
# Stage, share, whether it has ended. `returned` is rare on purpose.
STAGES = (
    ("closed", 0.90, True), ("refused", 0.03, True), ("referred", 0.02, True), ("reported", 0.01, False),
    ("accepted", 0.01, False), ("dispatched", 0.02, False), ("handled", 0.0045, False), ("checked", 0.005, False),
    ("returned", 0.0005, False),
)  # fmt: skip
CHANNELS = (("web", 0.5), ("phone", 0.35), ("visit", 0.149), ("paper", 0.001))


class County:
    """Where, who and what: read once, then drawn from."""

    def __init__(self, world: Any, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.grids = list(Division.objects.current().filter(level=6).order_by("code"))
        # A few grids are busy, most are quiet.
        self.busy = [1 / (1 + rank) for rank in range(len(self.grids))]
        self.clerk, self.taker = world.posts["chengguan_clerk"].pk, world.posts["call_taker"].pk
        self.sequence = 500_000

    def rows(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Cases with their rows, oldest first."""
        now = datetime.now(UTC)
        begun = now - timedelta(days=365 * YEARS)
        step = (now - begun) / count
        stages, shares = [each[0] for each in STAGES], [each[1] for each in STAGES]
        ends = {name: ended for name, _share, ended in STAGES}
        for number in range(count):
            at = begun + step * number
            stage = self.random.choices(stages, shares)[0]
            yield self.one(at, stage, ends[stage], number)

    def one(self, at: datetime, stage: str, ended: bool, number: int) -> tuple[Any, ...]:  # noqa: FBT001  a bench
        draw = self.random
        grid = draw.choices(self.grids, self.busy)[0]
        channel = draw.choices([each[0] for each in CHANNELS], [each[1] for each in CHANNELS])[0]
        what = RARE if number % 50_000 == 777 else draw.choice(SIGHTS)
        text = f"{draw.choice(PLACES)}{what}（{number}）"
        self.sequence += 1
        due, closed = at + timedelta(days=draw.randint(3, 40)), at + timedelta(days=draw.randint(1, 30))
        case = Case(
            id=uuid7(at), number=readable_number(f"{grid.code // 10**11}", at.year, self.sequence),
            kind="matters", stage=stage, division=grid, code_then=grid.code, code_now=grid.code,
            opened_by_id=self.taker if channel == "phone" else None, summary=text, channel=channel,
            at=at, recorded_at=at, due=due, closed_at=closed if ended else None, outcome="",
        )  # fmt: skip
        self.more(case)
        clock = Clock(
            case=case, name="promise", unit="working_days", amount=5, source="limit:1",
            began_at=at, first_due=due, started_at=at, due_at=due, stopped_at=closed if ended else None,
        )  # fmt: skip
        task = Task(
            id=uuid7(at), case=case, post_id=self.clerk, stage="reported", opened_at=at, pressing_at=due,
            closed_at=None if number % 10 == 0 else closed,
        )  # fmt: skip
        words = SearchText(id=row_of(case.id), case=case, tokens=tokens_of(case, text))
        return case, Matter(case=case, text=text), clock, task, words

    def more(self, case: Case) -> None:
        """What the case is about and who leads in it."""


def fill(world: Any, count: int) -> float:
    """Put them in, the first hundred thousand one by one, the others as copies between them; the seconds it took."""
    begun = perf_counter()
    first = min(count, FIRST)
    coming = County(world).rows(first)
    while batch := list(islice(coming, BATCH)):
        with transaction.atomic():
            for rows in zip(*batch, strict=True):
                insert_many(rows)
    if count > first:
        _copy(first, count // first)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")
    return perf_counter() - begun


def _copy(first: int, times: int) -> None:
    """Each case again, some minutes later each time, so that copies and firsts are mixed as cases would be."""
    apart = int(timedelta(days=365 * YEARS) / timedelta(milliseconds=1) / first / times)
    for model, keys in ((Case, ("id",)), (Matter, ("case_id",)), (Clock, ("id", "case_id")),
                        (Task, ("id", "case_id")), (SearchText, ("case_id",))):  # fmt: skip
        table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}")
            rows = cursor.fetchall()
        put = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
        for turn in range(1, times):
            again = [_later(dict(zip(columns, row, strict=True)), keys, apart * turn, turn) for row in rows]
            for start in range(0, len(again), BATCH):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.executemany(put, again[start : start + BATCH])


def _later(row: dict[str, Any], keys: tuple[str, ...], milliseconds: int, turn: int) -> list[Any]:
    for key in keys:
        moved = UUID(str(row[key])).int + (milliseconds << 80)
        row[key] = UUID(int=moved) if connection.vendor == "postgresql" else UUID(int=moved).hex
    if "number" in row:
        row["number"] = f"{row['number']}-{turn}"
    if "tokens" in row:
        row["id"] = row_of(UUID(str(row["case_id"])))
    return list(row.values())
