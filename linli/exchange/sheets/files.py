"""From the file another system exported (.xlsx, .xls, .ods, .csv) to rows, or a sentence that says what is wrong."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median_low

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from linli.base.errors import Invalid, TooLarge
from linli.base.workbooks import (
    MOST_COLUMNS,
    MOST_ROWS,
    Place,
    Sheet,
    check_size,
    damaged,
    is_old,
    read_workbook,
    rows_of,
    too_far,
    unpacked,
)
from linli.exchange.sheets.headings import filled_down
from linli.exchange.sheets.old_workbooks import errors_of

FIRST_DAY = date(1899, 12, 30)  # of Excel's count of days
ACCEPTED = ".xlsx,.xls,.ods,.csv,.txt"
_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# What many platforms call .xls, because Excel opens it: a web page, or a workbook of 2003 written as XML.
_MARKED_UP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|style|\?xml)\b", re.IGNORECASE
)
# In an .ods, a row or cell may say how often it is repeated; an empty one a million times is usual.
_TAG = re.compile(rb"<table:(table-row|(?:covered-)?table-cell|table)(?=[\s/>])([^>]*?)(/?)>")
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d{1,9})"')
_ROWS_SPANNED, _COLUMNS_SPANNED = (
    re.compile(rb'table:number-%s-spanned="(\d{1,5})"' % each) for each in (b"rows", b"columns")
)
_OUT_OF_SIGHT = (b'table:visibility="collapse"', b'table:visibility="filter"')


@dataclass
class _Traits:
    """What an .ods or .xls file says about a sheet's cells and its reader does not tell."""

    broken: set[Place] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    merged: list[tuple[Place, Place]] = field(default_factory=list)


def read_file(content: bytes) -> list[Sheet]:
    """The visible sheets of a file in their order, what is merged over rows in each of them.

    Raises Invalid or TooLarge with what to do.
    """
    return [filled_down(sheet) for sheet in _as_they_stand(content)]


def _as_they_stand(content: bytes) -> list[Sheet]:
    check_size(content)
    if not content.strip():
        raise Invalid(_("This file is empty. Export it again from the other system."))
    if is_old(content):
        return _through_calamine(content, [_Traits(broken=set(each)) for each in errors_of(content)])
    if content.startswith(b"PK"):
        return _packed(content)
    if _MARKED_UP.match(content):
        raise Invalid(
            _(
                "This file is a web page or XML with the ending of a workbook. Open it in Excel, save it as "
                "“Excel workbook (*.xlsx)” and send that."
            )
        )
    return [_from_text(content)]


def _packed(content: bytes) -> list[Sheet]:
    parts = unpacked(content)
    if "content.xml" not in parts:
        return read_workbook(content, moments=True)
    return _through_calamine(content, _traits_of(parts["content.xml"]))


def _traits_of(text: bytes) -> list[_Traits]:
    """What is said about the cells of each sheet; refuse what a reader would unfold to more than a table of ours has.

    Empty ends count nothing.
    """
    found: list[_Traits] = []
    row, repeated, column = 0, 1, 0
    for kind, attributes, closed in _TAG.findall(text):
        times = _times(_REPEATED, attributes)
        if kind == b"table":
            found.append(_Traits())
            row, repeated, column = 0, 1, 0
        elif kind == b"table-row":
            row, repeated, column = row + repeated, times, 0
            if any(each in attributes for each in _OUT_OF_SIGHT) and row + times <= MOST_ROWS:
                found[-1].hidden |= set(range(row - 1, row - 1 + times))
        else:
            column += times
            empty = closed and b"office:value-type" not in attributes
            if not empty and (row - 1 + repeated > MOST_ROWS + 1 or column > MOST_COLUMNS):
                raise TooLarge(too_far())
            _note_cell(found[-1], (row - 1, column - times), attributes)
    return found


def _note_cell(traits: _Traits, place: Place, attributes: bytes) -> None:
    row, column = place
    if b'value-type="error"' in attributes:
        traits.broken |= {(row, column + more) for more in range(_times(_REPEATED, attributes))}
    down, across = _times(_ROWS_SPANNED, attributes), _times(_COLUMNS_SPANNED, attributes)
    if down > 1 or across > 1:
        traits.merged.append((place, (row + down - 1, column + across - 1)))


def _times(named: re.Pattern[bytes], attributes: bytes) -> int:
    found = named.search(attributes)
    return int(found[1]) if found else 1


def _through_calamine(content: bytes, traits: Sequence[_Traits] = ()) -> list[Sheet]:
    try:
        with load_workbook(io.BytesIO(content)) as book:
            known = dict(enumerate(traits))
            return [
                _bounded(book.get_sheet_by_index(position), known.get(position, _Traits()))
                for position, about in enumerate(book.sheets_metadata)
                if about.visible == SheetVisibleEnum.Visible
            ]
    except (CalamineError, OSError, ValueError) as trouble:
        raise Invalid(damaged()) from trouble


def _bounded(sheet: CalamineSheet, traits: _Traits) -> Sheet:
    if sheet.total_height > MOST_ROWS + 1 or sheet.total_width > MOST_COLUMNS:
        raise TooLarge(too_far())
    return Sheet(
        sheet.name,
        rows_of(sheet, moments=True),
        FIRST_DAY,
        broken=frozenset(traits.broken),
        hidden=frozenset(traits.hidden),
        merged=traits.merged or list(sheet.merged_cell_ranges or []),
    )


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
