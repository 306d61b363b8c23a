"""From an uploaded workbook to the rows of one of the catalogue's tables, kept until somebody has seen the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Invalid
from linli.base.sheets import Cell, Heading, write_workbook
from linli.base.sheets import Table as Written
from linli.base.workbooks import Sheet, Value, read_workbook
from linli.base.writing import writing
from linli.cases.cells import Ground, plain_name
from linli.cases.comparing import Complaint, Plan, compare
from linli.cases.models import Upload
from linli.cases.tables import Column, Table, table_named
from linli.posts.actor import PostActor

KEPT = timedelta(days=2)
_HEADINGS_WITHIN = 10  # rows from the top: titles and remarks may stand above the headings


@dataclass
class Sent:
    """What a workbook says: its rows by field, with what was noticed and what is wrong before any cell is read."""

    first_day: date
    lines: list[tuple[int, dict[str, Value]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[Complaint] = field(default_factory=list)


def keep_upload(kind: str, table: Table, content: bytes, *, by: PostActor) -> Upload:
    """Read a workbook and keep its rows for the preview; refusals say what is wrong with the file as a whole."""
    sent = read_sent(table, content)
    now = timezone.now()
    with writing():
        Upload.objects.filter(at__lt=now - KEPT).delete()
        return Upload.objects.create(
            kind=kind,
            table=table.name,
            post=by.post,
            at=now,
            first_day=sent.first_day,
            lines=sent.lines,
            faults=[[each.line, each.column, each.value, each.sentence] for each in sent.faults],
            notes=sent.notes,
        )


def plan_of(upload: Upload, *, by: PostActor) -> Plan:
    """What an upload would change now, with everything that is wrong with it."""
    ground = Ground(upload.kind, upload.first_day)
    given = [(line, cells) for line, cells in upload.lines]
    plan = compare(table_named(upload.table), ground, given, by=by, today=timezone.localdate())
    plan.faults = sorted(
        [*(Complaint(*each) for each in upload.faults), *plan.faults], key=lambda each: each.line
    )
    return plan


def read_sent(table: Table, content: bytes) -> Sent:
    """Find the table in a workbook and read its rows; Invalid where no such table can be found."""
    sheets = read_workbook(content)
    if not any(sheet.rows for sheet in sheets):
        raise Invalid(_("The workbook is empty: there is no visible sheet with anything in it."))
    sheet, top, places = _find(table, sheets)
    sent = Sent(sheet.first_day)
    if sheet is not next(each for each in sheets if each.rows):
        sent.notes.append(_("Read from the sheet “%(sheet)s”.") % {"sheet": sheet.name})
    _check_headings(table, sheet.rows[top], places, sent)
    _check_merged(sheet, top, sent)
    for number in range(top + 1, len(sheet.rows)):
        _take_row(sheet, number, places, sent)
    if not sent.lines and not sent.faults:
        raise Invalid(_("The sheet “%(sheet)s” has headings but no rows.") % {"sheet": sheet.name})
    return sent


def _find(table: Table, sheets: Sequence[Sheet]) -> tuple[Sheet, int, dict[int, Column]]:
    """The sheet and row whose headings fit best, and which column of the sheet is which of the table."""
    known = _known_headings(table)
    best: tuple[int, Sheet | None, int] = (0, None, 0)
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:_HEADINGS_WITHIN]):
            fitting = sum(plain_name(str(cell)).lower() in known for cell in row)
            if fitting > best[0]:
                best = (fitting, sheet, number)
    count, found, top = best
    if found is None or count < 2:
        wanted = _(", ").join(str(each.label) for each in table.own() if each.needed)
        raise Invalid(
            _("No sheet has the headings of this table. It needs: %(wanted)s.") % {"wanted": wanted}
        )
    places: dict[int, Column] = {}
    for place, cell in enumerate(found.rows[top]):
        column = known.get(plain_name(str(cell)).lower())
        if column and column in places.values():
            raise Invalid(_("The column “%(column)s” is there twice.") % {"column": column.label})
        if column:
            places[place] = column
    return found, top, places


def _known_headings(table: Table) -> dict[str, Column]:
    known: dict[str, Column] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            known |= {plain_name(str(each.label)).lower(): each for each in table.columns}
    return known


def _check_headings(
    table: Table, headings: Sequence[Value], places: Mapping[int, Column], sent: Sent
) -> None:
    there = {each.name for each in places.values()}
    strange = [
        str(cell).strip() for place, cell in enumerate(headings) if place not in places and str(cell).strip()
    ]
    for column in table.own():
        if column.name in there:
            continue
        near = get_close_matches(str(column.label), strange, 1, 0.4)
        said = {"column": column.label, "near": near[0] if near else ""}
        if column.needed and near:
            raise Invalid(
                _("The column “%(column)s” is missing. Was “%(near)s” meant? Give it its name back.") % said
            )
        if column.needed:
            raise Invalid(_("The column “%(column)s” is missing. Begin with the downloaded table.") % said)
    for name in strange:
        sent.notes.append(
            _("The column “%(column)s” is none of this table's and was left out.") % {"column": name}
        )


def _check_merged(sheet: Sheet, top: int, sent: Sent) -> None:
    for (first, _left), (last, _right) in sheet.merged:
        if last > top:
            sentence = _("Cells are merged down to row %(last)d. Undo the merging and fill in every row.")
            sent.faults.append(Complaint(first + 1, "", "", sentence % {"last": last + 1}))


def _take_row(sheet: Sheet, number: int, places: Mapping[int, Column], sent: Sent) -> None:
    row = sheet.rows[number]
    cells: dict[str, Value] = {}
    before = len(sent.faults)
    for place, column in places.items():
        value = row[place] if place < len(row) else ""
        if (number, place) in sheet.broken:
            sentence = _("This cell holds an error such as #REF!. Type the value.")
            sent.faults.append(Complaint(number + 1, str(column.label), "", sentence))
        elif (number, place) in sheet.formulas and not column.told:
            sentence = _("This cell holds a formula. Copy it and paste it as a value.")
            sent.faults.append(Complaint(number + 1, str(column.label), str(value), sentence))
        elif not column.told:
            cells[column.name] = value.isoformat() if isinstance(value, date) else value
    if len(sent.faults) == before and any(str(value).strip() for value in cells.values()):
        sent.lines.append((number + 1, cells))
        if number in sheet.hidden:
            sentence = _("Row %(line)d is hidden in the workbook and was read all the same.")
            sent.notes.append(sentence % {"line": number + 1})


def current_workbook(kind: str, table: Table, rows: Sequence[Any]) -> bytes:
    """A table as a workbook: its current rows, or none as a template, with choices and a sheet of explanations."""
    ground = Ground(kind)
    headings = [
        Heading(
            str(each.label),
            each.width,
            each.choices(ground) if each.choices else (),
            str(each.hint),
            each.is_day,
        )
        for each in table.columns
    ]
    remarks = [
        _("A row that is there already is recognised by: %(key)s.")
        % {"key": _(", ").join(str(table.column(name).label) for name in table.key)},
        _("A changed row takes effect on the day of the upload; open cases keep the row they began with."),
        _("A row that is left out stays as it is. To end one, fill in “%(column)s”.")
        % {"column": table.column("valid_to").label},
        *(f"{each.label}: {each.hint}" for each in table.columns if each.hint),
    ]
    written = Written(
        str(table.label), headings, [table.cells_of(row) for row in rows], remarks, _("Explanations")
    )
    return write_workbook(written)


def faults_workbook(faults: Sequence[Complaint]) -> bytes:
    """Everything that is wrong with an upload, line by line, as a workbook."""
    titles = ((_("Row"), 8), (_("Column"), 24), (_("What stands there"), 40), (_("What to do"), 80))
    headings = [Heading(title, width) for title, width in titles]
    rows: list[list[Cell]] = [[each.line, each.column, each.value, each.sentence] for each in faults]
    return write_workbook(Written(_("To put right"), headings, rows))
