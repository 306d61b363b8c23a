"""Rows of cases as files that a spreadsheet opens: Excel and CSV. What people wrote never becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from linli.base.sheets import AS_WRITTEN, XLSX, is_formula, plain_cell
from linli.portals.desk.rows import CaseRow
from linli.residents.reading import Person
from linli.web.parts import Row

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets in China read UTF-8 as GB 18030
FORMS = {"xlsx": XLSX, "csv": "text/csv"}
_WIDTHS = (22, 12, 48, 16, 22, 20, 18, 18, 18, 14, 18)
_MOMENT = "yyyy-mm-dd hh:mm"
Cell = str | datetime | None


@dataclass(frozen=True)
class Table:
    """A file's contents: the heading of its columns, its rows, and what it says of itself."""

    heading: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    about: Sequence[Row]


def heading_of(moment: str, *, people: bool = False) -> list[str]:
    """The columns; `moment` is what the list's moments are."""
    columns = [_("Number"), _("Kind"), _("Summary"), _("Stage"), _("Place"), _("Place code")]
    columns += [moment, _("Limit"), _("Due")]
    return [*columns, _("Name"), _("Telephone")] if people else columns


def cells_of(row: CaseRow, person: Person | None = None) -> list[Cell]:
    """One row, as texts and moments."""
    cells: list[Cell] = [row.number, row.kind, row.summary, row.stage, row.place, row.code]
    cells += [row.moment, row.light.words, row.light.until]
    return [*cells, person.name, person.phone] if person else cells


def write(table: Table, form: str, path: Path) -> int:
    """Write the file and return how many rows it has, however many there are in little memory."""
    return _write_xlsx(table, path) if form == "xlsx" else _write_csv(table, path)


def _write_csv(table: Table, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        written = csv.writer(file)
        written.writerow(table.heading)
        for count, row in enumerate(table.rows, start=1):  # noqa: B007  the last count is the answer
            written.writerow([_plain(cell) for cell in row])
    return count


def _plain(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
    return plain_cell(cell or "")


def _write_xlsx(table: Table, path: Path) -> int:
    with xlsxwriter.Workbook(path, {"constant_memory": True, **AS_WRITTEN}) as book:
        sheet = book.add_worksheet(_("Cases"))
        count = _write_rows(sheet, table, _Formats(book))
        _write_about(book, [*table.about, Row(_("Rows"), str(count))])
    return count


class _Formats:
    """How cells look."""

    def __init__(self, book: Any) -> None:
        self.heading: Format = book.add_format(
            {"bold": True, "bg_color": "#DCEBEC", "text_wrap": True, "border": 1}
        )
        self.text: Format = book.add_format({"num_format": "@", "valign": "top"})
        self.guarded: Format = book.add_format({"num_format": "@", "valign": "top", "quote_prefix": True})
        self.moment: Format = book.add_format({"num_format": _MOMENT, "valign": "top", "align": "left"})


def _write_rows(sheet: Worksheet, table: Table, formats: _Formats) -> int:
    for column, width in zip(range(len(table.heading)), _WIDTHS, strict=False):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes are texts, and meant to be
    for column, words in enumerate(table.heading):
        sheet.write_string(0, column, words, formats.heading)
    count = 0
    for count, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                moment = timezone.localtime(cell).replace(tzinfo=None)
                sheet.write_datetime(count, column, moment, formats.moment)
            elif cell:
                format_ = formats.guarded if is_formula(cell) else formats.text
                sheet.write_string(count, column, cell, format_)
    sheet.autofilter(0, 0, count, len(table.heading) - 1)
    return count


def _write_about(book: Any, rows: Sequence[Row]) -> None:
    sheet = book.add_worksheet(_("About this file"))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 70)
    label, text = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    for place, row in enumerate(rows):
        sheet.write_string(place, 0, str(row.label), label)
        sheet.write_string(place, 1, str(row.value), text)


def counted(rows: Iterator[Sequence[Cell]], tell: Any, every: int = 1000) -> Iterator[Sequence[Cell]]:
    """The same rows; every so many of them, `tell(count)` is called."""
    for count, row in enumerate(rows, start=1):
        if count % every == 0:
            tell(count)
        yield row
