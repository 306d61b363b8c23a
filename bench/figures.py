"""What the figures page costs when there are 100,000 matters of three years, nineteen of twenty of them ended.

    python bench/figures.py [matters]

The rows are those that people would have left (see `_many`), with two promises and seven entries for each matter.
Asked are a month, a quarter and a year, by area and by body, and the list behind a number, one after the other.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import _many
from _client import closed_loop
from _desk import Clerk, statements
from _ground import county, percentile, serving, show
from django.db import connection, transaction

from linli.base.frames import in_one_stretch
from linli.base.generations import refresh
from linli.base.ids import uuid7
from linli.base.rows import insert_many
from linli.cases.models import Case, Clock
from linli.ledger.models import Entry
from linli.portals.demo.world import standing_world
from linli.posts.actor import PostActor
from linli.posts.models import Post, PostKind

MOST_STATEMENTS, P95 = 16, 300.0
BATCH = 5000
ASKED = 20
HEAD, TOWN = "county_head", "chengguan_clerk"
WAY = ("report", "accept", "dispatch", "handle", "check", "confirm")
RARE = {"send_back": 0.05, "fail": 0.05, "extend": 0.03, "contest": 0.03, "reopen": 0.01}


def worked(world: Any) -> None:
    """Let every matter have been accepted, led and, where it has ended, confirmed; with its entries."""
    handlers = list(Post.objects.filter(kind=PostKind.HANDLER).values_list("pk", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET outcome = 'confirmed' WHERE stage = 'closed'")
        cursor.execute("UPDATE cases_case SET outcome = stage WHERE stage IN ('refused', 'referred')")
        for place, post in enumerate(handlers):
            cursor.execute(
                "UPDATE cases_case SET lead_id = %s WHERE rowid %% %s = %s", [post, len(handlers), place]
            )
    draw = random.Random(5)
    by = world.by(HEAD)
    coming = Case.everywhere.order_by("pk").values_list("pk", "at", "code_now", named=False).iterator()
    while some := list(islice(coming, BATCH)):
        with transaction.atomic():
            insert_many([_first_promise(key, at) for key, at, _code in some])
            insert_many([entry for case in some for entry in _entries(case, by, draw)])


def _first_promise(case: UUID, at: datetime) -> Clock:
    """The promise of the report, which acceptance replaced soon after."""
    before = at - timedelta(minutes=40)
    return Clock(
        id=uuid7(at), case_id=case, name="promise", unit="working_days", amount=5, source="limit:1", began_at=before,
        first_due=at + timedelta(days=7), started_at=before, due_at=at + timedelta(days=7), stopped_at=at,
    )  # fmt: skip


def _entries(case: tuple[UUID, datetime, int], by: PostActor, draw: random.Random) -> Iterator[Entry]:
    key, at, code = case
    names = [*WAY, *(name for name, share in RARE.items() if draw.random() < share)]
    for number, name in enumerate(names):
        moment = at + timedelta(hours=8 * number)
        yield Entry(
            id=uuid7(moment), name=f"matters.{name}", about=key, actor="post", post=by.post.pk, division=code,
            holding=by.holding.pk, at=moment, recorded_at=moment, facts={},
        )  # fmt: skip


def asked(world: Any, now: datetime) -> list[tuple[str, PostActor, str]]:
    """The pages: what each is, who asks, and where."""
    month, year = f"{now:%Y-%m}", now.year - 1
    quarter = f"{year}-Q2"
    head, town = world.by(HEAD), world.by(TOWN)
    return [
        ("county, this month, by area", head, f"/desk/figures/?period={month}"),
        ("county, this month, by body", head, f"/desk/figures/?period={month}&by=body"),
        ("county, a quarter", head, f"/desk/figures/?period={quarter}"),
        ("county, a year", head, f"/desk/figures/?period={year}"),
        ("a town, a quarter", town, f"/desk/figures/?period={quarter}"),
        ("list behind: in time, a quarter", head, f"/desk/figures/list/?period={quarter}&figure=in_time"),
        ("list behind: closed, a year", head, f"/desk/figures/list/?period={year}&figure=closed"),
    ]


def main() -> None:
    """Fill, then ask."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with county() as database:
        world = standing_world()
        _many.fill(world, count)
        worked(world)
        refresh()
        world = standing_world()
        pages = asked(world, datetime.now())
        statements(pages[0][1], pages[0][2])  # the tree and the bodies are cached from here on
        counts = [statements(by, path) for _label, by, path in pages]
        browsers = {by.post.pk: Clerk.sitting(by) for _label, by, _path in pages}
        connection.close()
        rows = []
        with serving(database) as server:
            port = urlsplit(server.url).port or 0
            for (label, by, path), cost in zip(pages, counts, strict=True):
                request = browsers[by.post.pk].page(path)
                closed_loop(port, 1, lambda _n, request=request: request, most=3)
                run = closed_loop(port, 1, lambda _n, request=request: request, most=ASKED)
                if set(run.statuses) != {200}:
                    raise SystemExit(f"{label}: {dict(run.statuses)}")
                p50, p95 = percentile(run.milliseconds, 0.5), percentile(run.milliseconds, 0.95)
                rows.append((label, cost, cost / MOST_STATEMENTS, p50, p95, p95 / P95))
    head_row = ("", "statements", f"of {MOST_STATEMENTS}", "p50 ms", "p95 ms", f"p95 of {P95:.0f} ms")
    show(f"Figures among {count:,} matters, one page after the other", head_row, rows)


if __name__ == "__main__":
    in_one_stretch(main)
