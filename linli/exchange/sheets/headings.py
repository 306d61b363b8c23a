"""Where the headings of a sheet stand: titles and merged cells may be above them, other sheets beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.workbooks import MOST_COLUMNS, MOST_ROWS, Place, Sheet, Value, damaged
from linli.cases.cells import plain_name

WITHIN = 15  # rows from the top


def as_name(cell: Value) -> str:
    """A heading as it is kept in a map."""
    return str(cell).strip() if isinstance(cell, str) else ""


def merged_down(sheet: Sheet) -> dict[Place, tuple[Place, int]]:
    """The cells that are merged with rows above or below: each with the cell that has their value, and the last row."""
    found: dict[Place, tuple[Place, int]] = {}
    cells = 0
    for (first, left), (last, right) in sheet.merged:
        rows = range(first, min(last + 1, len(sheet.rows)) if last > first else first)
        columns = range(left, min(right + 1, MOST_COLUMNS))
        cells += len(rows) * len(columns)
        if cells > MOST_ROWS * MOST_COLUMNS:  # more than there are: they lie over each other
            raise Invalid(damaged())
        found |= {(row, column): ((first, left), last) for row in rows for column in columns}
    return found


def filled_down(sheet: Sheet) -> Sheet:
    """The same with the value of cells merged over several rows in each of these rows.

    What lies hidden below the first of them nobody sees. Headings of two lines are so: what has nothing below it is
    merged with the second line.
    """
    rows = [list(row) for row in sheet.rows]
    for (row, column), ((first, left), _last) in merged_down(sheet).items():
        if column == left and column < len(rows[row]):
            rows[row][column] = rows[first][left]
    return replace(sheet, rows=rows)


def first_sheet(sheets: Sequence[Sheet]) -> Sheet:
    """The first visible sheet with anything in it."""
    for sheet in sheets:
        if any(str(cell).strip() for row in sheet.rows for cell in row):
            return sheet
    raise Invalid(_("The workbook is empty: there is no visible sheet with anything in it."))


def likely_row(sheet: Sheet) -> int:
    """The row (from 0) that looks most like headings: the first with the most different short texts."""
    rows = sheet.rows[:WITHIN]
    fitting = [len({as_name(cell) for cell in row if 0 < len(as_name(cell)) <= 20}) for row in rows]
    return fitting.index(max(fitting)) if fitting else 0


def found_row(sheets: Sequence[Sheet], wanted: Collection[str]) -> tuple[Sheet, int, dict[str, int]]:
    """The sheet, the row (from 0) and the column of each wanted heading; Invalid names what is not there."""
    plain = {plain_name(each): each for each in wanted}
    best: tuple[int, Sheet | None, int] = (0, None, 0)
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:WITHIN]):
            fitting = len({plain_name(as_name(cell)) for cell in row} & set(plain))
            if fitting > best[0]:
                best = (fitting, sheet, number)
    _count, sheet_found, top = best
    if sheet_found is None:
        first_sheet(sheets)
        said = {"wanted": _(", ").join(wanted)}
        raise Invalid(_("No visible sheet has the headings of the map: %(wanted)s.") % said)
    row = sheet_found.rows[top]
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        heading = plain.get(plain_name(as_name(cell)))
        if heading and heading in places:
            raise Invalid(
                _("The column “%(column)s” is there twice. Rename one of them.") % {"column": heading}
            )
        if heading:
            places[heading] = place
    _require_all(wanted, places, row)
    return sheet_found, top, places


def _require_all(wanted: Collection[str], places: dict[str, int], row: Sequence[Value]) -> None:
    for heading in wanted:
        if heading in places:
            continue
        strange = [as_name(cell) for cell in row if as_name(cell) and as_name(cell) not in places]
        near = get_close_matches(heading, strange, 1, 0.4)
        said = {"column": heading, "near": near[0] if near else ""}
        if near:
            raise Invalid(
                _(
                    "The column “%(column)s” of the map is not in this sheet. Was “%(near)s” meant? Give it its name "
                    "back, or change the map."
                )
                % said
            )
        raise Invalid(
            _("The column “%(column)s” of the map is not in this sheet. Add it, or change the map.") % said
        )
