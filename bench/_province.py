"""A province of Jiangsu's size, and a million or ten million matters in it, laid down set-wise on both databases.

Some thousand matters are made one by one; each is then copied by the database itself, to other grids. Indexes are
taken away meanwhile and built again, as they would be after an import.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from time import perf_counter
from typing import Any
from uuid import UUID

import _ground
from django.db import connection, transaction
from django.db.models import Max

from linli.base import ids
from linli.base.rows import insert_many
from linli.cases.models import Case, Clock, Mark, SearchText, Task
from linli.cases.search import row_of, tokens_of
from linli.divisions.models import Division
from linli.kinds.matters.models import Matter
from linli.ledger import triggers
from linli.ledger.models import Entry, Position
from linli.posts.models import Account, Holding, Organisation, Post, PostKind

VILLAGES = _ground.REPOSITORY.parent / "shared" / "data" / "divisions" / "jiangsu_villages.csv"
PROVINCE, CITIES, COUNTIES, TOWNS, PER_TOWN = (
    "32",
    13,
    95,
    1250,
    18,
)  # invented so, where the real list is not there
BODIES, HOLDERS = 6, 3  # per county
BATCH, FIRST = 5000, 20_000
TURNS = 125  # copies at once: each time every page there is is written to
YEARS = 3
WAY, RARE = (
    ("report", "dispatch", "confirm"),
    {"send_back": 0.05, "fail": 0.05, "extend": 0.03, "reopen": 0.01},
)
SIGHTS = (
    "路灯坏了看不见路",
    "垃圾没人清运",
    "下水道堵了污水漫到路上",
    "楼道里堆着旧家具",
    "夜里施工太吵睡不着",
)
BESIDE = (("asked", "supervise", 0.02), ("helps", "", 0.03))  # pressed (督办) and joint, of all
STAGES = (("closed", 0.95), ("dispatched", 0.03), ("reported", 0.015), ("handled", 0.005))


def villages() -> list[tuple[str, str]]:
    """The trimmed code and name of every village: the real ones, or as many invented ones."""
    if VILLAGES.exists():
        with VILLAGES.open(encoding="utf-8") as lines:
            return [(row["code"], row["name"]) for row in csv.DictReader(lines)]
    found = []
    for town in range(TOWNS):
        county = town % COUNTIES
        code = f"{PROVINCE}{county % CITIES + 1:02d}{county // CITIES + 1:02d}{town // COUNTIES + 1:03d}"
        found += [(f"{code}{number + 1:03d}", f"第{number + 1}村") for number in range(PER_TOWN)]
    return found


def plant() -> Division:
    """The tree, and bodies with posts and holders in every county; the province."""
    known: dict[str, Division] = {}
    named = sorted(villages())
    for width in (2, 4, 6, 9, 12):
        codes = dict.fromkeys(code[:width] for code, _name in named)
        names = dict(named) if width == 12 else {}
        _add(known, [(code, names.get(code, code)) for code in codes], (2, 4, 6, 9, 12).index(width) + 1)
    grids = [
        (f"{code}{number + 1:03d}", f"{name}第{number + 1}网格")
        for place, (code, name) in enumerate(named)
        for number in range(5 + (place * 47 % 100 < 47))
    ]
    _add(known, grids, 6)
    for code in sorted(code for code in known if len(code) == 6):
        _seat(known[code])
    return known[PROVINCE]


def _add(known: dict[str, Division], places: Sequence[tuple[str, str]], level: int) -> None:
    next_key = (Division.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    rows = []
    widths = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9, 15: 12}
    for number, (code, name) in enumerate(places):
        known[code] = Division(
            id=next_key + number, code=int(code.ljust(17, "0")), level=level, name=name[:100], source="bench",
            kind="grid" if level == 6 else "real", parent=known.get(code[: widths[len(code)]]),
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
        rows.append(known[code])
    with transaction.atomic():
        for start in range(0, len(rows), BATCH):
            insert_many(rows[start : start + BATCH])


def _seat(county: Division) -> None:
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(BODIES):
        body = Organisation.objects.create(name=f"{county.code}单位{number}", division=county)
        titles = [f"{county.code}单位{number}-{seat}" for seat in range(HOLDERS)]
        posts = [
            Post(title=title, kind=PostKind.HANDLER, organisation=body, division=county, since=begun)
            for title in titles
        ]
        accounts = [Account(username=title, password="!") for title in titles]
        Post.objects.bulk_create(posts)
        Account.objects.bulk_create(accounts)
        Holding.objects.bulk_create(
            [
                Holding(post=post, account=account, since=begun)
                for post, account in zip(posts, accounts, strict=True)
            ]
        )


def fill(count: int) -> float:
    """So many matters, in whole thousands; the seconds it took."""
    begun = perf_counter()
    first = min(count, FIRST)
    if connection.vendor == "sqlite":
        _write("PRAGMA synchronous = OFF")
        _write("PRAGMA cache_size = -3000000")  # three gigabytes, until the connection is closed
        _write("PRAGMA threads = 2")  # to sort what indexes hold
    with _without_indexes():
        _write("CREATE TABLE bench_grid (n integer PRIMARY KEY, division bigint, code bigint, post bigint)")
        _write("CREATE TABLE bench_base (id {uuid} PRIMARY KEY, n integer)")
        _lay_grids()
        _lay_base(first)
        for since in range(1, count // first, TURNS):
            _copy(since, min(since + TURNS, count // first))
            _told(begun, f"copied {min(since + TURNS, count // first) * first:,}")
        _write("""INSERT INTO ledger_position (number, entry_id)
                  SELECT row_number() OVER (ORDER BY recorded_at, id), id FROM ledger_entry""")
        _write("DELETE FROM ledger_unplaced")
        last = Position.objects.aggregate(last=Max("number"))["last"]
        Mark.objects.update_or_create(name="search", defaults={"position": last})  # words are laid as well
        _write("DROP TABLE bench_base")
        _write("DROP TABLE bench_grid")
        _told(begun, "tables laid")
    _told(begun, "indexes built")
    _write("ANALYZE")
    if connection.vendor == "sqlite":
        _write("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return perf_counter() - begun


def _told(begun: float, what: str) -> None:
    """A line for whoever waits: ten million take an hour and more."""
    print(f"  {perf_counter() - begun:6.0f} s  {what}", file=sys.stderr, flush=True)


def _lay_grids() -> None:
    posts: dict[int, list[int]] = {}
    for post, code in Post.objects.filter(title__contains="单位").values_list("pk", "division__code"):
        posts.setdefault(code // 10**11, []).append(post)
    rows = Division.objects.filter(source="bench", level=6).order_by("code").values_list("pk", "code")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_grid VALUES (%s, %s, %s, %s)",
            [
                (n, key, code, posts[code // 10**11][n % len(posts[code // 10**11])])
                for n, (key, code) in enumerate(rows)
            ],
        )


def _lay_base(count: int) -> None:
    draw = random.Random(11)
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, division, code, post FROM bench_grid ORDER BY n")
        grids = cursor.fetchall()
    now = datetime.now(UTC)
    begun = now - timedelta(days=365 * YEARS)
    step = (now - begun) / count
    coming = (
        _matter(begun + step * number, number, draw, draw.choice(grids), now) for number in range(count)
    )
    while some := list(islice(coming, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            for model in (Case, Matter, Clock, Task, SearchText, Entry):
                insert_many([row for rows, _n in some for row in rows if type(row) is model])
            put = "INSERT INTO bench_base VALUES (%s, %s)"
            field = Case._meta.pk
            cursor.executemany(
                put, [(field.get_db_prep_value(rows[0].pk, connection), n) for rows, n in some]
            )


def _matter(
    at: datetime, number: int, draw: random.Random, grid: tuple[int, int, int, int], now: datetime
) -> tuple[list[Any], int]:
    n, division, code, post = grid
    stage = draw.choices([each[0] for each in STAGES], [each[1] for each in STAGES])[0]
    due, closed = at + timedelta(days=draw.randint(3, 40)), at + timedelta(days=draw.randint(1, 30))
    stage = stage if closed < now else "dispatched"
    ended = closed if stage == "closed" else None
    text = f"{draw.choice(SIGHTS)}（{number}）"
    case = Case(
        id=_key(at), number=f"{PROVINCE}{number:08d}", kind="matters", stage=stage, division_id=division,
        code_then=code, code_now=code, lead_id=post, summary=text, channel="web", at=at, recorded_at=at,
        due=None if ended else due, closed_at=ended, outcome="confirmed" if ended else "",
    )  # fmt: skip
    early = at - timedelta(minutes=40)
    clocks = [
        Clock(
            id=_key(at), case=case, name="promise", unit="working_days", amount=5, source="limit:1", began_at=when,
            first_due=due, started_at=when, due_at=due, stopped_at=stopped,
        )
        for when, stopped in ((early, at), (at, ended))
    ]  # fmt: skip
    task = Task(
        id=_key(at), case=case, post_id=post, stage=stage, opened_at=at, pressing_at=due, closed_at=ended
    )
    tasks = [task, *_beside(task, draw)]
    clocks += [_until_answered(each) for each in tasks if each.role == "asked"]
    words = SearchText(id=row_of(case.id), case=case, tokens=tokens_of(case, text))
    names = [*WAY[: 3 if ended else 2], *(name for name, share in RARE.items() if draw.random() < share)]
    entries = [
        Entry(
            id=_key(at + timedelta(hours=5 * turn)), name=f"matters.{name}", about=case.id, actor="post", post=post,
            division=code, at=at + timedelta(hours=5 * turn), recorded_at=at + timedelta(hours=5 * turn), facts={},
        )
        for turn, name in enumerate(names)
    ]  # fmt: skip
    return [case, Matter(case=case, text=text), *clocks, *tasks, words, *entries], n


def _beside(task: Task, draw: random.Random) -> list[Task]:
    """What others have to do in it: whoever is pressed, and whoever helps."""
    return [
        Task(
            id=_key(task.opened_at), case=task.case, post_id=task.post_id, stage=task.stage, role=role, asks=asks,
            mandatory=False, opened_at=task.opened_at, pressing_at=task.pressing_at, closed_at=task.closed_at,
        )
        for role, asks, share in BESIDE
        if draw.random() < share
    ]  # fmt: skip


def _until_answered(task: Task) -> Clock:
    """The clock of whoever is pressed."""
    return Clock(
        id=_key(task.opened_at), case=task.case, task=task, name="answer", unit="working_hours", amount=8,
        source="given", began_at=task.opened_at, first_due=task.pressing_at, started_at=task.opened_at,
        due_at=task.pressing_at, stopped_at=task.closed_at,
    )  # fmt: skip


def _key(at: datetime) -> UUID:
    """A key with four digits left free, which tell the copies apart."""
    return UUID(int=ids.uuid7(at).int & ~(0xFFFF << 32))


def _copy(since: int, until: int) -> None:
    """Each base matter again, once for each turn: the same moments, another grid, another key."""
    keys = {"cases_case": "id", "matters_matter": "case_id", "cases_clock": "case_id", "cases_task": "case_id",
            "cases_searchtext": "case_id", "ledger_entry": "about"}  # fmt: skip
    for model in (Case, Matter, Task, Clock, SearchText, Entry):
        table = model._meta.db_table
        columns = [field.column for field in model._meta.concrete_fields]
        values = [_value(table, column) for column in columns]
        _write(
            f"""INSERT INTO {table} ({", ".join(f'"{column}"' for column in columns)})
                SELECT {", ".join(values)} FROM bench_base
                  JOIN {table} old ON old.{keys[table]} = bench_base.id
                  JOIN (WITH RECURSIVE turns(t) AS
                        (SELECT {since} UNION ALL SELECT t + 1 FROM turns WHERE t + 1 < {until})
                        SELECT t FROM turns) turn ON TRUE
                  JOIN bench_grid grid ON grid.n = (bench_base.n + turn.t * 7919) %% (SELECT count(*) FROM bench_grid)
                 ORDER BY bench_base.id, turn.t"""
        )


def _value(table: str, column: str) -> str:
    """What a copy has in a column."""
    if (table, column) == ("cases_searchtext", "id"):
        return "old.id + turn.t * 2048"
    if column in {"id", "case_id", "about", "task_id"}:
        key = f"old.{column}"
        if connection.vendor == "sqlite":
            return f"substr({key}, 1, 20) || printf('%%04x', turn.t) || substr({key}, 25)"
        return (
            f"(substr({key}::text, 1, 24) || lpad(to_hex(turn.t), 4, '0') || substr({key}::text, 29))::uuid"
        )
    code = "CAST(grid.code AS text)"
    places = " || ' ' || ".join(f"'π' || substr({code}, 1, {width})" for width in (9, 12, 15))
    cut = "instr(old.tokens, 'π')" if connection.vendor == "sqlite" else "strpos(old.tokens, 'π')"
    return {
        ("cases_case", "number"): "old.number || '-' || turn.t",
        ("cases_case", "division_id"): "grid.division",
        ("cases_case", "code_then"): "grid.code",
        ("cases_case", "code_now"): "grid.code",
        ("cases_case", "lead_id"): "grid.post",
        ("cases_task", "post_id"): "grid.post",
        ("cases_searchtext", "tokens"): f"substr(old.tokens, 1, {cut} - 1) || {places}",
        ("ledger_entry", "division"): "grid.code",
        ("ledger_entry", "post"): "grid.post",
    }.get((table, column), f'old."{column}"')


def _write(statement: str) -> None:
    uuid = "char(32)" if connection.vendor == "sqlite" else "uuid"
    with (
        transaction.atomic() if not statement.startswith("PRAGMA") else _nothing(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.replace("{uuid}", uuid), [])


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Take away what the database keeps beside the rows, and build it again afterwards."""
    tables = ("cases_case", "cases_clock", "cases_task", "ledger_entry", "matters_matter", "cases_searchtext")
    names = ", ".join(f"'{table}'" for table in tables)
    listing = (
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
        if connection.vendor == "sqlite"
        else f"""SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({names}) AND indexname NOT IN
                 (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))"""
    )
    with connection.cursor() as cursor:
        cursor.execute(listing)
        found = cursor.fetchall()
    kept = {name for name, sql in found if "(case_id)" in sql.replace('"', "") or "entry_about" in name}
    for name, _sql in found:
        if name not in kept:
            _write(f'DROP INDEX "{name}"')
    on = "" if connection.vendor == "sqlite" else " ON ledger_entry"
    _write(f"DROP TRIGGER ledger_entry_unplaced{on}")
    if connection.vendor == "sqlite":
        _write("DROP TRIGGER cases_words_added")
    yield
    for name, sql in found:
        if name not in kept:
            _write(sql)
    triggers.install()
    if connection.vendor == "sqlite":
        _write("INSERT INTO cases_words (cases_words) VALUES ('rebuild')")
        _write(
            """CREATE TRIGGER cases_words_added AFTER INSERT ON cases_searchtext
               BEGIN INSERT INTO cases_words (rowid, tokens) VALUES (NEW.id, NEW.tokens); END"""
        )
