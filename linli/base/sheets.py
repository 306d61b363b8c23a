"""Writing .xlsx workbooks: every cell is text, a number or a date as given, and no text can become a formula."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

from linli.base.text import columns_of, printable

# Excel and XlsxWriter take no text for a formula, an address or a number.
AS_WRITTEN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_000
_LONGEST_CHOICES = 255  # and of a text within a formula
_LONGEST_FORMULA = 8_000
_ROOM_BELOW = 500  # rows below the last that still get formats and choices
_LINE = 15.0  # points that a line of text is high
_REMARK = 100
_A4 = 9
_RIGHT = {"align": "right", "indent": 1}  # a text may begin right beside it
_WRAPS = 40  # columns from this width on hold sentences
_FITS = 200  # widths of a digit that an A4 page, laid across, still shows in letters one can read
_FORMULA = ("=", "+", "-", "@")
_BREAKS = ("\t", "\r", "\n")


@dataclass(frozen=True)
class Formula:
    """A cell that shows a text and is a formula: readers of sheets take it only once it was pasted as a value."""

    shows: str

    def __str__(self) -> str:
        """What it shows."""
        return self.shows


Cell = str | int | date | Formula | None


@dataclass(frozen=True)
class Heading:
    """A column: what stands above it, how wide it is, what may be chosen in it, and what to say about it."""

    title: str
    width: int = 16
    choices: Sequence[str] = ()
    note: str = ""
    is_day: bool = False


@dataclass(frozen=True)
class Table:
    """One sheet to be written; `remarks` are lines of a sheet of their own beside it."""

    name: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    remarks: Sequence[str] = field(default_factory=tuple)
    remarks_name: str = ""


def plain_cell(text: str) -> str:
    """A text that a spreadsheet takes as text, even if somebody wrote a formula into a report."""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might calculate with it: also after blanks, and in full-width signs (＝ ＋ － ＠)."""
    if text.startswith(_BREAKS):
        return True
    seen = unicodedata.normalize("NFKC", text[:40]).lstrip("\ufeff\u200b \u00a0\t\r\n")
    return seen.startswith(_FORMULA)


def write_workbook(table: Table) -> bytes:
    """The table as .xlsx, with frozen headings; codes stay text, so that Excel mangles none; numbers can be summed."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, **AS_WRITTEN}) as book:
        sheet = book.add_worksheet(table.name[:31])
        _write(book, sheet, table)
        if table.remarks:
            remarks = book.add_worksheet(table.remarks_name[:31])
            remarks.set_column(0, 0, _REMARK, book.add_format({"text_wrap": True, "valign": "top"}))
            for place, line in enumerate(table.remarks):
                remarks.write_string(place, 0, line)
                remarks.set_row(place, _height(line, _REMARK))
            remarks.set_paper(_A4)
            remarks.set_landscape()
        lists = [each for each in table.headings if _needs_sheet(each.choices)]
        _write_lists(book, sheet, table, lists)
    return written.getvalue()


def _write(book: Any, sheet: Any, table: Table) -> None:
    look = {"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top"}
    bold, over_numbers = book.add_format(look), book.add_format({**look, **_RIGHT})
    forms = _forms(book)
    for column, heading in enumerate(table.headings):
        counts = any(isinstance(row[column], int) for row in table.rows if len(row) > column)
        text = forms.long if heading.width >= _WRAPS else forms.text
        sheet.set_column(column, column, heading.width, forms.day if heading.is_day else text)
        sheet.write_string(0, column, heading.title, over_numbers if counts else bold)
        if heading.note:
            sheet.write_comment(0, column, heading.note)
    sheet.set_row(0, max((_height(each.title, each.width) for each in table.headings), default=_LINE))
    sheet.freeze_panes(1, 0)
    _lay_out(sheet, sum(each.width for each in table.headings))
    widths = [each.width for each in table.headings]
    for line, row in enumerate(table.rows, start=1):
        for column, (value, width) in enumerate(zip(row, widths, strict=False)):
            _write_cell(sheet, (line, column), value, forms, wraps=width >= _WRAPS)
        long = [
            _height(str(value), width) for value, width in zip(row, widths, strict=False) if width >= _WRAPS
        ]
        if max(long, default=_LINE) > _LINE:
            sheet.set_row(line, max(long))


@dataclass(frozen=True)
class _Forms:
    """How cells look. Text is kept from Excel's guesses; a number that is typed over stays a number."""

    text: Any
    long: Any
    number: Any
    day: Any


def _forms(book: Any) -> _Forms:
    text = {"num_format": "@", "valign": "top"}
    long = {**text, "text_wrap": True}
    number = {"num_format": "0", "valign": "top", **_RIGHT}
    day = {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}
    return _Forms(*(book.add_format(each) for each in (text, long, number, day)))


def _height(text: str, width: int) -> float:
    """Points for a text that wraps in a column; other programs than Excel do not find it out by themselves."""
    return _LINE * max(1, -(-columns_of(text) // max(1, width - 1)))


def _lay_out(sheet: Any, width: int) -> None:
    """On paper: A4 across, the headings on every page; all columns on one page, or else the first on each."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    if width <= _FITS:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.repeat_columns(0)


def _write_cell(sheet: Any, place: tuple[int, int], value: Cell, forms: _Forms, *, wraps: bool) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Formula):
        shown = printable(value.shows)[:_LONGEST_CELL]
        formula = _formula_of(shown)
        if len(formula) > _LONGEST_FORMULA:
            formula, shown = "=NA()", "#N/A"
        sheet.write_formula(*place, formula, forms.long if wraps else forms.text, shown)
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, forms.day)
    elif isinstance(value, int):
        sheet.write_number(*place, value, forms.number)
    else:
        sheet.write_string(*place, printable(value)[:_LONGEST_CELL], forms.long if wraps else forms.text)


def _formula_of(text: str) -> str:
    """A formula whose value is a text, in pieces as long as Excel takes them; nothing of it is calculated."""
    pieces = [text[start : start + _LONGEST_CHOICES] for start in range(0, len(text), _LONGEST_CHOICES)]
    return "=" + "&".join('"' + each.replace('"', '""') + '"' for each in pieces or [""])


def _needs_sheet(choices: Sequence[str]) -> bool:
    return len(",".join(choices)) > _LONGEST_CHOICES or any("," in each for each in choices)


def _write_lists(book: Any, sheet: Any, table: Table, lists: Sequence[Heading]) -> None:
    """Short choices stand in the validation itself; long ones on a hidden sheet."""
    hidden = book.add_worksheet("choices") if lists else None
    if hidden:
        hidden.hide()
    last = len(table.rows) + _ROOM_BELOW
    for column, heading in enumerate(table.headings):
        if not heading.choices:
            continue
        source: Any = list(heading.choices)
        if hidden and heading in lists:
            place = lists.index(heading)
            for line, choice in enumerate(heading.choices):
                hidden.write_string(line, place, choice)
            letter = chr(ord("A") + place)
            source = f"=choices!${letter}$1:${letter}${len(heading.choices)}"
        sheet.data_validation(
            1, column, last, column, {"validate": "list", "source": source, "error_type": "warning"}
        )
