"""How long lists take when some years of a county lie behind them: narrowed in every way, and deep down.

    python bench/lists.py [matters]

A hundred thousand matters, or a million, as `_many` lays them down; the pages are asked over HTTP, one after the
other: to do, area and search, each from its beginning and from far down. Words are found as the newest twenty too.
"""

from __future__ import annotations

import sys
from urllib.parse import urlencode

import _many
from _desk import Page, timed_pages
from _desk import head as headings
from _ground import county, median, show, timed

from linli.base.frames import in_one_stretch
from linli.base.generations import refresh
from linli.cases import lists
from linli.cases.models import Case, Task
from linli.cases.narrowing import Narrowing
from linli.portals.demo.world import standing_world
from linli.posts.actor import PostActor

MOST_STATEMENTS, TO_DO, NARROWED, NEWEST_TWENTY = 8, 50.0, 80.0, 20.0
CLERK, HEAD = "chengguan_clerk", "county_head"
ASKED = 30
NARROWINGS = (
    {"stage": "matters.closed"}, {"stage": "matters.returned"}, {"state": "overdue"}, {"state": "soon"},
    {"channel": "paper"}, {"place": "990101001"}, {"stage": "matters.dispatched", "channel": "phone"},
    {"state": "overdue", "channel": "visit", "place": "990101001"},
    {"stage": "matters.closed", "channel": "paper", "opened_since": "2025-01-01", "opened_until": "2025-06-30"},
    {"words": "路灯"}, {"words": "野猪"}, {"words": "路灯", "state": "overdue"},
    {"words": "老街 路灯", "stage": "matters.returned", "place": "990101001"},
)  # fmt: skip


def pages(clerk: PostActor, head: PostActor) -> list[Page]:
    """What is asked, by whom."""
    middle = Task.objects.filter(post=clerk.post, closed_at=None).order_by("pressing_at", "pk")
    far = middle[middle.count() * 9 // 10]
    deep = Case.everywhere.order_by("-pk").values_list("pk", flat=True)[Case.everywhere.count() * 9 // 10]
    return [
        Page("to do", clerk, "/desk/", TO_DO),
        Page("to do, nine tenths down", clerk, f"/desk/?after={lists._key(far.pressing_at, far.pk)}", TO_DO),
        Page("area", head, "/desk/area/", NARROWED),
        Page("area, nine tenths down", head, f"/desk/area/?after={deep}", NARROWED),
        *(
            Page(", ".join(each.values()), head, f"/desk/area/?{urlencode(each)}", NARROWED)
            for each in NARROWINGS
        ),
    ]


def main() -> None:
    """Fill, then ask."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with county() as database:
        world = standing_world()
        print(f"{count:,} matters laid down in {_many.fill(world, count):.0f} s")
        refresh()
        clerk, head = world.by(CLERK), world.by(HEAD)
        twenty = [
            (
                words,
                median(
                    timed(lambda words=words: lists.in_area(head, Narrowing(words=words), most=20)) * 1000
                    for _turn in range(20)
                ),
            )
            for words in ("路灯", "野猪")
        ]
        rows = timed_pages(database, pages(clerk, head), times=ASKED, statements_wanted=MOST_STATEMENTS)
    show(
        f"Lists of {count:,}, one after the other (a search is on record: three statements more)",
        headings(MOST_STATEMENTS),
        rows,
    )
    table = [(words, taken, NEWEST_TWENTY, taken / NEWEST_TWENTY) for words, taken in twenty]
    show("The newest twenty with two characters", ("", "ms", "limit ms", "of it"), table)


if __name__ == "__main__":
    in_one_stretch(main)
