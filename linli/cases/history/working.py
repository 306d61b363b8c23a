"""Preparing sets of rows: here, or in processes beside this one while it inserts."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from threading import Thread
from uuid import UUID

import django
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections

from linli.base.errors import Invalid, Refusal
from linli.base.generations import refresh
from linli.base.tabular import Row
from linli.cases.history.reading import Sheet
from linli.cases.kinds import kind_of
from linli.cases.replaying import Past, Prepared, prepare

Numbered = tuple[int, Row]
_AHEAD = 2  # sets prepared ahead for each process


@dataclass
class ReadySet:
    """A set of rows and what it came to; `notes` by row number."""

    rows: Sequence[Numbered]
    prepared: Prepared
    notes: dict[int, list[str]] = field(default_factory=dict)


def ready(sheet: Sheet, rows: Sequence[Numbered]) -> ReadySet:
    """Read rows and carry them through in memory; the outcomes stand in the order of the rows."""
    notes: dict[int, list[str]] = {}
    read = [_read(sheet, row, notes.setdefault(number, [])) for number, row in rows]
    prepared = prepare([each for each in read if isinstance(each, Past)])
    came_of: Iterator[UUID | Refusal] = iter(prepared.outcomes)
    prepared.outcomes = [each if isinstance(each, Refusal) else next(came_of) for each in read]
    return ReadySet(rows, prepared, {number: said for number, said in notes.items() if said})


def _read(sheet: Sheet, row: Row, notes: list[str]) -> Past | Refusal:
    try:
        return sheet.past(row, notes)
    except Invalid as trouble:
        return trouble


@contextmanager
def preparing(sheet: Sheet, jobs: int) -> Iterator[Preparing]:
    """Where sets are prepared: in this process (jobs 1), or in as many others."""
    if jobs <= 1:
        yield Preparing(sheet)
        return
    name = str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=_begin, initargs=(name, sheet.map, sheet.kind.name)
    ) as pool:
        yield Preparing(sheet, pool, jobs)


class Preparing:
    """Takes sets of rows and gives them back ready, in their order."""

    def __init__(self, sheet: Sheet, pool: ProcessPoolExecutor | None = None, jobs: int = 0) -> None:
        self.sheet, self.pool, self.most = sheet, pool, jobs * _AHEAD
        self.waiting: deque[Future[ReadySet]] = deque()

    def all(self, sets: Iterator[Sequence[Numbered]]) -> Iterator[ReadySet]:
        """Each set, prepared; a few are prepared ahead, so memory stays flat."""
        for rows in sets:
            if self.pool is None:
                yield ready(self.sheet, rows)
                continue
            self.waiting.append(self.pool.submit(_ready, rows))
            if len(self.waiting) > self.most:
                yield self.waiting.popleft().result()
        while self.waiting:
            yield self.waiting.popleft().result()


# --- in the other process -----------------------------------------------------------------------------------

_sheets: list[Sheet] = []


def _begin(database: str, columns: object, kind: str) -> None:
    """Lay the ground of a process that was started for this; it ends with the one that started it."""
    if not apps.ready:
        django.setup()
    connections[DEFAULT_DB_ALIAS].settings_dict["NAME"] = database
    refresh()
    Thread(target=_end_with_parent, daemon=True).start()
    _sheets[:] = [Sheet(columns, kind_of(kind))]  # type: ignore[arg-type]


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _ready(rows: Sequence[Numbered]) -> ReadySet:
    return ready(_sheets[0], rows)
