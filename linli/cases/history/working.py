"""Preparing sets of rows: here, or in processes beside this one while it inserts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from linli.base.errors import Invalid, Refusal
from linli.base.processes import helpers, in_order
from linli.base.tabular import Row
from linli.cases.history.maps import Map
from linli.cases.history.reading import Sheet
from linli.cases.kinds import kind_of
from linli.cases.opening import Origin
from linli.cases.replaying import Past, Prepared, prepare

Numbered = tuple[int, Row, Origin]
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
    read = [_read(sheet, row, origin, notes.setdefault(number, [])) for number, row, origin in rows]
    prepared = prepare([each for each in read if isinstance(each, Past)])
    came_of: Iterator[UUID | Refusal] = iter(prepared.outcomes)
    prepared.outcomes = [each if isinstance(each, Refusal) else next(came_of) for each in read]
    return ReadySet(rows, prepared, {number: said for number, said in notes.items() if said})


def _read(sheet: Sheet, row: Row, origin: Origin, notes: list[str]) -> Past | Refusal:
    try:
        return sheet.past(row, notes, origin)
    except Invalid as trouble:
        return trouble


@contextmanager
def preparing(sheet: Sheet, jobs: int) -> Iterator[Preparing]:
    """Where sets are prepared: in this process (jobs 1), or in as many others."""
    if jobs <= 1:
        yield Preparing(sheet)
        return
    with helpers(jobs) as pool:
        yield Preparing(sheet, pool, jobs)


class Preparing:
    """Takes sets of rows and gives them back ready, in their order."""

    def __init__(self, sheet: Sheet, pool: ProcessPoolExecutor | None = None, jobs: int = 0) -> None:
        self.sheet, self.pool, self.most = sheet, pool, jobs * _AHEAD

    def all(self, sets: Iterator[Sequence[Numbered]]) -> Iterator[ReadySet]:
        """Each set, prepared; a few are prepared ahead."""
        if self.pool is None:
            return (ready(self.sheet, rows) for rows in sets)
        given = (self.pool.submit(_ready, self.sheet.map, self.sheet.kind.name, rows) for rows in sets)
        return in_order(given, self.most)


def _ready(map_: Map, kind: str, rows: Sequence[Numbered]) -> ReadySet:
    """In the other process."""
    return ready(Sheet(map_, kind_of(kind)), rows)
