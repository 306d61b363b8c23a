"""A process that takes reports in with photos, from several threads, and says of each when it is acknowledged.

    python -m tests.faults.reporter ACKNOWLEDGED COUNT THREADS [SYNCHRONOUS]

Each acknowledgement is one line, written at once: the case's number and its photo's digest. The sequencer runs beside.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import traceback
from itertools import count
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  after the settings are read
from django.db.backends.signals import connection_created  # noqa: E402

from linli.base.errors import Refusal  # noqa: E402
from linli.divisions.models import Division  # noqa: E402
from linli.kinds.matters import actions  # noqa: E402
from linli.ledger.sequencing import sequence  # noqa: E402
from linli.posts.actor import PartyActor  # noqa: E402
from linli.residents.keeping import GivenContact  # noqa: E402


def main() -> None:
    """Report until so many are acknowledged; every refusal is said on standard output."""
    file, wanted, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    synchronous = sys.argv[4] if len(sys.argv) > 4 else ""
    if connection.vendor == "sqlite":
        connection_created.connect(lambda connection, **_told: _set(connection, synchronous), weak=False)
    threading.excepthook = _give_up
    acknowledged = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    grid = Division.objects.current().filter(kind="grid")[0]
    numbers, done = count(), threading.Event()
    sequencer = threading.Thread(target=_sequence, args=(done,))
    sequencer.start()
    workers = [
        threading.Thread(target=_report, args=(grid, numbers, wanted, acknowledged))
        for _thread in range(threads)
    ]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    done.set()
    sequencer.join()


def _set(opened: Any, synchronous: str) -> None:
    """Checkpoints often, so that power is cut during some; and another durability for the test of the test."""
    with opened.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint=60")
        if synchronous:
            cursor.execute(f"PRAGMA synchronous={synchronous}")


def _give_up(told: threading.ExceptHookArgs) -> None:
    traceback.print_exception(told.exc_value)
    os._exit(3)


def _report(grid: Division, numbers: Any, wanted: int, acknowledged: int) -> None:
    while (number := next(numbers)) < wanted:
        photo = f"a picture {number} ".encode() * 40
        try:
            taken = actions.report(
                by=PartyActor("reporter"), text=f"路灯坏了 {number}", division=grid,
                contact=GivenContact("李小芳", f"139{number:08d}"), photos=[photo],
            )  # fmt: skip
        except (Refusal, OSError) as refused:
            print(f"refused: {refused}", flush=True)
            continue
        os.write(acknowledged, f"{taken.number} {hashlib.sha256(photo).hexdigest()}\n".encode())
    connection.close()


def _sequence(done: threading.Event) -> None:
    while not done.is_set():
        try:
            sequence()
        except (Refusal, OSError) as refused:
            print(f"refused: {refused}", flush=True)
        done.wait(0.02)
    connection.close()


if __name__ == "__main__":
    main()
