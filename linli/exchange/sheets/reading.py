"""From a sheet to rows by a source's map: each is read or refused by itself, with a sentence about each cell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite, nan
from typing import Any

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.text import compatible, half_width, tidy
from linli.base.workbooks import Place, Sheet, Value
from linli.cases.cells import Fault, text_of
from linli.divisions.models import Division
from linli.exchange.sheets.areas import Areas
from linli.exchange.sheets.headings import as_name, found_row, merged_down
from linli.exchange.sheets.maps import Body
from linli.exchange.sheets.moments import read_called, read_deadline
from linli.exchange.sheets.roles import Role, role_named
from linli.residents.crypto import blind_index
from linli.residents.keeping import plain_phone

LONGEST_NUMBER = 60
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how exports keep Excel from taking a number for one
_AN_ERROR = "#N/A"  # where nothing is left of what stood there
_NO_REPORT = re.compile(
    r"[合总小共]\s*计|(?:填表|填报|制表|制单|审核|复核|审批|经办|负责|导出|打印)\S{0,6}[:：]|第\s*\d+\s*页|(?:备注|附注|说明|注)[:：]"
)
_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
# What exports write into a cell that has nothing to say; the second line where somebody's own data would stand.
_NOTHING = {"-", "--", "—", "——", "/", "\\", "无", "暂无", "null", "none", "n/a"}
_NOTHING |= {"0000-00-00", "0000-00-00 00:00:00"}  # a database's date that is none
_NOBODY = _NOTHING | {"0", "匿名", "保密", "不详", "未知", "未留"}
_MOST_DIGITS = 10**15  # of a number, Excel keeps fifteen
_EAST, _NORTH = (73.0, 136.0), (3.0, 54.0)  # where China lies, to notice exchanged coordinates


@dataclass
class Complaint:
    """What is wrong with a cell: its column, what stands there (empty for people's own data), what to do."""

    column: str
    value: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.column}: {self.sentence}" if self.column else self.sentence


@dataclass
class Row:
    """One row: its line in the sheet, what it says by role, the cells as they stand, and what is wrong.

    `held`: the places of cells that would be taken if they were written as the text they show.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)
    faults: list[Complaint] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The number over there, as far as it could be read."""
        return str(self.values.get("number", ""))

    @property
    def digest(self) -> str:
        """Tells whether the source has changed its row since; nobody can guess from it what the row says."""
        return blind_index(json.dumps(self.values, sort_keys=True, ensure_ascii=False), "exchange/sheets")


@dataclass
class Read:
    """What a sheet says."""

    headings: list[str]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_sheet(sheets: Sequence[Sheet], body: Body, area: Division) -> Read:
    """Read the sheet that has the map's headings. Invalid where no sheet fits the map or there are no rows."""
    sheet, top, places = found_row(sheets, list(body.columns.values()))
    read = Read([as_name(cell) for cell in sheet.rows[top]])
    reader, merged = _Reader(body, Areas(area), sheet.first_day), merged_down(sheet)
    for number in range(top + 1, len(sheet.rows)):
        if not any(str(cell).strip() for cell in sheet.rows[number]):
            continue
        if [as_name(cell) for cell in sheet.rows[number]] == read.headings:
            read.notes.append(_("Row %(line)d repeats the headings and was left out.") % {"line": number + 1})
            continue
        cells = {role: _cell(sheet, number, places[name]) for role, name in body.columns.items()}
        if _is_no_report(cells, sheet.rows[number]):
            sentence = _("Row %(line)d is no report but a sum or a remark, and was left out.")
            read.notes.append(sentence % {"line": number + 1})
            continue
        row = Row(number + 1, cells=[shown(cell) for cell in sheet.rows[number]])
        _find_traps(sheet, (number, merged), {place: heading for heading, place in places.items()}, row)
        reader.read(row, cells)
        said, place = cells["text"], places[body.columns["text"]]
        if not isinstance(said, str) and place not in row.held:
            row.held.append(place)
        read.rows.append(row)
        if number in sheet.hidden:
            sentence = _("Row %(line)d is hidden in the sheet and is read all the same.")
            read.notes.append(sentence % {"line": number + 1})
    read.notes += reader.notes()
    _refuse_repeated(read)
    return read


def _is_no_report(cells: Mapping[str, Value], row: Sequence[Value]) -> bool:
    """Whether a row is a sum or a signature below the table: nothing was said, and its number has no digit.

    Or it has no number, and what it begins with (mostly in a column the map does not read) says so.
    """
    number = str(cells["number"]).strip()
    if not number:
        return bool(_NO_REPORT.match(next(text for value in row if (text := str(value).strip()))))
    filled = sum(bool(str(value).strip()) for value in cells.values())
    said = str(cells["text"]).strip()
    return bool(number) and not said and filled <= 2 and not re.search(r"\d", half_width(number))


def _cell(sheet: Sheet, number: int, place: int) -> Value:
    row = sheet.rows[number]
    value = row[place] if place < len(row) else ""
    kept = _AS_TEXT.fullmatch(value.strip()) if isinstance(value, str) else None
    return kept[1] if kept else value


def shown(value: Value) -> str:
    """A cell as people see it in the sheet."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, float) and abs(value) >= _MOST_DIGITS:
        return f"{value:.5E}"  # its last digits are lost, and must not look as if they were there
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def _find_traps(
    sheet: Sheet, at: tuple[int, Mapping[Place, tuple[Place, int]]], columns: dict[int, str], row: Row
) -> None:
    """What the values do not tell: formulas, error cells, cells merged with the row above or below."""
    number, merged = at
    for place, heading in columns.items():
        if (number, place) in sheet.broken or _ERROR.fullmatch(str(_cell(sheet, number, place))):
            sentence = _("This cell holds an error such as #REF!. Type the value.")
            row.faults.append(Complaint(heading, "", sentence))
            if place < len(row.cells) and not row.cells[place]:
                row.cells[place] = _AN_ERROR
        elif (number, place) in sheet.formulas:
            sentence = _("This cell holds a formula. Copy it and paste it as a value.")
            row.faults.append(Complaint(heading, "", sentence))
            row.held.append(place)
        if (number, place) in merged:
            (first, _left), last = merged[number, place]
            said = {"first": first + 1, "last": last + 1}
            sentence = _("Rows %(first)d to %(last)d are merged here. Undo it and fill in every row.") % said
            row.faults.append(Complaint(heading, "", sentence))
            row.held.append(place)


def _refuse_repeated(read: Read) -> None:
    """Of rows with one number, the first stands; the same again is left out, another is refused."""
    seen: dict[str, Row] = {}
    kept = []
    for row in read.rows:
        first = seen.setdefault(row.number, row) if row.number else row
        said = {"line": row.line, "first": first.line}
        if first is not row and first.values == row.values and not row.faults:
            read.notes.append(_("Row %(line)d is the same as row %(first)d and was left out.") % said)
            continue
        if first is not row:
            sentence = (
                _("Row %(first)d has the same number but says something else. Keep the right one.") % said
            )
            row.faults.append(Complaint("", row.number, sentence))
        kept.append(row)
    read.rows = kept


class _Reader:
    """Reads the cells of one sheet, role by role, and remembers what is worth a note."""

    def __init__(self, body: Body, areas: Areas, first_day: date) -> None:
        self.body, self.areas, self.first_day = body, areas, first_day
        self._masked = self._nowhere = 0
        self._unmapped: set[str] = set()
        self._readers: dict[str, Callable[[Value], Any]] = {
            "number": _number,
            "text": _words,
            "name": text_of,
            "landmark": text_of,
            "phone": self._phone,
            "called": lambda value: read_called(value, body.order, first_day).isoformat(),
            "deadline": lambda value: read_deadline(value, body.order, first_day).isoformat(),
            "division": areas.find,
            "longitude": _degrees,
            "latitude": _degrees,
            "category": self._category,
        }

    def read(self, row: Row, cells: dict[str, Value]) -> None:
        """Fill in a row's values; what cannot be read becomes a fault beside it."""
        for role, value in cells.items():
            heading = self.body.columns[role]
            known = role_named(role)
            if _ERROR.fullmatch(str(value)) or any(fault.column == heading for fault in row.faults):
                continue  # said already
            if not str(value).strip() or _says_nothing(known, value):
                if known.needed:
                    row.faults.append(Complaint(heading, "", _("This must be filled in.")))
                continue
            try:
                row.values[role] = self._readers[role](value)
            except Fault as fault:
                seen = "" if known.private else shown(value)[:60]
                row.faults.append(Complaint(heading, seen, str(fault)))
        row.values = {role: value for role, value in row.values.items() if value not in ("", None)}
        self._check_point(row)
        self._check_order(row)

    def _phone(self, value: Value) -> str:
        text = half_width(text_of(value))
        if _SCIENTIFIC.fullmatch(text):
            raise Fault(
                _("Excel has shortened this telephone number. Export it as text, or leave the cell empty.")
            )
        if "*" in text:
            self._masked += 1
            return ""
        try:
            plain_phone(text)
        except Invalid as refusal:
            sentence = _(
                "Write one telephone number here, as 13912345678 or 0517-12345678, or leave the cell empty."
            )
            raise Fault(sentence) from refusal
        return text

    def _category(self, value: Value) -> str:
        text = text_of(value)
        if text not in self.body.categories:
            self._unmapped.add(text)
        return self.body.categories.get(text, "")

    def _check_point(self, row: Row) -> None:
        east, north = row.values.get("longitude"), row.values.get("latitude")
        heading = self.body.columns.get("longitude", "")
        if not east and not north:
            self._nowhere += east is not None
            row.values.pop("longitude", None), row.values.pop("latitude", None)
        elif (east is None or north is None) and not self._found_fault(row, "longitude", "latitude"):
            row.faults.append(Complaint(heading, "", _("A point needs both longitude and latitude.")))
        elif east and north and _within(east, _NORTH) and _within(north, _EAST):
            sentence = _("Longitude and latitude are exchanged. Exchange the two columns in the map.")
            row.faults.append(Complaint(heading, f"{east}, {north}", sentence))

    def _found_fault(self, row: Row, *roles: str) -> bool:
        """Whether something has been said about one of these cells: one sentence for each damage."""
        return any(fault.column == self.body.columns.get(role) for fault in row.faults for role in roles)

    def _check_order(self, row: Row) -> None:
        called, deadline = row.values.get("called", ""), row.values.get("deadline", "")
        if called and deadline and datetime.fromisoformat(deadline) < datetime.fromisoformat(called):
            sentence = _("The deadline lies before the report. Correct one of the two dates.")
            row.faults.append(
                Complaint(self.body.columns["deadline"], deadline[:16].replace("T", " "), sentence)
            )

    def notes(self) -> list[str]:
        """What was noticed on the way."""
        found = []
        if self._unmapped:
            listed = _(", ").join(sorted(self._unmapped)[:8])
            sentence = _("The map does not know these categories; such rows come in without one: %(listed)s.")
            found.append(sentence % {"listed": listed})
        if self._masked:
            sentence = _("%(count)d telephone numbers are masked with asterisks and were left out.")
            found.append(sentence % {"count": self._masked})
        if self._nowhere:
            found.append(_("%(count)d rows have the point 0, 0 and so none.") % {"count": self._nowhere})
        return found


def _says_nothing(role: Role, value: Value) -> bool:
    """Whether a cell that need not be filled in holds a sign for nothing."""
    return not role.needed and shown(value).strip().lower() in (_NOBODY if role.private else _NOTHING)


def _within(degrees: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= degrees <= bounds[1]


def _number(value: Value) -> str:
    lost = isinstance(value, float) and abs(value) >= _MOST_DIGITS
    text = "" if lost else re.sub(r"\s", "", half_width(text_of(value)))
    if lost or _SCIENTIFIC.fullmatch(text):
        raise Fault(
            _("Excel has shortened this number. Export the column as text, or type the number again.")
        )
    if len(text) > LONGEST_NUMBER:
        raise Fault(_("A number has at most %(most)d characters.") % {"most": LONGEST_NUMBER})
    return text


def _words(value: Value) -> str:
    if not isinstance(value, str):
        raise Fault(
            _("Words should stand here, not a number or a date. Is this the right column of the map?")
        )
    return tidy(value)


def _degrees(value: Value) -> float:
    try:
        degrees = float(compatible(text_of(value)))
    except ValueError:
        degrees = nan
    if not isfinite(degrees):
        raise Fault(_("This is not a coordinate in degrees, such as 119.0632."))
    return degrees
