"""What it costs that nobody reads unseen: a row per view, fifty per list, and the resident's page over a million rows.

    python bench/access.py [rows] [times]

The same pages are asked with and without rows by turns, in one process on one database. The rows leave as they do in
`linli serve`: by the thread that commits for all, with `synchronous=FULL`. Milliseconds of the processor are what it
costs; those of the clock grow with whatever else the machine does, so there the ratio counts.

Then as many rows as asked (a million) are laid down, and a resident with five thousand of them opens the page of who
looked. How intake fares: `bench/intake.py`, before and after, in one sitting.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter, process_time
from unittest.mock import patch

import _many
from _desk import Page, _signed_in
from _ground import HOME, county, percentile, show
from django.db import connection
from django.test import Client
from django.utils import timezone

from linli.base.generations import refresh
from linli.base.ids import uuid7
from linli.cases.models import Case
from linli.portals.demo.world import standing_world
from linli.posts.actor import PostActor
from linli.residents.access import MATTERS, WORDS
from linli.residents.accounts import first_sign_in
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access, Contact, How, Reader, Resident
from linli.residents.purposes import purpose_named
from linli.residents.showing import Sheet

VIEW, LIST, LOG = 0.3, 1.5, 50.0  # milliseconds
MATTERS_LAID, OWN, PHONE = 2_000, 5_000, "13912340000"
CHUNK = 5_000


Taken = tuple[float, float]


def by_turns(ask: Callable[[], object], times: int) -> tuple[list[Taken], list[Taken]]:
    """Milliseconds of clock and processor with and without rows, asked one after the other."""
    with_rows, without = [], []
    for _turn in range(times):
        with_rows.append(_timed(ask))
        with patch.object(Sheet, "keep", lambda _sheet: None):
            without.append(_timed(ask))
    return with_rows, without


def _timed(ask: Callable[[], object]) -> Taken:
    """Clock and processor, all threads."""
    begun, used = perf_counter(), process_time()
    ask()
    return (perf_counter() - begun) * 1000, (process_time() - used) * 1000


def page_rows(pages: list[tuple[Page, float]], times: int) -> list[tuple[object, ...]]:
    """Each page with its cost."""
    rows: list[tuple[object, ...]] = []
    for page, limit in pages:
        browser = _signed_in(page.by)
        ask = lambda browser=browser, page=page: _opened(browser, page.path)  # noqa: E731
        for _turn in range(10):
            ask()
        before = Access.objects.count()
        ask()
        written = Access.objects.count() - before
        after, plain = by_turns(ask, times)
        clock, used = ([pair[which] for pair in after] for which in (0, 1))
        clock_plain, used_plain = ([pair[which] for pair in plain] for which in (0, 1))
        cost = median(used) - median(used_plain)
        ratio = median(clock) / median(clock_plain)
        rows.append((page.label, written, median(used_plain), median(used), cost, limit, cost / limit, ratio))
    return rows


def _opened(browser: Client, path: str) -> None:
    if browser.get(path).status_code != 200:
        raise SystemExit(path)


def lay_down(count: int, by: PostActor) -> list[Contact]:
    """So many rows of strangers, and among them those of one resident with thirty matters; the resident's contacts."""
    own = [_contact(PHONE) for _each in range(30)]
    strangers = [_contact(f"138{number:08d}") for number in range(2_000)]
    owner = Resident.objects.get(account=first_sign_in(PHONE))
    every, now, dice = max(1, count // OWN), timezone.now(), random.Random(5)
    fresh: list[Access] = []
    for number in range(count):
        at = now - timedelta(seconds=(count - number) * 60)
        whose = dice.choice(own if number % every == 0 else strangers)
        fresh.append(_row(whose, at, by))
        if len(fresh) == CHUNK:
            Access.objects.bulk_create(fresh)
            fresh = []
    Access.objects.bulk_create(fresh)
    return [*own, owner.contact]


def _contact(phone: str) -> Contact:
    made = sealed_contact(GivenContact("李小芳", phone))
    made.save(force_insert=True)
    return made


def _row(whose: Contact, at: object, by: PostActor) -> Access:
    return Access(
        id=uuid7(at),  # type: ignore[arg-type]
        at=at,
        contact=whose,
        about=whose.pk,
        reader=Reader.POST,
        post=by.post.pk,
        unit=by.post.organisation_id,
        holding=by.holding.pk,
        activity=purpose_named("work").nr,
        classes=WORDS | MATTERS,
        how=How.VIEW,
        trace=random.getrandbits(62),
    )


def log_rows(own: list[Contact], times: int) -> list[tuple[object, ...]]:
    """The resident's page at its beginning and far down, and the reading behind it alone."""
    browser = Client(headers={"accept-language": "zh-hans", "host": "127.0.0.1"})
    browser.force_login(first_sign_in(PHONE))
    whose = Whose([each.pk for each in own])
    key = None
    for _page in range(40):
        key = looks_at(whose, before=key).older
    asked = {
        "page of who looked": lambda: _opened(browser, "/mine/data/"),
        "the same, forty pages down": lambda: _opened(browser, f"/mine/data/?before={key}"),
        "reading its rows alone": lambda: looks_at(whose),
    }
    rows: list[tuple[object, ...]] = []
    for label, ask in asked.items():
        taken = [_timed(ask) for _turn in range(times + 5)][5:]
        clock, used = ([pair[which] for pair in taken] for which in (0, 1))
        rows.append((label, median(clock), percentile(clock, 0.95), median(used), LOG, median(used) / LOG))
    return rows


def main() -> None:
    """Pages first, then the million."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    with county():
        world = standing_world()
        _many.fill(world, MATTERS_LAID)
        _give_contacts()
        refresh()
        clerk, head = world.by("chengguan_clerk"), world.by("county_head")
        number = Case.everywhere.within(clerk.post.division.span).order_by("-pk")[0].number
        pages = [
            (Page("one case", clerk, f"/desk/cases/{number}/", 0), VIEW),
            (Page("one case, similar ones", clerk, f"/desk/cases/{number}/similar/", 0), VIEW),
            (Page("list of the area", head, "/desk/area/", 0), LIST),
            (Page("list of what is to do", clerk, "/desk/", 0), LIST),
        ]
        table = page_rows(pages, times)
        head_of_table = ("", "rows", "without", "with", "cost", "limit", "of it", "clock ratio")
        show(
            f"Pages with their access rows, {times} times by turns, ms of the processor", head_of_table, table
        )
        begun, size = perf_counter(), _size()
        own = lay_down(count, clerk)
        per_row = (_size() - size) / count
        print(
            f"\n{count:,} rows laid down in {perf_counter() - begun:.0f} s, {per_row:.0f} bytes each with indexes"
        )
        show(
            f"Who looked, {count:,} rows",
            ("", "p50 ms", "p95 ms", "processor ms", "limit", "of it"),
            log_rows(own, times),
        )


def _give_contacts() -> None:
    """Every matter somebody's, so that a list of fifty is fifty rows."""
    for case in Case.everywhere.filter(reporter=None):
        case.reporter = _contact(f"137{random.randrange(10**8):08d}")
        Case.everywhere.filter(pk=case.pk).update(reporter=case.reporter)


def _size() -> int:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return sum(
            each.stat().st_size for each in HOME.rglob("*") if connection.settings_dict["NAME"] in str(each)
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('residents_access')")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
