"""Writing replies into a source's own workbook: its formats, titles, widths and other sheets stay as they are."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

import openpyxl
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.text import printable
from linli.base.workbooks import Sheet, damaged, read_workbook, unpacked
from linli.exchange.sheets.headings import as_name, filled_down, likely_row

_MOMENT = "yyyy-mm-dd hh:mm"
_LONGEST_CELL = 32_000
_OUTSIDE = (b"<!DOCTYPE", b"<!ENTITY")
Filled = str | int | datetime | None


def look_at_form(content: bytes) -> tuple[Sheet, int]:
    """The sheet with the headings of a reply form and their row (from 0). Invalid for what cannot be filled in."""
    sheets = [filled_down(sheet) for sheet in read_workbook(content, moments=True) if sheet.rows]
    # In UTF-16 every other byte is a zero.
    parts = [text.replace(b"\0", b"") for text in unpacked(content).values()]
    if any(mark in text for text in parts for mark in _OUTSIDE):
        raise Invalid(damaged())
    if not sheets:
        raise Invalid(_("The workbook is empty: there is no visible sheet with anything in it."))
    sheet = max(sheets, key=lambda each: len({as_name(cell) for cell in each.rows[likely_row(each)]}))
    top = likely_row(sheet)
    for number, row in enumerate(sheet.rows[top + 1 :], start=top + 2):
        if any(str(cell).strip() for cell in row):
            sentence = _(
                "There is something in row %(row)d, below the headings. Leave the rows below them empty."
            )
            raise Invalid(sentence % {"row": number})
    _require_single_rows(sheet, top)
    _opened(content)
    return sheet, top


def _require_single_rows(sheet: Sheet, top: int) -> None:
    for (first, _left), (last, _right) in sheet.merged:
        if top < first < last:
            said = {"first": first + 1, "last": last + 1}
            raise Invalid(
                _("Rows %(first)d to %(last)d are merged here. Undo it: each reply takes a row.") % said
            )


def _opened(content: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says which extensions of Excel it does not know
            return openpyxl.load_workbook(io.BytesIO(content))
    except Exception as trouble:  # it meets what strangers made, and fails in any way
        raise Invalid(damaged()) from trouble


def fill(content: bytes, heading: int, rows: Sequence[Mapping[str, Filled]]) -> bytes:
    """The form with these rows below its headings (`heading`: their row, from 1); each row by heading."""
    book = _opened(content)
    sheet = _with_headings(book, heading, rows)
    places = {
        as_name(cell.value): cell.column
        for cell in _headings_in(sheet, heading)
        if isinstance(cell.value, str)
    }
    models = {column: sheet.cell(heading + 1, column) for column in places.values()}
    styles = {column: (copy(cell._style), cell.number_format) for column, cell in models.items()}
    for number, row in enumerate(rows, start=heading + 1):
        for column, (style, _form) in styles.items():
            sheet.cell(number, column)._style = copy(style)
        for title, value in row.items():
            if title in places and value not in ("", None):
                _write(sheet.cell(number, places[title]), value)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _with_headings(book: Any, heading: int, rows: Sequence[Mapping[str, Filled]]) -> Any:
    wanted = {title for row in rows for title in row}
    return max(
        book.worksheets,
        key=lambda sheet: len(wanted & {as_name(cell.value) for cell in _headings_in(sheet, heading)}),
    )


def _headings_in(sheet: Any, heading: int) -> list[Any]:
    """The cells with the headings; of those merged with the row above, the first has the words."""
    cells = list(sheet[heading])
    for each in sheet.merged_cells.ranges:
        if each.min_row < heading <= each.max_row and each.min_col <= len(cells):
            cells[each.min_col - 1] = sheet.cell(each.min_row, each.min_col)
    return cells


def _write(cell: Any, value: Filled) -> None:
    """Text stays text, whatever it begins with: it never becomes a formula."""
    if isinstance(value, datetime):
        cell.value = timezone.localtime(value).replace(tzinfo=None, second=0, microsecond=0)
        if "y" not in cell.number_format.lower():
            cell.number_format = _MOMENT
        return
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = printable(value or "")[:_LONGEST_CELL]
    cell.data_type = "s"
    cell.quotePrefix = True
