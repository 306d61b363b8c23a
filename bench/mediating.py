"""What a mediator's home costs when there are 100,000 disputes.

    python bench/mediating.py [disputes]

They are put in set-wise with `open_many`, one in a hundred of them in one mediator's hands, placed and folded, and
what they tell counts as sent, so that no loop catches up meanwhile; then the pages are asked over HTTP, one after the
other: the mediator's list, its next page, only disputes, only those to be looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from time import perf_counter

from _desk import Page, timed_pages
from _desk import head as headings
from _ground import county, show
from limits import reporting_grids

from linli.analytics.folding import fold_all
from linli.base.generations import refresh
from linli.cases.lists import to_do
from linli.cases.models import Category, Notice, Task
from linli.cases.opening import Draft, open_many
from linli.kinds.disputes.models import Dispute
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Post
from linli.registers.models import Mediator
from linli.residents.keeping import GivenContact

MOST_STATEMENTS, P95 = 12, 50.0
BUSY = "范德顺"
OWN, ASKED = 100, 60


def drafts(count: int, busy: Post, others: list[Post]) -> Iterator[Draft]:
    """Requests for mediation spread over all grids; one in `OWN` goes to the busy mediator, the rest to the others."""
    grids = reporting_grids()
    categories = list(Category.objects.filter(kind="disputes").order_by("code"))
    for number in range(count):
        category = categories[number % len(categories)]
        to = others[number % len(others)] if number % OWN else busy
        yield Draft(
            kind="disputes",
            by=PartyActor("reporter"),
            division=grids[number % len(grids)],
            category=category,
            detail=Dispute(text=f"两家说不拢（{number}）。", chair=to),
            summary=str(category),
            channel="web",
            contact=GivenContact("李小芳", "13912345678"),
            to=to.pk,
        )


def fill(count: int, busy: Post, others: list[Post]) -> float:
    """Put them in, 500 to a commit, place and fold them. The seconds the putting in took."""
    begun = perf_counter()
    coming = drafts(count, busy, others)
    while batch := list(islice(coming, 500)):
        open_many(batch)
    taken = perf_counter() - begun
    sequence_all()
    fold_all()
    Notice.objects.update(state="sent")
    return taken


def main() -> None:
    """Fill, then ask."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with county() as database:
        rows = Mediator.objects.select_related("holding__account", "holding__post__division")
        seats = {each.holding.account.called: PostActor(each.holding) for each in rows}
        busy = seats.pop(BUSY)
        taken = fill(count, busy.post, [each.post for each in seats.values()])
        print(f"{count:,} disputes put in by open_many in {taken:.1f} s: {count / taken:,.0f} per second")
        refresh()
        own = Task.objects.filter(post=busy.post, closed_at=None)
        first = own.select_related("case").order_by("pressing_at")[0].case.number
        pages = [
            Page(f"home: 50 of {own.count():,}", busy, "/desk/", P95),
            Page("home: the next 50", busy, f"/desk/?after={to_do(busy).next_key}", P95),
            Page("home: only disputes", busy, "/desk/?stage=disputes.", P95),
            Page("home: only those to be looked at", busy, "/desk/?stage=disputes.applied", P95),
        ]
        rows_shown = timed_pages(database, pages, times=ASKED, statements_wanted=MOST_STATEMENTS)
        print(f"First of them: {first}")
    show("A mediator's home, one page after the other", headings(MOST_STATEMENTS), rows_shown)


if __name__ == "__main__":
    main()
