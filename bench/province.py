"""A province at its desk: what its picture costs, how fast rollups are folded, how old they are under load.

    python bench/province.py [matters]
    LINLI_BENCH_POSTGRES=postgres://user@127.0.0.1:5432/linli python bench/province.py 10000000

A tree of Jiangsu's size (21,958 villages, 120,000 grids) with all of the matters, then with a tenth of them: the same
questions answered from the rollups and by counting live, the desk's pages over HTTP, folding from zero and from
positions, and how long steps take to be in the numbers while 200 matters a second come in.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from datetime import datetime
from time import perf_counter, process_time, sleep
from typing import Any
from urllib.parse import quote, urlsplit

import _province
from _client import open_loop, send
from _desk import Page, timed_pages
from _desk import head as headings
from _ground import county, median, megabytes, percentile, processes_of, serving, show, timed
from django.db import connection
from django.utils import timezone
from intake import reports
from limits import reporting_grids

from linli.analytics.anew import build_anew
from linli.analytics.counting import count, counted_live
from linli.analytics.figures import Block, all_figures
from linli.analytics.folding import fold_all
from linli.analytics.gauges import freshness
from linli.analytics.models import Progress
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_LEAD
from linli.analytics.standing import standing
from linli.analytics.tallies import put
from linli.base.frames import in_one_stretch
from linli.base.generations import refresh
from linli.base.stored import as_stored
from linli.base.writing import writing
from linli.cases.models import Mark
from linli.cases.narrowing import Narrowing
from linli.cases.reckoning import reckon_turn
from linli.divisions.models import Division
from linli.ledger.models import Position
from linli.portals.demo.world import standing_world
from linli.posts.actor import PostActor
from linli.posts.models import Post

SQL, PAGE, GROWS, ENTRIES, LAG, MEMORY = 10.0, 100.0, 1.3, 10_000, 2.0, 400.0
MOST_STATEMENTS = 14
ASKED, ASKED_PAGES = 20, 60
ASKED_LIVE = {
    "open now, by city",
    "a year, by city",
}  # the others take as long: each reads every case of its period
CITY, COUNTY = 10**13, 10**11
ARRIVING, SECONDS = 200, 30.0
HEAD = "county_head"


def questions() -> dict[str, Callable[..., Any]]:
    """What a province asks, each as a function of how it is counted."""
    last = timezone.now().year - 1
    year = f"{last}"

    def asked(name: str, place: str = _province.PROVINCE) -> Question:
        return Question(Narrowing(place=place), Period.named(name), timezone.now())

    now_figures = [figure for figure in all_figures().values() if figure.block is Block.NOW]
    town = str(Division.objects.filter(source="bench", level=4)[600].trimmed)
    return {
        "open now, by city": lambda way: way(asked(year), CITY, now_figures),
        "a month, by city": lambda way: way(asked(f"{last}-05"), CITY),
        "a year, by city": lambda way: way(asked(year), CITY),
        "a quarter, by county": lambda way: way(asked(f"{last}-Q2"), COUNTY),
        "a month, by body": lambda way: way(asked(f"{last}-05"), BY_LEAD),
        "a town, a quarter": lambda way: way(asked(f"{last}-Q2", town)),
    }


Answer = tuple[float, float, float | None]  # milliseconds: from the rollups, its SQL alone, counted live


def answers() -> dict[str, Answer]:
    """Each question's median milliseconds from the rollups, and of some counted live."""
    found = {}
    for label, ask in questions().items():
        asked = statements_of(lambda ask=ask: ask(count))
        folded = median(timed(lambda ask=ask: ask(count)) * 1000 for _turn in range(ASKED))
        alone = median(timed(lambda asked=asked: fetched(asked)) * 1000 for _turn in range(ASKED))
        live = timed(lambda ask=ask: ask(counted_live)) * 1000 if label in ASKED_LIVE else None
        found[label] = folded, alone, live
    return found


def statements_of(act: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements that a call asks, with what they are asked with."""
    asked: list[tuple[str, Any]] = []

    def noting(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(noting):
        act()
    return asked


def fetched(asked: list[tuple[str, Any]]) -> None:
    """Ask the same of the database once more, down to the last row of each."""
    for sql, parameters in asked:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.fetchall()


def folding(most: int) -> list[tuple[object, ...]]:
    """Cases and entries folded per second: from zero, and by positions whose cases were not folded."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # as in a server (serve.py)
    begun, busy = perf_counter(), process_time()
    done = sum(build_anew(jobs=(os.cpu_count() or 1) - 1))
    taken, busy = perf_counter() - begun, process_time() - busy
    last = Position.objects.order_by("-number").values_list("number", flat=True)[0]
    mark = max(0, last - most)
    recent = Position.objects.filter(number__gt=mark)
    with writing():
        put(sorted({key for key in recent.values_list(as_stored("entry__about"), flat=True) if key}), {})
        Mark.objects.filter(name="figures").update(position=mark)
    begun, own = perf_counter(), process_time()
    fold_all()
    rate, own_rate = (last - mark) / (perf_counter() - begun), (last - mark) / (process_time() - own)
    return [
        ("from zero, cases", done / taken, done / busy, "", ""),
        ("by positions, entries", rate, own_rate, ENTRIES, rate / ENTRIES),
    ]


def under_load(database: str) -> list[tuple[object, ...]]:
    """The lag, the memory and the answers' times while matters come in."""
    bodies = reports(reporting_grids())
    Progress.objects.update(lags={})  # of what was laid down as if it were old
    connection.close()
    with serving(database) as server:
        port = urlsplit(server.url).port or 0
        sleep(3)
        run = open_loop(
            port, 32, lambda n: send("/api/v1/matters", bodies[n % len(bodies)], Idempotency_Key=f"p{n}"),
            per_second=ARRIVING, seconds=SECONDS,
        )  # fmt: skip
        now = timezone.now()
        fresh = freshness(standing(now), now)
        memory = max(megabytes([each], "Pss") for each in processes_of(server))
        sleep(3)
        after = standing(timezone.now())
    if set(run.statuses) != {201}:
        raise SystemExit(f"Not all was taken in: {dict(run.statuses)}")
    lag = fresh.p99 or 0.0
    return [
        (f"matters taken in per second, of {ARRIVING}", run.rate, ARRIVING, run.rate / ARRIVING),
        ("p99 of an answer to a report, ms", percentile(run.milliseconds, 0.99), "", ""),
        ("p50 from a step to the numbers, s", fresh.p50 or 0.0, "", ""),
        ("p99 from a step to the numbers, s", lag, LAG, lag / LAG),
        ("age of the picture at the end of it, s", fresh.age, "", ""),
        ("waiting three seconds later", "nothing" if after.oldest is None else "something", "", ""),
        ("memory of a web process, MB", memory, MEMORY, memory / MEMORY),
    ]


def pages(head: PostActor) -> list[Page]:
    """The province's pages in the command centre and at the desk."""
    last = datetime.now().year - 1
    return [
        Page("command centre, now", head, "/command/", PAGE),
        Page("command centre, its wall", head, "/command/?wall=1", PAGE),
        Page("trends, the last days", head, "/command/trends/", PAGE),
        Page("trends, a year", head, f"/command/trends/?year={last}", PAGE),
        Page("weekly briefing", head, "/command/briefing/", PAGE),
        Page("supervision", head, "/command/questions/", PAGE),
        Page("supervision, late", head, "/command/questions/?late=1", PAGE),
        Page("joint cases", head, "/command/joint/", PAGE),
        Page("alert rules", head, "/command/alerts/", PAGE),
        Page("shift book", head, "/command/shifts/", PAGE),
        Page("scorecard, a year", head, f"/desk/scorecard/?period={last}", PAGE),
        Page("figures, a month, by area", head, f"/desk/figures/?period={last}-05", PAGE),
        Page("figures, a year, by area", head, f"/desk/figures/?period={last}", PAGE),
        Page("figures, a month, by body", head, f"/desk/figures/?period={last}-05&by=body", PAGE),
        Page("area", head, "/desk/area/", PAGE),
        Page("area, overdue", head, "/desk/area/?state=overdue", PAGE),
        Page("area, two characters", head, f"/desk/area/?words={quote('路灯')}", PAGE),
        Page("to do", head, "/desk/", PAGE),
    ]


def measured(matters: int) -> tuple[dict[str, Answer], list[tuple[object, ...]]]:
    """One province, asked from here and over HTTP; prints what does not compare two sizes."""
    with county() as database:
        refresh()
        province = _province.plant()
        print(f"{matters:,} matters laid down in {_province.fill(matters):.0f} s", flush=True)
        Post.objects.filter(pk=standing_world().posts[HEAD].pk).update(division=province)
        refresh()
        reckon_turn()  # the clocks that were laid end at made-up moments; a server would put them right at first
        folded = folding(min(matters // 4, 100_000))
        show(
            f"Folding among {matters:,} matters",
            ("", "per second", "per second of own processor", "goal", "ratio"),
            folded,
        )
        times = answers()
        head = standing_world().by(HEAD)
        rows = timed_pages(database, pages(head), times=ASKED_PAGES, statements_wanted=MOST_STATEMENTS)
        show(f"Pages of a province with {matters:,} matters", headings(MOST_STATEMENTS), rows)
        load = under_load(database)
        show(
            f"While {ARRIVING} matters a second come in ({matters:,} lie there)",
            ("", "is", "goal", "ratio"),
            load,
        )
    return times, rows


def main() -> None:
    """All of it, then a tenth; what grew, and what live counting takes."""
    matters = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    (large, large_pages), (small, small_pages) = (measured(matters), measured(matters // 10))
    rows = [
        (label, small[label][0], folded, folded / small[label][0], alone, alone / SQL, live or "-",
         live / folded if live else "-")
        for label, (folded, alone, live) in large.items()
    ]  # fmt: skip
    head = (
        "", f"{matters // 10:,}: ms", f"{matters:,}: ms", f"grown (most {GROWS})", "SQL alone",
        f"of {SQL:.0f} ms", "live ms", "live is x",
    )  # fmt: skip
    show("The same questions from rollups and counted live", head, rows)
    grown = [
        (after[0], before[4], after[4], after[4] / before[4])
        for before, after in zip(small_pages, large_pages, strict=True)
    ]
    show("Pages, p95 ms", ("", f"{matters // 10:,}", f"{matters:,}", f"grown (most {GROWS})"), grown)


if __name__ == "__main__":
    in_one_stretch(main)
