"""How long a backup takes while people report, and what it costs them, against copying the file.

    python bench/backup.py [megabytes]
    LINLI_BENCH_POSTGRES=postgres://user@127.0.0.1:5432/linli python bench/backup.py

The county's database is filled up to so many megabytes by further entries with words; then, in one run: the file
copied and synced by the system, a sealed backup at rest, and sealed backups by `linli backup`, a process of its own,
while sixteen connections report to a server. Then one is restored apart and compared, as `linli drill` does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import sleep
from urllib.parse import urlsplit
from uuid import uuid4

from _client import Run, closed_loop, send
from _ground import HOME, county, databases, percentile, serving, show, timed
from django.db import connection
from intake import ADDRESS, reports
from limits import TEXT, reporting_grids

from linli.base.writing import writing
from linli.cases.models import Case
from linli.conf.backups.drilling import drill
from linli.conf.backups.folder import Folder
from linli.conf.backups.records import remembered
from linli.ledger.records import By, Line, record_many
from linli.ledger.sequencing import sequence_all

GOAL, CONNECTIONS, ROUNDS, SPELL = 2.0, 16, 3, 12.0
BATCH = 2000
FOLDER = HOME / "backups"


def fill(megabytes: int) -> None:
    """Add entries with words until the database is as large as wanted."""
    line = Line("posts.found", By("system"), division=0, words={"note": TEXT * 8})
    while size() < megabytes << 20:
        with writing():
            record_many([line] * BATCH)
        sequence_all()


def size() -> int:
    """Bytes of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def copy_plainly(source: Path) -> None:
    """What the system needs for the file alone, synced."""
    target = HOME / "plain"
    shutil.copyfile(source, target)
    with target.open("rb") as written:
        os.fsync(written.fileno())
    target.unlink()


def back_up_beside(database: str) -> float:
    """`linli backup` as a timer runs it: the seconds it took, without the start of Python."""
    told = {**os.environ, "DATABASE_URL": databases.url_of(database)}
    command = [sys.executable, "-m", "django", "backup", str(FOLDER)]
    subprocess.run(command, env=told, check=True, capture_output=True)
    noted = remembered("backup")
    return float(noted[1]["seconds"]) if noted else 0.0


def report_for(port: int, bodies: list[bytes], seconds: float) -> Run:
    """Reports without a pause, each with a key of its own."""
    run = uuid4().hex

    def request(number: int) -> bytes:
        return send(ADDRESS, bodies[number % len(bodies)], Idempotency_Key=f"{run}-{number}")

    return closed_loop(port, CONNECTIONS, request, seconds=seconds)


def under_load(database: str, bodies: list[bytes]) -> tuple[Run, Run, list[float]]:
    """Reports alone, then reports with backups beside them, one after the other."""
    with serving(database) as server, ThreadPoolExecutor(1) as beside:
        port = urlsplit(server.url).port or 0
        report_for(port, bodies, 2.0)
        calm = report_for(port, bodies, SPELL)
        backups = beside.submit(_several, database)
        busy = report_for(port, bodies, SPELL)
        return calm, busy, backups.result()


def _several(database: str) -> list[float]:
    taken = []
    for _round in range(ROUNDS):
        sleep(0.5)
        taken.append(back_up_beside(database))
    return taken


def main() -> None:
    """Fill, copy, back up, restore; print the table."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    busy_machine = os.getloadavg()[0]
    with county() as database:
        bodies = reports(reporting_grids())
        fill(megabytes)
        plain = 0.0
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            plain = median(timed(lambda: copy_plainly(Path(database))) for _round in range(ROUNDS))
        folder = Folder(FOLDER)
        resting = median(timed(folder.make) for _round in range(ROUNDS))
        held = size() / (1 << 20)
        connection.close()
        calm, busy, taken = under_load(database, bodies)
        report = drill(folder, folder.chosen())
        stored = Case.everywhere.count()
    acknowledged = calm.statuses[201] + busy.statuses[201]
    beside = median(taken)
    rows = [
        (f"{held:.0f} MB copied and synced by the system, s", plain, ""),
        ("sealed backup at rest, s", resting, resting / plain if plain else ""),
        (f"sealed backup under load, median of {ROUNDS}, s", beside, beside / plain if plain else ""),
        ("reports a second without / with backups", calm.rate, busy.rate),
        ("slowest report without / with backups, ms", max(calm.milliseconds), max(busy.milliseconds)),
        (
            "p99 of reports without / with backups, ms",
            *(percentile(each.milliseconds, 0.99) for each in (calm, busy)),
        ),
        ("restored and compared, s", report.seconds, "passed" if report.passed else "FAILED"),
    ]
    show(f"Backup on {connection.vendor}", ("", "is", "x copy"), rows)
    if not report.passed or set(calm.statuses | busy.statuses) != {201} or stored < acknowledged:
        raise SystemExit(f"Broken: {report.lines} {calm.statuses} {busy.statuses} {stored} stored")
    met = "met" if beside <= GOAL else "NOT met"
    print(
        f"\nGoal: {megabytes} MB under load within {GOAL:.0f} s: {met}. Others kept {busy_machine:.1f} cores busy."
    )


if __name__ == "__main__":
    main()
