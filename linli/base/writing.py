"""The one way to write: `writing()`.

SQLite has exactly one writer. Threads that race for it with BEGIN IMMEDIATE sleep and retry, and some starve
for seconds (measured 3.6-4.3 s; with a queue 34 ms), so every write transaction of the process waits its turn here,
and at a gate for those of the processes that are forked from the same one.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import sleep
from typing import Any

from django.db import OperationalError, connection, transaction

from linli.base.errors import Unavailable, Unsure

GIVING_WAY = 0.01  # seconds: enough for a process that waits at the gate to wake up


def give_way() -> None:
    """Let others write before one's next batch: the gate between processes keeps no order, and whoever has just left
    it would mostly be the first to be back.
    """
    sleep(GIVING_WAY)


class FairLock:
    """A lock that serves in order of arrival (threading.Lock promises no order)."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *exc: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class _Gate:
    """Between processes that write to one file. The system keeps it, and opens it when the one inside dies."""

    def __init__(self) -> None:
        self._file = 0

    def put_up(self) -> None:
        """From here on this process and those forked from it pass one at a time."""
        self._file = self._file or os.memfd_create("linli-gate")  # on no disk, which may be full

    def __enter__(self) -> None:
        if self._file:
            fcntl.lockf(
                self._file, fcntl.LOCK_EX
            )  # of the process, not of the file's handle, which all inherit

    def __exit__(self, *exc: object) -> None:
        if self._file:
            fcntl.lockf(self._file, fcntl.LOCK_UN)


_turn, _gate = FairLock(), _Gate()
queue_across_processes = _gate.put_up
_LINE = "08"  # PostgreSQL's class of troubles with the line
_CANNOT_STORE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}


@contextmanager
def writing() -> Iterator[None]:
    """Open the write transaction, or join the one this thread already has. All or nothing.

    Raises Unavailable when the store cannot take anything (disk full, locked for too long, gone), Unsure when it may
    have: the line to the database broke at the commit.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _queueing(), _store_trouble_as_refusal() as reached, transaction.atomic():
        yield
        reached.at_commit = True


def write_alone(statement: str, values: Sequence[Any]) -> None:
    """Run one statement that is a transaction of its own: it is durable when this returns, or Unavailable was raised.

    By the bare driver, for what is written with every page: to begin and to end a transaction around one statement
    costs more than the statement. Placeholders are the driver's.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A statement within a transaction is not one of its own.")
    connection.ensure_connection()
    with _queueing(), _store_trouble_as_refusal(), connection.wrap_database_errors:
        connection.connection.execute(statement, values)


@contextmanager
def _queueing() -> Iterator[None]:
    if connection.vendor == "sqlite":
        with _turn, _gate:
            yield
    else:
        yield


@dataclass
class _Reached:
    """How far a transaction has come: all its statements are done, and only the commit is left."""

    at_commit: bool = False


@contextmanager
def _store_trouble_as_refusal() -> Iterator[_Reached]:
    reached = _Reached()
    try:
        yield reached
    except OperationalError as trouble:
        if not is_store_trouble(trouble):
            raise
        raise (Unsure if reached.at_commit and _is_cut(trouble) else Unavailable) from trouble


def is_store_trouble(trouble: OperationalError) -> bool:
    """Whether the database could not write at all, as against a mistake in a statement."""
    cause = trouble.__cause__
    if isinstance(cause, sqlite3.OperationalError):
        primary = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return primary in _CANNOT_STORE
    return _sort_of(trouble) in {_LINE, "53", "57"}


def _is_cut(trouble: OperationalError) -> bool:
    """Whether the line to the database broke, so that what it said last did not arrive."""
    return not isinstance(trouble.__cause__, sqlite3.Error) and _sort_of(trouble) in {_LINE, "57"}


def _sort_of(trouble: OperationalError) -> str:
    """The class of PostgreSQL's code; where the line broke there is none, and it counts as that."""
    return (getattr(trouble.__cause__, "sqlstate", None) or _LINE)[:2]
