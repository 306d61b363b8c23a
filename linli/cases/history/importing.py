"""Bringing a file in: looked through first, then set by set, each in one transaction; again changes nothing."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, Refusal
from linli.base.generations import refresh
from linli.base.processes import seldom_collecting
from linli.base.tabular import Row, Rows, headings_of, rows_of
from linli.cases.history.maps import read_map
from linli.cases.history.naming import mistakes_in, unmapped
from linli.cases.history.parameters import forget
from linli.cases.history.reading import Sheet
from linli.cases.history.working import Numbered, ReadySet, preparing, ready
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.replaying import Waits, insert_prepared
from linli.divisions import sources

Progress = Callable[[int, int], None]
SET = 500
_WORTH_HELP = 20 * SET  # a shorter file is in before other processes have started
_FIRST_SHOWN = 20
_LONGEST_LIST = 200


@dataclass(frozen=True)
class Order:
    """What to bring in: `check` writes nothing; `jobs`: processes that prepare; `report`: where bad rows are told."""

    file: Path
    map: Path
    kind: str
    report: Path
    check: bool = False
    jobs: int = 1


@dataclass
class Report(sources.Report):
    """What became of the rows; those with something to say are written into a CSV file as they come."""

    path: Path
    check: bool = False
    rows: int = 0
    stored: int = 0
    here: int = 0
    changed: int = 0
    refused: int = 0
    held: int = 0
    waiting: int = 0
    first: list[str] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)
    _writer: Any = None

    def tell(self, number: int, column: str, reason: str) -> None:
        """Note something about a row."""
        if self._writer is None:
            file = self._open.enter_context(self.path.open("w", encoding="utf-8-sig", newline=""))
            self._writer = csv.writer(file)
            self._writer.writerow([_("Row"), _("Column"), _("Reason")])
        self._writer.writerow([number, column, reason])
        if len(self.first) < _FIRST_SHOWN:
            self.first.append(
                _("Row %(number)d, %(column)s: %(reason)s")
                % {"number": number, "column": column or "-", "reason": reason}
            )

    @property
    def all_refused(self) -> bool:
        """Rows that are here already were not refused."""
        return self.rows > 0 and not (self.stored or self.here or self.changed)

    def close(self) -> None:
        """Finish the file."""
        self._open.close()

    def lines(self) -> Iterator[str]:
        """For whoever ran it."""
        yield _("%(number)d rows read.") % {"number": self.rows}
        told = _("%(number)d would come in.") if self.check else _("%(number)d came in.")
        yield told % {"number": self.stored}
        yield _("%(number)d were here already.") % {"number": self.here}
        for number, sentence in (
            (self.changed, _("%(number)d are here already and have changed since; they stay as they are.")),
            (self.refused, _("%(number)d were refused.")),
            (self.waiting, _("%(number)d name an original that is not in yet.")),
            (
                self.held,
                _("%(number)d times stood before the ones before them and were taken as those."),
            ),
        ):
            if number:
                yield sentence % {"number": number}
        yield from self.first
        if self._writer:
            yield _("Each row's reason is in %(path)s.") % {"path": self.path}


def import_history(order: Order, progress: Progress) -> Report:
    """Bring a file in as its map says; Invalid, before a row is read, with everything the map lacks.

    Stopped in the middle it leaves whole cases only, and goes on where it stopped.
    """
    refresh()
    forget()
    _require_writable(order.report)
    sheet = Sheet(read_map(order.map), kind_of(order.kind))
    total = _looked_through(sheet, order.file)
    report = Report(order.report, order.check)
    run = _Run(sheet, order, report, lambda: progress(min(report.rows, total), total))
    try:
        jobs = order.jobs if total >= _WORTH_HELP else 1
        with seldom_collecting(), preparing(sheet, jobs) as run.preparing:
            run.carry(rows_of(order.file, sheet.map.columns))
            while run.goes_on:
                late, run.late = run.late, set()
                run.again(late, rows_of(order.file, sheet.map.columns))
            run.tell_late()
    finally:
        report.close()
    return report


def _require_writable(report: Path) -> None:
    """Refuse a place for the report that would only be found wanting at the first bad row."""
    if report.is_dir() or not os.access(report if report.exists() else report.parent, os.W_OK):
        raise Invalid(_("%(path)s cannot be written. Name another file with --report.") % {"path": report})


def _looked_through(sheet: Sheet, file: Path) -> int:
    """How many rows there are; Invalid with all columns, codes and names that are missing."""
    missing = sorted(set(sheet.map.columns) - set(headings_of(file)))
    if missing:
        raise Invalid(_("The file has no column: %(names)s") % {"names": _(", ").join(missing)})
    total, words = unmapped(sheet.map, rows_of(file, sheet.map.columns))
    mistakes = [*mistakes_in(sheet), *words]
    if mistakes:
        raise Invalid("\n".join(mistakes[:_LONGEST_LIST]))
    return total


@dataclass
class _Run:
    """One import on its way. `late`: numbers of rows whose originals were not in yet."""

    sheet: Sheet
    order: Order
    report: Report
    advance: Callable[[], None]
    preparing: Any = None
    late: set[int] = field(default_factory=set)
    goes_on: bool = False
    _coming: dict[str, str] = field(default_factory=dict)

    def carry(self, rows: Rows) -> None:
        """Bring in what is not here yet."""
        before = self.report.stored
        for done in self.preparing.all(self._sets(rows)):
            self._take(done)
            self.advance()
        self.goes_on = bool(self.late) and self.report.stored > before and not self.order.check

    def again(self, late: set[int], rows: Rows) -> None:
        """Once more the rows that waited, now that others are in."""
        read = self.report.rows
        self.carry((number, row) for number, row in rows if number in late)
        self.report.rows = read

    def tell_late(self) -> None:
        """What waits in vain."""
        self.report.waiting = len(self.late)
        if self.order.check:
            return
        columns = self.sheet.map.columns
        for number, row in rows_of(self.order.file, columns) if self.late else ():
            if number in self.late:
                for outcome in ready(self.sheet, [(number, row, self.sheet.origin(row))]).prepared.outcomes:
                    self.report.tell(number, "", getattr(outcome, "sentence", ""))

    def _sets(self, rows: Rows) -> Iterator[Sequence[Numbered]]:
        while some := list(islice(rows, SET)):
            self.report.rows += len(some)
            fresh = self._fresh(some)
            if fresh:
                yield fresh
            else:
                self.advance()

    def _fresh(self, rows: Sequence[tuple[int, Row]]) -> list[Numbered]:
        """Those that are neither here nor coming; what has changed since is told and left as it is."""
        origins = {}
        for number, row in rows:
            try:
                origins[number] = self.sheet.origin(row)
            except Invalid as trouble:
                self._refuse(number, trouble)
        keys = [origin.key for origin in origins.values()]
        known = dict(Case.everywhere.filter(origin_key__in=keys).values_list("origin_key", "origin_digest"))
        fresh: list[Numbered] = []
        for number, row in rows:
            origin = origins.get(number)
            if origin is None:
                continue
            coming = self._coming.get(origin.key)
            digest = known.get(origin.key) or coming
            if digest is None:
                self._coming[origin.key] = origin.digest
                fresh.append((number, row, origin))
            elif coming not in (None, origin.digest) and origin.key not in known:
                self._refuse(number, Invalid(_twice(), column=self.sheet.map.number))
            elif digest == origin.digest:
                self.report.here += 1
            else:
                self.report.changed += 1
                self.report.tell(
                    number, self.sheet.map.number, _("This number is here already, with other contents.")
                )
        return fresh

    def _take(self, done: ReadySet) -> None:
        try:
            outcomes = done.prepared.outcomes if self.order.check else insert_prepared(done.prepared)
        except (IntegrityError, DataError):
            outcomes = [self._alone(each) for each in done.rows]
        for (number, _row, origin), outcome in zip(done.rows, outcomes, strict=True):
            self._coming.pop(origin.key, None)
            self._count(number, outcome, done.notes.get(number, ()))

    def _alone(self, row: Numbered) -> UUID | Refusal:
        """What the database refuses in a set is tried by itself."""
        try:
            return insert_prepared(ready(self.sheet, [row]).prepared)[0]
        except (IntegrityError, DataError) as trouble:
            return Conflict(_("The database does not take this: %(trouble)s") % {"trouble": trouble})

    def _count(self, number: int, outcome: UUID | Refusal, notes: Sequence[str]) -> None:
        if isinstance(outcome, Waits):
            self.late.add(number)
        elif isinstance(outcome, Refusal):
            self._refuse(number, outcome)
        else:
            self.report.stored += 1
            self.report.held += len(notes)
            for note in notes:
                self.report.tell(number, "", note)

    def _refuse(self, number: int, refusal: Refusal) -> None:
        self.report.refused += 1
        self.report.tell(number, str(refusal.facts.get("column", "")), refusal.sentence)


def _twice() -> str:
    return _(
        "A row above has this number, with other contents. Only the first is brought in: keep the right one."
    )
