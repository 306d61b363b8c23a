"""A sample of another system's sheet, to make a map by: its first rows as text, and what its names suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from linli.base.workbooks import Sheet
from linli.exchange.sheets.headings import WITHIN, as_name, first_sheet, likely_row
from linli.exchange.sheets.maps import LONGEST, MOST_VALUES
from linli.exchange.sheets.moments import proposed_order
from linli.exchange.sheets.reading import shown
from linli.exchange.sheets.roles import INCOMING, proposed

MOST_ROWS = 1_000
FIRST = 3


@dataclass(frozen=True)
class Sample:
    """The rows of a sheet as text; `top`: which one holds the headings (from 0)."""

    name: str
    rows: list[list[str]]
    top: int

    def under(self, number: int | None) -> Sample:
        """The same with its headings in another row (from 1), where there is such a row near the top."""
        fits = number is not None and 1 <= number <= min(WITHIN, len(self.rows))
        return replace(self, top=number - 1) if fits and number else self

    @property
    def headings(self) -> list[str]:
        """The headings, each once: two columns of one name cannot be told apart."""
        return list(dict.fromkeys(name[:LONGEST] for name in map(as_name, self.rows[self.top]) if name))

    @property
    def near_top(self) -> list[tuple[int, str]]:
        """The rows that may hold the headings (from 1), with their words; of what lies below them none is shown."""
        lines = [
            (number, " · ".join(filter(None, row))[:40]) for number, row in enumerate(self.rows[:WITHIN], 1)
        ]
        return [(number, words if number <= self.top + 1 else "") for number, words in lines if words]

    def first(self, place: int) -> list[str]:
        """The first values of a column, by its place among the headings."""
        return self._column(self.headings[place])[:FIRST]

    def _column(self, heading: str) -> list[str]:
        """What stands below a heading; some exports repeat the headings on every page."""
        names = [as_name(cell)[:LONGEST] for cell in self.rows[self.top]]
        place = names.index(heading)
        below = (row[place].strip() for row in self.rows[self.top + 1 :] if place < len(row))
        return [value for value in below if value and as_name(value)[:LONGEST] != heading]

    def values_of(self, heading: str) -> list[str]:
        """The different values of a column."""
        if heading not in self.headings:
            return []
        return [value for value in sorted(set(self._column(heading))) if len(value) <= LONGEST][:MOST_VALUES]

    def proposed(self) -> dict[str, str]:
        """What the names of the columns suggest: role to heading."""
        return {role: heading for heading, role in proposed(self.headings, INCOMING).items()}

    def order(self) -> str:
        """How its dates are likely written."""
        found = self.proposed()
        return proposed_order(
            value
            for role in ("called", "deadline")
            if role in found
            for value in self._column(found[role])[:50]
        )


def sample_of(sheets: Sequence[Sheet]) -> Sample:
    """The sheet with the most headings as a sample. Invalid where there is nothing in any."""
    first_sheet(sheets)
    sheet = max(sheets, key=_headings)
    rows = [[shown(cell) for cell in row] for row in sheet.rows[:MOST_ROWS]]
    return Sample(sheet.name, rows, likely_row(sheet))


def _headings(sheet: Sheet) -> int:
    return len({as_name(cell) for cell in sheet.rows[likely_row(sheet)]}) if sheet.rows else 0
