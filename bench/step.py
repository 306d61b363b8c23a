"""What one step of a clerk costs: a form sent from the desk, and the same step by a machine with a token.

    python bench/step.py [steps]

Each accepts a matter of its own, one after the other and eight at once; with the statements either takes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from _client import Run, closed_loop
from _desk import Clerk, counted, statements
from _ground import county, percentile, serving, show
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from limits import limits, reporting_grids, request

from linli.base.frames import in_one_stretch
from linli.base.writing import writing
from linli.cases.steps import open_case
from linli.portals.demo.world import standing_world
from linli.posts.actor import PartyActor

MOST_STATEMENTS = 15
CLERK = "county_clerk"
CATEGORY = "0201"


def report(count: int) -> list[str]:
    """Numbers of fresh matters."""
    grids = reporting_grids()
    with writing():
        reported = [open_case("matters", request(n, grids), by=PartyActor("reporter")) for n in range(count)]
    return [opened.number for opened in reported]


def by_desk(clerk: Clerk, numbers: list[str]) -> Callable[[int], bytes]:
    """The form that accepts the n-th matter."""
    values = {"seen": 1, "category": CATEGORY, "note": "已受理"}
    return lambda n: clerk.form(f"/desk/cases/{numbers[n]}/accept/", values)


def by_api(clerk: Clerk, numbers: list[str]) -> Callable[[int], bytes]:
    """The JSON that accepts the n-th matter."""
    body = json.dumps({"seen": 1, "category": CATEGORY, "note": "已受理"}).encode()
    return lambda n: clerk.json(f"/api/v1/matters/{numbers[n]}/accept", body)


def measure(label: str, run: Run, asked: int, one_per_commit: float) -> tuple[object, ...]:
    """A row of the table; stops when a step was not taken."""
    if any(status >= 400 for status in run.statuses):
        raise SystemExit(f"{label}: not all steps were taken: {dict(run.statuses)}")
    p50, p95 = percentile(run.milliseconds, 0.5), percentile(run.milliseconds, 0.95)
    return label, asked, asked / MOST_STATEMENTS, run.rate, p50, p95, run.rate / one_per_commit


def api_statements(token: str, number: str) -> int:
    """How many statements the step takes by token."""
    client = Client(headers={"authorization": f"Bearer {token}", "host": "127.0.0.1"})
    body = {"seen": 1, "category": CATEGORY}
    with CaptureQueriesContext(connection) as asked:
        client.post(f"/api/v1/matters/{number}/accept", body, content_type="application/json")
    return counted(asked)


def main() -> None:
    """Accept matters both ways."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    bare = limits().one_per_commit
    with county() as database:
        by = standing_world().by(CLERK)
        clerk = Clerk.sitting(by)
        numbers = report(4 * steps + 4)
        for number in numbers[-4:-2]:  # the second counts: by then all that is kept has been read
            at_desk = statements(by, f"/desk/cases/{number}/accept/", {"seen": 1, "category": CATEGORY})
        for number in numbers[-2:]:
            by_token = api_statements(clerk.token, number)
        connection.close()
        rows = []
        with serving(database) as server:
            port = urlsplit(server.url).port or 0
            for label, way, asked in (("desk form", by_desk, at_desk), ("API with token", by_api, by_token)):
                for connections in (1, 8):
                    mine = [numbers.pop(0) for _step in range(steps)]
                    run = closed_loop(port, connections, way(clerk, mine), most=steps)
                    rows.append(measure(f"{label}, {connections} at once", run, asked, bare))
    head = ("", "statements", f"of {MOST_STATEMENTS}", "per second", "p50 ms", "p95 ms", "of bare commits")
    show(f"Accepting a matter, {steps} steps each", head, rows)


if __name__ == "__main__":
    in_one_stretch(main)
