"""How fast due dates are reckoned anew after a calendar edit, against a bare UPDATE of the same rows.

    python bench/reckon.py [matters]

The matters are put in set-wise; then one holiday is entered that moves every one of them, and taken out again.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from _ground import county, median, show, timed
from django.db import connection
from django.utils import timezone
from worklist import fill

from linli.base.frames import in_one_stretch
from linli.base.generations import bump
from linli.base.writing import writing
from linli.cases.calendars import calendar_of
from linli.cases.models import CalendarDay, Clock
from linli.cases.reckoning import reckon_again

WANTED = 20_000
BARE = "UPDATE cases_clock SET due_at = %s, first_due = %s, spent = 0 WHERE id = %s AND stopped_at IS NULL"


def bare(count: int) -> None:
    """The same rows updated one by one by a prepared statement, with nothing computed."""
    with writing(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_at, first_due, id FROM cases_clock WHERE stopped_at IS NULL LIMIT %s", [count]
        )
        cursor.executemany(BARE, cursor.fetchall())


def main() -> None:
    """Fill, edit, reckon three times there and back."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with county():
        Clock.objects.update(stopped_at=timezone.now())
        fill(count)
        holiday = calendar_of().next_workday(timezone.localdate() + timedelta(days=1))
        seconds = []
        for worked in (False, True) * 3:
            with writing():
                CalendarDay.objects.update_or_create(
                    division=None, day=holiday, defaults={"worked": worked, "name": "bench"}
                )
                bump("calendar")
            moved: list[int] = []
            seconds.append(timed(lambda moved=moved: moved.append(reckon_again())))
            if moved != [count]:
                raise SystemExit(f"{moved} moved, not {count}")
        plain = median(timed(lambda: bare(count)) for _round in range(3))
        idle = timed(reckon_again)
    pace, taken = count / median(seconds), median(seconds)
    rows = [
        ("reckoned again, all move", taken, pace, pace / WANTED),
        ("looked at, none moves", idle, count / idle, count / idle / WANTED),
        ("bare UPDATE of the same rows", plain, count / plain, count / plain / WANTED),
    ]
    show(f"{count:,} cases", ("", "s", "cases/s", f"of {WANTED:,}"), rows)
    print(f"  reckoning takes {taken / plain:.1f} times a bare UPDATE")


if __name__ == "__main__":
    in_one_stretch(main)
