"""How long a clerk waits for a list when there are 100,000 matters.

    python bench/worklist.py [matters]

The matters are put in set-wise with `open_many`, placed and indexed; then the pages of the desk are asked over
HTTP, one after the other: the to-do list of 50, its next page, the area, the area by two characters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from time import perf_counter
from urllib.parse import quote

from _desk import Page, timed_pages
from _desk import head as headings
from _ground import county, show
from limits import TEXT, reporting_grids

from linli.base.generations import refresh
from linli.cases.lists import to_do
from linli.cases.models import Category, Task
from linli.cases.opening import Draft, open_many
from linli.cases.search import fold
from linli.kinds.matters.models import Matter, Placing
from linli.ledger.sequencing import sequence_all
from linli.portals.demo.world import standing_world
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

MOST_STATEMENTS, P95 = 8, 50.0
CLERK, HEAD = "chengguan_clerk", "county_clerk"
OTHERS = ("下水道堵了，污水漫到路上。", "楼道里堆着旧家具，消防通道过不去。", "夜里施工太吵，孩子睡不着。")
ASKED = 60


def drafts(count: int) -> Iterator[Draft]:
    """Reports spread over all grids; one in four is about the street lamp that is searched for."""
    grids, category = reporting_grids(), Category.objects.order_by("code")[0]
    for number in range(count):
        grid = grids[number % len(grids)]
        text = TEXT if number % 4 == 0 else f"{OTHERS[number % 3]}（{number}）"
        yield Draft(
            kind="matters",
            by=PartyActor("reporter"),
            division=grid,
            category=category,
            detail=Matter(text=text, placing=Placing.CHOSEN),
            summary=text,
            channel="web",
            contact=GivenContact("李小芳", "13912345678") if number % 2 else GivenContact(),
        )


def fill(count: int) -> float:
    """Put them in, 500 to a commit; place and index them. The seconds the putting in took."""
    begun = perf_counter()
    coming = drafts(count)
    while batch := list(islice(coming, 500)):
        open_many(batch)
    taken = perf_counter() - begun
    sequence_all()
    while fold(2000):
        pass
    return taken


def main() -> None:
    """Fill, then ask."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with county() as database:
        taken = fill(count)
        print(f"{count:,} matters put in by open_many in {taken:.1f} s: {count / taken:,.0f} per second")
        refresh()
        world = standing_world()
        clerk, head = world.by(CLERK), world.by(HEAD)
        open_tasks = Task.objects.filter(post=clerk.post, closed_at=None).count()
        pages = [
            Page(f"to do: 50 of {open_tasks:,}", clerk, "/desk/", P95),
            Page("to do: the next 50", clerk, f"/desk/?after={to_do(clerk).next_key}", P95),
            Page(f"area: 50 of {count:,}", head, "/desk/area/", P95),
            Page("area: two characters (路灯)", head, f"/desk/area/?words={quote('路灯')}", P95),
            Page("area: two words (路灯 老人)", head, f"/desk/area/?words={quote('路灯 老人')}", P95),
        ]
        rows = timed_pages(database, pages, times=ASKED, statements_wanted=MOST_STATEMENTS)
    show("Pages of the desk, one after the other", headings(MOST_STATEMENTS), rows)


if __name__ == "__main__":
    main()
