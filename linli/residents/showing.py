"""What a request shows of people's records, and to whom: the rows are durable before the answer leaves, or it does not.

A sheet is open while a request is answered. A text that somebody wrote (a `Words` column) puts its author on the
sheet when it is read; photos and the like are put there by `show()`. A door says who reads (`read_by`), a page why and
in which way (`reading_as`). At the end `keep()` writes one row for each person (docs/adr/0017).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from linli.base.rows import insert_values
from linli.base.together import InTurn
from linli.posts.actor import Actor, PartyActor
from linli.residents.access import AT_ONCE, Glance, Seen, values_for
from linli.residents.models import Access, How
from linli.residents.purposes import ACTING, BETWEEN, OVERSEE, OWN

_Rows = list[list[Any]]


class UnsaidError(RuntimeError):
    """A page showed somebody's record and no door said to whom: a mistake of the program, and nothing leaves."""


@dataclass
class Sheet:
    """Who reads, why, in which way, and whose records have been shown so far."""

    by: Actor | None = None
    purpose: str = ""
    how: How = How.VIEW
    seen: dict[Seen, int] = field(default_factory=dict)

    def keep(self) -> None:
        """Write a row for each person shown, sharing the commit with requests that end at the same moment.

        Raises Unavailable where the store takes nothing, UnsaidError where nobody said who reads.
        """
        if not self.seen:
            return
        if self.by is None:
            raise UnsaidError
        usual = _usual(self.by)
        rows = values_for(Glance(self.by, self.purpose or usual, self.how), self.seen)
        self.seen = {}
        if connection.in_atomic_block:
            _insert(rows)
        else:
            _together.do(rows)


def _usual(by: Actor) -> str:
    """What a page shows is the reporter's record: their own to them and to who acts for them, else another's."""
    if isinstance(by, PartyActor):
        return BETWEEN if by.nr else ACTING if by.agency else OWN
    return OVERSEE


_open: ContextVar[Sheet | None] = ContextVar("sheet", default=None)
open_sheet = _open.get  # None in loops and imports, which show nothing; a request's answer somebody will see


@contextmanager
def sheet(by: Actor | None = None) -> Iterator[Sheet]:
    """Open a sheet; whoever opens it sees that it is kept."""
    mine = Sheet(by)
    before = _open.set(mine)
    try:
        yield mine
    finally:
        _open.reset(before)


def read_by(actor: Actor) -> None:
    """Say who reads what this request shows."""
    if mine := _open.get():
        mine.by = actor


def reading_as(purpose: str, how: How | None = None) -> None:
    """Say why this request reads, and in which way."""
    if mine := _open.get():
        mine.purpose = purpose
        mine.how = how or mine.how


def show(whose: Seen | None, classes: int) -> None:
    """Put on the sheet whose record is shown, and what of it; None is nobody's record."""
    mine = _open.get()
    if mine is not None and whose is not None:
        mine.seen[whose] = mine.seen.get(whose, 0) | classes


def forget() -> None:
    """What was read so far is not shown after all: a refusal is answered instead."""
    if mine := _open.get():
        mine.seen = {}


def _insert(rows: _Rows) -> None:
    insert_values(Access, rows, most_at_once=AT_ONCE)


def _insert_all(several: list[_Rows]) -> list[None]:
    _insert([row for rows in several for row in rows])
    return [None] * len(several)


_together: InTurn[_Rows, None] = InTurn(do_all=_insert_all, do_one=_insert)
