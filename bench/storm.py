"""A storm: 256 connections report without a pause while a clerk works; nobody is lost, memory stays flat.

    python bench/storm.py [seconds]

Who is told that there is no room (503, Retry-After) comes again when it says. In the same run: a clerk's pages, one
after the other, before the storm and in it; the server's memory each quarter of it; and what is stored afterwards
against what was acknowledged.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from time import perf_counter, sleep
from urllib.parse import urlsplit
from uuid import uuid4

from _client import Run, closed_loop, patient_loop, send
from _desk import Clerk
from _ground import county, megabytes, percentile, processes_of, servers, serving, show
from django.db import connection
from intake import ADDRESS, reports
from limits import reporting_grids

from linli.cases.models import Case
from linli.portals.demo.world import standing_world
from linli.web.middleware import COME_AGAIN

CONNECTIONS, CLERKS_P95 = 256, 200.0
PAGES = ("/desk/", "/desk/area/", "/desk/done/")


def storm(port: int, bodies: list[bytes], seconds: float) -> Run:
    """Reports over all connections, each with a key of its own."""
    run_id = uuid4().hex

    def next_request(number: int) -> bytes:
        return send(ADDRESS, bodies[number % len(bodies)], Idempotency_Key=f"{run_id}-{number}")

    return patient_loop(port, CONNECTIONS, next_request, seconds=seconds, come_again=COME_AGAIN)


def weigh(server: servers.Server, seconds: float) -> list[float]:
    """Megabytes of the server at the end of each quarter."""
    weights, begun = [], perf_counter()
    for quarter in range(1, 5):
        sleep(max(0.0, begun + quarter * seconds / 4 - perf_counter()))
        weights.append(megabytes(processes_of(server), "Pss"))
    return weights


def clerk_works(port: int, requests: list[bytes], seconds: float) -> Run:
    """One page after the other."""
    return closed_loop(port, 1, lambda number: requests[number % len(requests)], seconds=seconds)


def main() -> None:
    """Calm, then storm; the table says what it did to whom."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 120.0
    busy = os.getloadavg()[0]
    with county() as database:
        bodies = reports(reporting_grids())
        clerk = Clerk.sitting(standing_world().by("chengguan_clerk"))
        requests, before = [clerk.page(path) for path in PAGES], Case.everywhere.count()
        connection.close()
        with serving(database) as server, ThreadPoolExecutor(1) as scales:
            port = urlsplit(server.url).port or 0
            calm = clerk_works(port, requests, 5.0)
            weighed = scales.submit(weigh, server, seconds)
            with get_context("fork").Pool(1) as desk:
                working = desk.apply_async(clerk_works, (port, requests, seconds))
                run = storm(port, bodies, seconds)
                stormy = working.get()
            weights = weighed.result()
        stored = Case.everywhere.count() - before
    report(run, (calm, stormy), weights, stored)
    print(f"\nOthers kept {busy:.1f} of {os.cpu_count()} cores busy when this began.")


def report(run: Run, clerk: tuple[Run, Run], weights: list[float], stored: int) -> None:
    """Print the tables; stop when something was lost, or broke."""
    calm, stormy = (percentile(each.milliseconds, 0.95) for each in clerk)
    acknowledged, refused = run.statuses[201], run.statuses[503]
    other = {status: number for status, number in run.statuses.items() if status not in {201, 503}}
    rows = [
        ("reports taken in a second", acknowledged / run.seconds, ""),
        ("asked to come again, a second", refused / run.seconds, ""),
        (
            "p50 / p99 of what was taken in, ms",
            percentile(run.milliseconds, 0.5),
            percentile(run.milliseconds, 0.99),
        ),
        ("a clerk's page, p95 before / in the storm, ms", calm, stormy),
        ("memory, end of first / last quarter, MB", weights[0], weights[-1]),
        ("and of those between, MB", weights[1], weights[2]),
    ]
    show(f"{CONNECTIONS} connections, {run.seconds:.0f} s", ("", "", ""), rows)
    if other or stored < acknowledged:
        raise SystemExit(f"Broken: {other or ''} {acknowledged} acknowledged, {stored} stored")
    met = "met" if stormy <= CLERKS_P95 else "NOT met"
    print(f"\nNothing lost ({stored} stored). A clerk's page within {CLERKS_P95:.0f} ms: {met}.")


if __name__ == "__main__":
    main()
