"""How much memory the demo's server takes, at rest and after a thousand requests, and how soon it answers.

    python bench/memory.py [requests]

A server is timed from the command to its first 200 on /readyz; another, with the demo's doors and simulator, is
weighed before and after its pages were asked over sixteen connections.
"""

from __future__ import annotations

import sys
import time
from urllib.parse import urlsplit

from _client import closed_loop, get
from _ground import HOME, county, megabytes, processes_of, serving, show
from django.db import connection

MOST_MEGABYTES, READY_WITHIN = 300.0, 3.0
PAGES = ("/", "/report/", "/follow/", "/api/v1/openapi.json", "/readyz", "/account/login/")


def main() -> None:
    """Start, ask, weigh."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with county() as database:
        connection.close()
        ready = []
        for _start in range(3):
            with serving(database) as server:
                ready.append(server.ready_after)
        with serving(database, LINLI_DEMO="1") as server:
            time.sleep(2)
            processes = processes_of(server)
            before = [megabytes(processes, what) for what in ("Rss", "Pss")]
            run = closed_loop(
                urlsplit(server.url).port or 0, 16, lambda n: get(PAGES[n % len(PAGES)]), most=requests
            )
            after = [megabytes(processes, what) for what in ("Rss", "Pss")]
    if any(status >= 400 for status in run.statuses):
        raise SystemExit(f"Not all pages were answered: {dict(run.statuses)}")
    rows = [
        (
            "start to the first 200 of /readyz, best of 3, s",
            min(ready),
            READY_WITHIN,
            min(ready) / READY_WITHIN,
        ),
        (
            f"PSS of {len(processes)} processes at rest, MB",
            before[1],
            MOST_MEGABYTES,
            before[1] / MOST_MEGABYTES,
        ),
        (f"PSS after {requests} requests, MB", after[1], MOST_MEGABYTES, after[1] / MOST_MEGABYTES),
        ("RSS (shared pages counted twice) at rest, MB", before[0], "", ""),
        (f"RSS after {requests} requests, MB", after[0], "", ""),
    ]
    show(f"Memory and start ({HOME.name})", ("", "is", "limit", "ratio"), rows)


if __name__ == "__main__":
    main()
