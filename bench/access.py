"""What it costs that nobody reads unseen: a row per view, fifty per list, and who looked over a million rows.

    python bench/access.py [rows] [times]
    LINLI_BENCH_POSTGRES=postgres://user@127.0.0.1:5432/linli python bench/access.py

First the rows alone, beside the bare driver that inserts the same rows into the same table with the same commit, by
turns; also while others write, when either connection has to read its pages anew. Then the same pages are asked with
and without rows, side by side, in one process on one database. The rows leave as they do in `linli serve`: by the
thread that commits for all, with `synchronous=FULL`. Milliseconds of the processor are what it costs; those of the
clock grow with whatever else the machine does, so there the ratio counts.

Then as many rows as asked (a million) are laid down: among them 200 of one resident and 5,000 of another, a tenth read
by one clerk, who held a second post too, a tenth by the predecessor on the same post. Residents, the clerk and an
inspector open their pages. How intake fares: `bench/intake.py`, before and after, in one sitting.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import timeit
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch

import _many
import psycopg
from _desk import Page, _signed_in
from _ground import county, databases, percentile, show
from django.db import connection
from django.test import Client
from django.utils import timezone

from linli.base.frames import in_one_stretch
from linli.base.generations import refresh
from linli.base.ids import uuid7
from linli.base.rows import _plan, insert_values, values_from
from linli.base.writing import writing
from linli.cases.models import Case
from linli.portals.demo.world import standing_world
from linli.posts.actor import PostActor
from linli.posts.models import Holding
from linli.residents.access import MATTERS, WORDS, Glance, Seen, values_for
from linli.residents.accounts import first_sign_in
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access, Contact, How, Reader, Resident
from linli.residents.purposes import WORK, purpose_named
from linli.residents.showing import Sheet

VIEW, LIST, LOG = 0.3, 1.5, 50.0  # milliseconds
MATTERS_LAID, STRANGERS = 2_000, 2_000
RESIDENTS = {"13912340000": 200, "13912340001": 5_000}
CHUNK, FEW = 5_000, 10
COLUMNS = ("number", "summary")  # a column as Django has it, and one whose readings are written down

Taken = tuple[float, float]
Rows = list[list[Any]]


def timed(ask: Callable[[], object]) -> Taken:
    """Milliseconds of the clock and of the processor, all threads."""
    begun, used = perf_counter(), process_time()
    ask()
    return (perf_counter() - begun) * 1000, (process_time() - used) * 1000


def nothing() -> None:
    """Before a page nobody else does anything."""


def by_turns(
    asks: Sequence[Callable[[], object]], times: int, first: Callable[[], object] = nothing
) -> list[tuple[list[float], list[float]]]:
    """Clock and processor of each, asked a few times one after the other, then the next one, again and again.

    The first of a few is left out: it pays for the pages that another connection has changed. `first` comes before
    each and is not timed.
    """
    taken: list[list[Taken]] = [[] for _ask in asks]
    for turn in range(times // FEW + 1):
        for ask, kept in zip(asks, taken, strict=True):
            found = [(first(), timed(ask))[1] for _time in range(FEW + 1)]
            kept.extend(found[1:] if turn else [])
    return [([each[0] for each in kept], [each[1] for each in kept]) for kept in taken]


# --- the rows alone ----------------------------------------------------------------------------------------


def bare_rows(by: PostActor, times: int) -> list[tuple[object, ...]]:
    """`Sheet.keep` beside the bare driver."""
    contacts = [contact(f"136{number:08d}") for number in range(50)]
    driver, begin = bare_driver()
    rows: list[tuple[object, ...]] = []
    elsewhere = others_write(by)
    for label, people, limit, first in (
        ("one person", 1, VIEW, nothing),
        ("one person, others write", 1, VIEW, elsewhere),
        ("fifty", 50, LIST, nothing),
        ("fifty, others write", 50, LIST, elsewhere),
    ):
        seen = {Seen(each.pk, each.pk): WORDS | MATTERS for each in contacts[:people]}

        def ours(seen: dict[Seen, int] = seen) -> None:
            sheet = Sheet(by, WORK, How.VIEW)
            sheet.seen = dict(seen)
            sheet.keep()

        made = iter(
            [values_for(Glance(by, WORK, How.VIEW), seen) for _turn in range((times // FEW + 1) * (FEW + 1))]
        )
        ask = [ours, lambda made=made: bare_insert(driver, begin, next(made))]
        (clock, used), (bare_clock, bare_used) = by_turns(ask, times, first)
        cost = median(used) - median(bare_used)
        clocks = median(bare_clock), median(clock)
        rows.append((label, median(bare_used), median(used), cost, limit, median(used) / limit, *clocks))
    driver.connection.close()
    return rows


def bare_driver() -> tuple[Any, str]:
    """A cursor of the bare driver on this database, and how a write begins there."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        opened = sqlite3.connect(name, isolation_level=None)
        opened.executescript("PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA secure_delete=ON")
        return opened.cursor(), "BEGIN IMMEDIATE"
    return psycopg.connect(databases.url_of(name), autocommit=True).cursor(), "BEGIN"


def bare_insert(driver: Any, begin: str, rows: Rows) -> None:
    """The same rows, one statement, one commit."""
    driver.execute(begin)
    statement = _plan(Access, connection.vendor, keyed=True).statement(len(rows))
    driver.execute(statement, [value for row in rows for value in row])
    driver.execute("COMMIT")


def column_rows() -> list[tuple[object, ...]]:
    """Reading and writing a column that residents write, where nobody watches (imports, loops)."""
    case = Case.everywhere.order_by("-pk")[0]
    rows: list[tuple[object, ...]] = []
    for label, said in (("read", "case.{}"), ("write", "case.{} = 'x'")):
        plain, watched = (
            min(timeit.repeat(said.format(name), globals={"case": case}, number=100_000, repeat=9)) * 1e4
            for name in COLUMNS
        )
        rows.append((label, plain, watched, watched / plain))
    return rows


# --- pages -------------------------------------------------------------------------------------------------


def page_rows(pages: list[tuple[Page, float]], times: int) -> list[tuple[object, ...]]:
    """Each page with its cost: what keeping the rows takes within the page, and what the page takes more with them.

    The second is the median of pairs that were asked side by side: a page takes fifty times as long as its rows, and
    on a machine that others use the medians of two halves of a run differ by more than that. `alone`: nobody writes,
    so that the connection finds its pages as it left them. Otherwise somebody else has written something before each
    page, as in any place where people work; what that costs is not the row's.
    """
    rows: list[tuple[object, ...]] = []
    elsewhere = others_write(pages[0][0].by)
    for page, limit in pages:
        browser = _signed_in(page.by)
        before = Access.objects.count()
        opened(browser, page.path)
        written = Access.objects.count() - before

        def watched(browser: Client = browser, path: str = page.path) -> None:
            opened(browser, path)

        def unseen(watched: Callable[[], None] = watched) -> None:
            with patch.object(Sheet, "keep", lambda _sheet: None):
                watched()

        [(_clock, alone)] = by_turns([unseen], times)
        pairs, kept = side_by_side(watched, unseen, times, elsewhere)
        used, plain = ([pair[which][1] for pair in pairs] for which in (0, 1))
        more = median(pair[0][1] - pair[1][1] for pair in pairs)
        ratio = median(pair[0][0] / pair[1][0] for pair in pairs)
        cost = median(kept)
        costs = median(alone), median(plain), median(used), more, cost
        rows.append((page.label, written, *costs, limit, cost / limit, ratio))
    return rows


def side_by_side(
    watched: Callable[[], None], unseen: Callable[[], None], times: int, first: Callable[[], object]
) -> tuple[list[tuple[Taken, Taken]], list[float]]:
    """Clock and processor of a page with its rows and without them, each after one without; and of keeping alone."""
    kept: list[float] = []
    keep = Sheet.keep

    def timed_keep(sheet: Sheet) -> None:
        kept.append(timed(lambda: keep(sheet))[1])

    def asked(ask: Callable[[], None]) -> Taken:
        first()
        return timed(ask)

    def pair(number: int) -> tuple[Taken, Taken]:
        found: dict[Callable[[], None], Taken] = {}
        for ask in (watched, unseen) if number % 2 else (unseen, watched):
            asked(unseen)
            found[ask] = asked(ask)
        return found[watched], found[unseen]

    with patch.object(Sheet, "keep", timed_keep):
        return [pair(number) for number in range(times)], kept


def others_write(by: PostActor) -> Callable[[], object]:
    """One row by another connection."""
    driver, begin = bare_driver()
    whose = contact("13600000099").pk
    return lambda: bare_insert(
        driver, begin, values_for(Glance(by, WORK, How.VIEW), {Seen(whose, whose): WORDS})
    )


def opened(browser: Client, path: str) -> None:
    """A page that must be there."""
    if browser.get(path).status_code != 200:
        raise SystemExit(path)


# --- a million rows ----------------------------------------------------------------------------------------


def lay_down(count: int, world: Any) -> dict[str, list[Contact]]:
    """So many rows of strangers, and among them those of the two residents, with thirty matters each."""
    own = {phone: [contact(phone) for _each in range(30)] for phone in RESIDENTS}
    for phone, contacts in own.items():
        contacts.append(Resident.objects.get(account=first_sign_in(phone)).contact)
    strangers = [contact(f"138{number:08d}") for number in range(STRANGERS)]
    rows = drawn(count, own, strangers, readers(world, timedelta(minutes=count)))
    fresh: Rows = []
    for row in rows:
        fresh.append(row)
        if len(fresh) == CHUNK:
            laid(fresh)
            fresh = []
    if fresh:
        laid(fresh)
    return own


def laid(rows: Rows) -> None:
    """Write some of them."""
    with writing():
        insert_values(Access, rows)


def contact(phone: str) -> Contact:
    """What somebody left with a matter."""
    made = sealed_contact(GivenContact("李小芳", phone))
    made.save(force_insert=True)
    return made


def readers(world: Any, ago: timedelta) -> list[tuple[int, int, int]]:
    """Post, appointment and unit of whoever reads; a tenth each are the clerk, their predecessor, their second post."""
    clerk, begun = world.by("chengguan_clerk"), timezone.now() - ago
    before = Holding.objects.create(
        post=clerk.post,
        account=world.by("power").holding.account,
        since=begun - timedelta(days=400),
        until=begun,
    )
    Holding.objects.update(since=begun - timedelta(days=400))
    second = Holding.objects.create(
        post=world.posts["liuhe_clerk"],
        account=clerk.holding.account,
        since=begun - timedelta(days=400),
        until=timezone.now(),
        acting=True,
    )
    others = Holding.objects.exclude(pk__in=[clerk.holding.pk, before.pk, second.pk])
    picked = [clerk.holding, second, before, *others.order_by("pk")[:7]]
    return [(each.post_id, each.pk, each.post.organisation_id) for each in picked]


def drawn(
    count: int, own: dict[str, list[Contact]], strangers: list[Contact], who: list[tuple[int, int, int]]
) -> Iterator[list[Any]]:
    """Rows as the database takes them, one a minute, the last one now."""
    now, dice, nr = timezone.now(), random.Random(5), purpose_named(WORK).nr
    every = {phone: max(1, count // rows) for phone, rows in RESIDENTS.items()}
    alike = {
        "person_id": None, "reader": int(Reader.POST), "relation": "", "activity": nr, "classes": WORDS | MATTERS,
        "how": int(How.VIEW), "count": 1,
    }  # fmt: skip
    for number in range(count):
        mine = next((own[phone] for phone, each in every.items() if number % each == 0), strangers)
        whose, (post, holding, unit) = dice.choice(mine).pk, dice.choice(who)
        at: datetime = now - timedelta(minutes=count - number)
        row = {
            "id": uuid7(at), "contact_id": whose, "about": whose, "at": at, "post": post, "holding": holding,
            "unit": unit, "trace": dice.getrandbits(62),
        }  # fmt: skip
        yield values_from(Access, alike, [row])[0]


def log_rows(world: Any, own: dict[str, list[Contact]], times: int) -> list[tuple[object, ...]]:
    """The pages of who looked, of what one looked at, and of what a post looked at."""
    asked: dict[str, Callable[[], object]] = {}
    for phone, contacts in own.items():
        resident = Client(headers={"accept-language": "zh-hans", "host": "127.0.0.1"})
        resident.force_login(first_sign_in(phone))
        whose, key = Whose([each.pk for each in contacts]), None
        for _page in range(3):
            key = looks_at(whose, before=key).older
        label = f"resident with {RESIDENTS[phone]:,}"
        asked[f"{label}: who looked"] = lambda resident=resident: opened(resident, "/mine/data/")
        asked[f"{label}: three pages down"] = lambda resident=resident, key=key: opened(
            resident, f"/mine/data/?before={key}"
        )
        asked[f"{label}: the rows alone"] = lambda whose=whose: looks_at(whose)
    clerk, inspector = (_signed_in(world.by(key)) for key in ("chengguan_clerk", "inspector"))
    asked["clerk on two posts: what I looked at"] = lambda: opened(clerk, "/desk/looked/")
    form = {"post": world.posts["chengguan_clerk"].pk, "reason": "季度抽查"}
    asked["inspector: what a post looked at"] = lambda: inspector.post("/desk/looked/post/", form).content
    rows: list[tuple[object, ...]] = []
    for label, ask in asked.items():
        [(clock, used)] = by_turns([ask], times)
        rows.append((label, median(clock), percentile(clock, 0.95), median(used), LOG, median(used) / LOG))
    return rows


def main() -> None:
    """Rows, pages, then the million."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    with county():
        world = standing_world()
        _many.fill(world, MATTERS_LAID)
        give_contacts()
        refresh()
        clerk, head = world.by("chengguan_clerk"), world.by("county_head")
        show(
            f"Access rows alone, {times} times by turns with the bare driver, ms of the processor and of the clock",
            ("", "bare", "ours", "above it", "limit", "ours of it", "clock, bare", "clock, ours"),
            bare_rows(clerk, times),
        )
        show("A column that residents write, unwatched, ns", ("", "plain", "watched", "times"), column_rows())
        number = Case.everywhere.within(clerk.post.division.span).order_by("-pk")[0].number
        pages = [
            (Page("one case", clerk, f"/desk/cases/{number}/", 0), VIEW),
            (Page("one case, similar ones", clerk, f"/desk/cases/{number}/similar/", 0), VIEW),
            (Page("list of the area", head, "/desk/area/", 0), LIST),
            (Page("list of what is to do", clerk, "/desk/", 0), LIST),
        ]
        head_of_table = (
            *(
                "",
                "rows",
                "alone",
                "without",
                "with",
                "more with",
                "keeping",
                "limit",
                "of it",
                "clock ratio",
            ),
        )
        table = page_rows(pages, times)
        show(
            f"Pages with their access rows, {times} times side by side, ms of the processor",
            head_of_table,
            table,
        )
        begun, size = perf_counter(), database_size()
        own = lay_down(count, world)
        per_row = (database_size() - size) / count
        print(
            f"\n{count:,} rows laid down in {perf_counter() - begun:.0f} s, {per_row:.0f} bytes each with indexes"
        )
        show(
            f"Who looked, {count:,} rows",
            ("", "p50 ms", "p95 ms", "processor ms", "limit", "of it"),
            log_rows(world, own, max(20, times // 4)),
        )


def give_contacts() -> None:
    """Every matter somebody's, so that a list of fifty is fifty rows."""
    for case in Case.everywhere.filter(reporter=None):
        Case.everywhere.filter(pk=case.pk).update(reporter=contact(f"137{random.randrange(10**8):08d}"))


def database_size() -> int:
    """Bytes of the database, its log folded in."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return Path(str(connection.settings_dict["NAME"])).stat().st_size
        cursor.execute("SELECT pg_total_relation_size('residents_access')")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    in_one_stretch(main)
