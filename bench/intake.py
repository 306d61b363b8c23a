"""How many reports a second one `linli serve` takes in, end to end, with everything on.

    python bench/intake.py [seconds]          on SQLite, synchronous=FULL
    python bench/intake.py [seconds] --slow   the same, with 5 ms added to every sync (needs a C compiler)
    LINLI_BENCH_POSTGRES=postgres://user@127.0.0.1:5432/linli python bench/intake.py

`POST /api/v1/matters` over keep-alive connections: contact sealed, place found, clock, task, ledger entry and
notice written, the worker loops running; client and server share the machine's cores. Compared with the same rows
put in by the bare driver in the same run, and with Signalen as we measured it (anchors-cases §1).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from time import monotonic, sleep
from urllib.parse import urlsplit
from uuid import uuid4

from _client import Run, closed_loop, open_loop, send
from _ground import HOME, county, cpu_seconds, loop_seconds, percentile, processes_of, servers, serving, show
from django.db import connection
from limits import limits, reporting_grids, request

from linli.cases.models import Case, Notice
from linli.divisions.models import Division
from linli.ledger.models import Entry, Position

SIGNALEN = 12.0  # matters per second end to end, its queue worked off, on such a machine
GOAL, FLOOR, FLOOR_P99 = 1200, 300, 50.0
ADDRESS = "/api/v1/matters"
ROUNDS = 3
SLOW_SYNCS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
int fsync(int f) { usleep(5000); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(f); }
int fdatasync(int f) { usleep(5000); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(f); }
"""


def reports(grids: list[Division]) -> list[bytes]:
    """Requests to choose from, each with a contact; the key is put in when one is sent."""
    return [_body(number, grids) for number in range(500)]


def _body(number: int, grids: list[Division]) -> bytes:
    said = request(number, grids)
    contact = {"name": said.pop("name"), "phone": said.pop("phone")}
    return json.dumps({**said, "contact": contact}, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Load:
    """How requests come: over so many connections, each as soon as the last is answered, or so many a second."""

    connections: int
    arriving: float = 0.0

    def __str__(self) -> str:
        if self.arriving:
            return f"{self.arriving:.0f}/s arriving by themselves"
        return f"{self.connections} connections, each at once again"


@dataclass(frozen=True)
class Used:
    """Processor microseconds of one report: of the web threads with the writer, and of the worker loops."""

    web: float
    loops: float


def one_run(server: servers.Server, bodies: list[bytes], load: Load, seconds: float) -> tuple[Run, Used]:
    """One run, and the server's processor time per report."""
    port = urlsplit(server.url).port or 0
    processes = processes_of(server)
    before, loops, run_id = cpu_seconds(processes), loop_seconds(processes), uuid4().hex

    def next_request(number: int) -> bytes:
        return send(ADDRESS, bodies[number % len(bodies)], Idempotency_Key=f"{run_id}-{number}")

    if load.arriving:
        run = open_loop(port, load.connections, next_request, per_second=load.arriving, seconds=seconds)
    else:
        run = closed_loop(port, load.connections, next_request, seconds=seconds)
    each = 1e6 / len(run.milliseconds)
    looped = loop_seconds(processes) - loops
    return run, Used((cpu_seconds(processes) - before - looped) * each, looped * each)


def measure(load: Load, seconds: float, *, slow: bool) -> tuple[object, ...]:
    """Some runs against one server; the row of the table."""
    with county() as database:
        bodies = reports(reporting_grids())
        connection.close()
        with serving(database, **({"LD_PRELOAD": slow_syncs()} if slow else {})) as server:
            one_run(server, bodies, Load(8), 1.0)
            runs = [one_run(server, bodies, load, seconds) for _round in range(ROUNDS)]
            lag = _caught_up()
        _check(runs)
    all_times = [each for run, _used in runs for each in run.milliseconds]
    rates = [run.rate for run, _used in runs]
    client = sum(run.client_cpu for run, _used in runs) / len(all_times) * 1e6
    return (
        str(load), median(rates), max(rates), percentile(all_times, 0.5), percentile(all_times, 0.99),
        f"{median(used.web for _run, used in runs):.0f}", f"{median(used.loops for _run, used in runs):.0f}",
        f"{client:.0f}", f"{lag:.1f} s",
    )  # fmt: skip


def slow_syncs() -> str:
    """A library that makes every fsync and fdatasync of a process 5 ms slower, built for this run."""
    source, library = HOME / "slow.c", HOME / "slow.so"
    source.write_text(SLOW_SYNCS)
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return str(library)


def _caught_up(patience: float = 60.0) -> float:
    """How long after the last report the loops have placed every entry and sent every notice."""
    begun = monotonic()
    while monotonic() - begun < patience:
        if (
            Entry.objects.count() == Position.objects.count()
            and not Notice.objects.exclude(state="sent").exists()
        ):
            break
        sleep(0.1)
    return monotonic() - begun


def _check(runs: list[tuple[Run, Used]]) -> None:
    """A number is worth nothing when answers were refusals, or cases are not there."""
    refused = {
        status: number for run, _used in runs for status, number in run.statuses.items() if status != 201
    }
    taken = sum(run.statuses[201] for run, _used in runs)
    if refused or Case.everywhere.count() < taken:
        raise SystemExit(
            f"Not all was taken in: {refused or ''} {taken} acknowledged, {Case.everywhere.count()} stored"
        )


def main() -> None:
    """Measure as fast as it goes, and with what the floor asks for; say how that compares."""
    given = [each for each in sys.argv[1:] if each != "--slow"]
    seconds, slow = float(given[0]) if given else 5.0, "--slow" in sys.argv
    bare, busy = limits(), os.getloadavg()[0]
    head = (
        "",
        "median/s",
        "best/s",
        "p50 ms",
        "p99 ms",
        "web CPU µs",
        "loops µs",
        "client µs",
        "loops behind",
    )
    loads = [Load(1), Load(8), Load(16), Load(64), Load(64, arriving=FLOOR)]
    rows = [measure(load, seconds, slow=slow) for load in loads]
    where = f"{connection.vendor}{', 5 ms more to every sync' if slow else ''}"
    show(f"Public intake on {where}, end to end, {ROUNDS} runs of {seconds:.0f} s each", head, rows)
    rate = max(float(str(row[1])) for row in rows)
    kept, slow = float(str(rows[-1][1])), float(str(rows[-1][4]))
    met = "met" if kept >= 0.95 * FLOOR and slow <= FLOOR_P99 else "NOT met"
    compared = [
        (
            "bare inserts of the same rows, one case per commit",
            bare.one_per_commit,
            rate / bare.one_per_commit,
        ),
        ("bare inserts of the same rows, 32 per commit", bare.many_per_commit, rate / bare.many_per_commit),
        ("Signalen, end to end, as measured", SIGNALEN, rate / SIGNALEN),
        (f"goal {GOAL}/s", GOAL, rate / GOAL),
        (f"floor {FLOOR}/s", FLOOR, rate / FLOOR),
    ]
    show(f"{rate:,.0f} reports per second against", ("", "per second", "ours is x"), compared)
    print(
        f"\nFloor: {FLOOR}/s arriving, p99 <= {FLOOR_P99:.0f} ms: {met} ({kept:.0f}/s, p99 {slow:.1f} ms). "
        f"Others kept {busy:.1f} of {os.cpu_count()} cores busy when this began."
    )


if __name__ == "__main__":
    main()
