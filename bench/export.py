"""How long the loop makes an Excel file of the whole area, and how much more memory it takes the longer the file is.

    python bench/export.py [matters]

The matters are put in set-wise; then the head's area is exported as it is from the desk: ordered, made by the loop.
"""

from __future__ import annotations

import os
import sys
from time import process_time

from _ground import county, megabytes, show, timed
from worklist import fill

from linli.base.generations import refresh
from linli.cases import exports
from linli.cases.exports import Wanted, file_of
from linli.portals.demo.world import standing_world
from linli.portals.desk.exports import make_waiting

HEAD = "county_head"
MOST_SECONDS = 60.0
PARTS = 2  # so often the memory is looked at while more and more rows are exported


def main() -> None:
    """Fill in parts, and export after each."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    own, rows = [os.getpid()], []
    with county():
        refresh()
        by = standing_world().by(HEAD)
        for form in ("csv", "xlsx"):
            _exported(form, by)  # what is loaded once is loaded now
        for part in range(1, PARTS + 1):
            fill(count // PARTS)
            for form in ("csv", "xlsx"):
                before, begun = megabytes(own, "Rss"), process_time()
                seconds, size = _exported(form, by)
                worked = process_time() - begun
                more = megabytes(own, "Rss") - before
                label = f"{count * part // PARTS:,} rows, {form}"
                rows.append((label, seconds, worked, seconds / MOST_SECONDS, size, more))
    head = ("", "seconds", "of them CPU", f"of {MOST_SECONDS:.0f} s", "file MB", "more memory MB")
    show("The area as a file", head, rows)


def _exported(form: str, by: object) -> tuple[float, float]:
    """Seconds to make one, and its megabytes."""
    export = exports.order(Wanted("area", "", "bench", form), by=by)
    seconds = timed(make_waiting)
    export.refresh_from_db()
    path = file_of(export)
    size = path.stat().st_size / 1e6
    path.unlink()
    return seconds, size


if __name__ == "__main__":
    main()
