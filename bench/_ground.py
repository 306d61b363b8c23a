"""The ground the benches stand on: a throw-away home and keys, copies of the demo county, servers, plain tables.

Imported first by every bench, because the environment must be laid before Django reads it.
"""

from __future__ import annotations

import atexit
import base64
import logging
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))


def _lay() -> None:
    """A home and keys of the bench's own: the machine's own settings are not its."""
    postgres = os.environ.get("LINLI_BENCH_POSTGRES", "")
    for name in [name for name in os.environ if name.startswith("LINLI_")] + ["DATABASE_URL"]:
        os.environ.pop(name, None)
    home = tempfile.mkdtemp(prefix="linli_bench_")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="linli.conf.settings",
        LINLI_TEST_ROOT=home,
        LINLI_BENCH_HOME=home,
        LINLI_HOME=home,
        LINLI_SECRET_KEY=secrets.token_urlsafe(50),
        LINLI_DATA_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
        LINLI_BACKUP_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
        LINLI_BACKUP_AT="",
        LINLI_BALLAST_MB="0",
        LINLI_PLAIN_HTTP="1",
        LINLI_SECOND_FACTOR="no",  # a bench signs in as tests do; what is measured begins after it
        LINLI_LOG_LEVEL="WARNING",
        **({"DATABASE_URL": postgres} if postgres else {}),
    )
    atexit.register(shutil.rmtree, home, ignore_errors=True)


if "LINLI_BENCH_HOME" not in os.environ:  # else a helper, which imports the bench anew
    _lay()
HOME = Path(os.environ["LINLI_BENCH_HOME"])
POSTGRES = os.environ.get("DATABASE_URL", "")

import django  # noqa: E402  after the environment is laid

django.setup()
logging.disable(logging.INFO)

from linli.base.generations import refresh  # noqa: E402
from tests import databases, servers  # noqa: E402

NO_LIMIT = "1000000000"


@contextmanager
def county() -> Iterator[str]:
    """A database with the demo county in it, to which this process's connections now go."""
    name = databases.copy("bench")
    with databases.pointing_at(name):
        refresh()
        yield name
    databases.drop(name)


@contextmanager
def serving(database: str, **environment: str) -> Iterator[servers.Server]:
    """`linli serve` on a database, without the limit of reports per minute and address."""
    environment.setdefault("LINLI_INTAKE_PER_MINUTE", NO_LIMIT)
    if POSTGRES:  # as one would run it there: a process for each core
        environment.setdefault("LINLI_PROCESSES", str(os.cpu_count() or 1))
    server = servers.start(database, **environment)
    try:
        yield server
    finally:
        server.stop()


def processes_of(server: servers.Server) -> list[int]:
    """The ids of a server's processes: one group, as `servers.start` made it."""
    group = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == server.process.pid:
                group.append(int(entry.name))
        except ProcessLookupError:
            continue
    return group


def cpu_seconds(processes: Sequence[int]) -> float:
    """Processor time these processes have used so far, user and system."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def loop_seconds(processes: Sequence[int]) -> float:
    """The share of `cpu_seconds` that threads begun by the program itself have used: the worker loops, not the web.

    Threads of the web server, and the one that opens what these bring, bear the server's name for its threads.
    """
    ticks = 0
    for process in processes:
        own = Path(f"/proc/{process}/comm").read_text().strip()
        for thread in Path(f"/proc/{process}/task").glob("[0-9]*"):
            name, fields = (thread / "stat").read_text().partition("(")[2].rsplit(")", 1)
            ticks += sum(map(int, fields.split()[11:13])) if name == own else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def megabytes(processes: Sequence[int], what: str) -> float:
    """Memory of some processes: `Rss`, or `Pss`, which divides shared pages among those that share them."""
    total = 0
    for process in processes:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
    return total / 1024


def timed(act: Callable[[], object]) -> float:
    """How many seconds a call takes."""
    begun = perf_counter()
    act()
    return perf_counter() - begun


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all values lie (0.99: the 99th percentile)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a small table: the first column to the left, numbers to the right."""
    table = [[_cell(each) for each in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print(f"\n{title}")
    for first, *others in table:
        print(
            "  " + first.ljust(widths[0]),
            *(cell.rjust(width + 2) for cell, width in zip(others, widths[1:], strict=True)),
        )
    sys.stdout.flush()


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


__all__ = [
    "HOME",
    "county",
    "cpu_seconds",
    "databases",
    "loop_seconds",
    "median",
    "megabytes",
    "percentile",
    "processes_of",
    "servers",
    "serving",
    "show",
    "timed",
]  # fmt: skip
