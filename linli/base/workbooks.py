"""Reading .xlsx workbooks that people upload: what cannot be read safely or as meant is refused with a sentence.

A file is looked through before a reader may open it: one cell at the far corner of a sheet, or a few kilobytes
that unpack to gigabytes, would otherwise take all memory.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from linli.base.errors import Invalid, TooLarge

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 64 * 1024 * 1024
MOST_FILES = 500
MOST_ROWS = 5_000
MOST_COLUMNS = 60
_CHUNK = 1024 * 1024

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"([^>]*)>(\s*<(?:\w+:)?f\b)?')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{1,7})"([^>]*)>')
_ANY_CELL_OR_ROW = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)/?>")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)/?>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')

Value = str | float | bool | date
Place = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """One visible sheet: row 0 is the first of the sheet; what the values do not tell stands beside them."""

    name: str
    rows: list[list[Value]]
    first_day: date
    formulas: frozenset[Place] = frozenset()
    broken: frozenset[Place] = frozenset()
    hidden: frozenset[int] = frozenset()
    merged: list[tuple[Place, Place]] = field(default_factory=list)


@dataclass
class _Traits:
    """What the file itself says about a sheet's cells."""

    formulas: set[Place] = field(default_factory=set)
    broken: set[Place] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    rows: int = 0
    columns: int = 0


def read_workbook(content: bytes, *, moments: bool = False) -> list[Sheet]:
    """The visible sheets of an .xlsx file in their order. Raises Invalid or TooLarge with what to do.

    Cells with a time of day become days, or stay `moments` where the reader wants them.
    """
    _check_kind(content)
    parts = unpacked(content)
    if "xl/workbook.xml" not in parts:
        raise Invalid(
            _("This is not an Excel workbook (.xlsx). Save it from Excel as “Excel workbook (*.xlsx)”.")
        )
    traits = _traits_by_position(parts)
    first_day = _first_day(parts["xl/workbook.xml"])
    sheets = []
    try:
        with load_workbook(io.BytesIO(content)) as book:
            for position, about in enumerate(book.sheets_metadata):
                if about.visible == SheetVisibleEnum.Visible and position in traits:
                    sheet = book.get_sheet_by_index(position)
                    sheets.append(_sheet(sheet, traits[position], first_day, moments=moments))
    except (CalamineError, OSError, ValueError) as trouble:
        raise Invalid(damaged()) from trouble
    return sheets


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of a packed workbook by name; everything is unpacked once, within limits."""
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.infolist()
            if len(names) > MOST_FILES or sum(each.file_size for each in names) > MOST_UNPACKED:
                raise TooLarge(_too_much())
            for each in names:
                text = _part(packed, each, left)
                left -= len(text)
                parts[each.filename] = text
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as trouble:
        raise Invalid(damaged()) from trouble
    return parts


def _part(packed: zipfile.ZipFile, each: zipfile.ZipInfo, left: int) -> bytes:
    with packed.open(each) as opened:
        chunks = []
        while chunk := opened.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise TooLarge(_too_much())
            chunks.append(chunk)
    return b"".join(chunks)


def damaged() -> str:
    """What is said of a file that no reader can make anything of."""
    return _("This workbook is damaged. Open it in Excel, save it anew as .xlsx and try again.")


def too_far() -> str:
    """What is said of a table that is too large."""
    said = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
    return (
        _("The sheet reaches beyond %(rows)d rows or %(columns)d columns. Delete what is not the table.")
        % said
    )


def _too_much() -> str:
    return _("This file unpacks to far more than a table of this kind can hold. Nothing was read.")


def check_size(content: bytes) -> None:
    """Raise TooLarge for more bytes than a table of ours has."""
    if len(content) > MOST_BYTES:
        raise TooLarge(_("The file is larger than 5 MB. Keep only the table in it, or split it."))


def is_old(content: bytes) -> bool:
    """Whether it is a workbook of the old format .xls; Invalid where it is locked by a password."""
    if content.startswith(_OLD) and _ENCRYPTED in content:
        raise Invalid(
            _(
                "This workbook is protected by a password. Remove the password in Excel, save it and try again."
            )
        )
    return content.startswith(_OLD)


def _check_kind(content: bytes) -> None:
    check_size(content)
    if is_old(content):
        raise Invalid(
            _("This is the old format .xls. Open it in Excel and save it as “Excel workbook (*.xlsx)”.")
        )
    if not content.startswith(b"PK"):
        raise Invalid(
            _(
                "This is not an Excel workbook: renaming a CSV or text file does not make it one. Open it in Excel "
                "and save it as “Excel workbook (*.xlsx)”."
            )
        )


def _attributes(found: bytes) -> dict[str, str]:
    return {
        name.decode().split(":")[-1]: value.decode(errors="replace")
        for name, value in _ATTRIBUTE.findall(found)
    }


def _traits_by_position(parts: dict[str, bytes]) -> dict[int, _Traits]:
    """For each sheet's position in the workbook, what its cells are; every part with cells is looked through."""
    seen = {
        name: _look_through(text) for name, text in parts.items() if b"sheetData" in text or b"\0s\0h" in text
    }
    links = {}
    for found in _LINK.findall(parts.get("xl/_rels/workbook.xml.rels", b"")):
        link = _attributes(found)
        target = link.get("Target", "")
        links[link.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    traits = {}
    for position, found in enumerate(_SHEET.findall(parts["xl/workbook.xml"])):
        part = links.get(_attributes(found).get("id", ""), "")
        if part in seen:
            traits[position] = seen[part]
    return traits


def _look_through(text: bytes) -> _Traits:
    seen = _Traits()
    cells, rows = _CELL.findall(text), _ROW.findall(text)
    if b"\0" in text or len(cells) + len(rows) != len(_ANY_CELL_OR_ROW.findall(text)):
        # A cell or row whose place is not plainly written could stand anywhere, and reading it take all memory.
        raise Invalid(damaged())
    if any(int(number) > MOST_ROWS + 1 for number, _attributes_of_row in rows):
        raise TooLarge(too_far())
    for letters, number, attributes, formula in cells:
        place = (int(number) - 1, _column(letters))
        seen.rows, seen.columns = max(seen.rows, place[0] + 1), max(seen.columns, place[1] + 1)
        if seen.rows > MOST_ROWS + 1 or seen.columns > MOST_COLUMNS:
            raise TooLarge(too_far())
        if formula:
            seen.formulas.add(place)
        if b't="e"' in attributes:
            seen.broken.add(place)
    for number, attributes in rows:
        if b'hidden="1"' in attributes or b'hidden="true"' in attributes:
            seen.hidden.add(int(number) - 1)
    return seen


def _column(letters: bytes) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + letter - 64
    return found - 1


def _first_day(workbook: bytes) -> date:
    since_1904 = re.search(rb'date1904="(?:1|true)"', workbook)
    return date(1904, 1, 1) if since_1904 else date(1899, 12, 30)


def _sheet(sheet: CalamineSheet, seen: _Traits, first_day: date, *, moments: bool) -> Sheet:
    return Sheet(
        name=sheet.name,
        rows=rows_of(sheet, moments=moments),
        first_day=first_day,
        formulas=frozenset(seen.formulas),
        broken=frozenset(seen.broken),
        hidden=frozenset(seen.hidden),
        merged=list(sheet.merged_cell_ranges or []),
    )


def rows_of(sheet: CalamineSheet, *, moments: bool) -> list[list[Value]]:
    """The values of a sheet from its first cell on; whoever asks has made sure that they are not too many."""
    rows = sheet.to_python(skip_empty_area=False) if sheet.end else []
    return [[_plain(value, moments=moments) for value in row] for row in rows]


def _plain(value: object, *, moments: bool) -> Value:
    """A day instead of a moment, unless moments are wanted; times of day, which no table here holds, as text."""
    if isinstance(value, datetime):
        return value if moments else value.date()
    if isinstance(value, str | float | bool | date):
        return value
    if isinstance(value, int):
        return float(value)
    return str(value) if isinstance(value, time | timedelta) else ""
