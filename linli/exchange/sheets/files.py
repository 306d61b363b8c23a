"""From the file another system exported (.xlsx, .xls, .ods, .csv) to rows, or a sentence that says what is wrong."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from statistics import median_low

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from linli.base.errors import Invalid, TooLarge
from linli.base.workbooks import (
    MOST_COLUMNS,
    MOST_ROWS,
    Sheet,
    check_size,
    damaged,
    is_old,
    read_workbook,
    rows_of,
    too_far,
    unpacked,
)

FIRST_DAY = date(1899, 12, 30)  # of Excel's count of days
ACCEPTED = ".xlsx,.xls,.ods,.csv,.txt"
_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# In an .ods, a row or cell may say how often it is repeated; an empty one a million times is usual.
_ROW_OR_CELL = re.compile(rb"<table:(table-row|(?:covered-)?table-cell)\b([^>]*?)(/?)>")
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d{1,9})"')


def read_file(content: bytes) -> list[Sheet]:
    """The visible sheets of a file in their order. Raises Invalid or TooLarge with what to do."""
    check_size(content)
    if not content.strip():
        raise Invalid(_("This file is empty. Export it again from the other system."))
    if is_old(content):
        return _through_calamine(content)
    if content.startswith(b"PK"):
        return _packed(content)
    return [_from_text(content)]


def _packed(content: bytes) -> list[Sheet]:
    parts = unpacked(content)
    if "content.xml" not in parts:
        return read_workbook(content, moments=True)
    _look_through(parts["content.xml"])
    return _through_calamine(content)


def _look_through(text: bytes) -> None:
    """Refuse what a reader would unfold to more cells than a table of ours has; empty ends count nothing."""
    row, repeated, column = 0, 1, 0
    for kind, attributes, closed in _ROW_OR_CELL.findall(text):
        found = _REPEATED.search(attributes)
        times = int(found[1]) if found else 1
        if kind == b"table-row":
            row, repeated, column = row + repeated, times, 0
            continue
        column += times
        empty = closed and b"office:value-type" not in attributes
        if not empty and (row - 1 + repeated > MOST_ROWS + 1 or column > MOST_COLUMNS):
            raise TooLarge(too_far())


def _through_calamine(content: bytes) -> list[Sheet]:
    try:
        with load_workbook(io.BytesIO(content)) as book:
            shown = [
                position
                for position, about in enumerate(book.sheets_metadata)
                if about.visible == SheetVisibleEnum.Visible
            ]
            return [_bounded(book.get_sheet_by_index(position)) for position in shown]
    except (CalamineError, OSError, ValueError) as trouble:
        raise Invalid(damaged()) from trouble


def _bounded(sheet: CalamineSheet) -> Sheet:
    if sheet.total_height > MOST_ROWS + 1 or sheet.total_width > MOST_COLUMNS:
        raise TooLarge(too_far())
    merged = list(sheet.merged_cell_ranges or [])
    return Sheet(sheet.name, rows_of(sheet, moments=True), FIRST_DAY, merged=merged)


def _from_text(content: bytes) -> Sheet:
    text = _decoded(content)
    delimiter = max(_DELIMITERS, key=lambda each: _columns(text, each))
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise TooLarge(too_far())
            rows.append(row)
    except csv.Error as trouble:
        sentence = _(
            "The quotation marks of this file are broken near line %(line)d. Open it in Excel, save it as "
            "“Excel workbook (*.xlsx)” and send that."
        )
        raise Invalid(sentence % {"line": reader.line_num}) from trouble
    return Sheet("CSV", [list(row) for row in rows], FIRST_DAY)


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, or what Chinese Windows writes (GB 18030, and so GBK)."""
    for encoding in ("utf-16",) if content.startswith(_UTF_16) else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(
        _("This is neither a workbook nor a text table. Export it from the other system as Excel or CSV.")
    )


def _columns(text: str, delimiter: str) -> int:
    """How many columns the first lines have in the middle, if this were the delimiter."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    try:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return 0
    return median_low(counts) if counts else 0
