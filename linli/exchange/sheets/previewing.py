"""What a sheet would bring, before anybody says yes: new, known, changed over there, likely the same as one here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.retelling import retold
from linli.base.sheets import Cell, Formula, Heading, Table, write_workbook
from linli.base.text import brief
from linli.cases.alike import Alike, Spot, alike_at
from linli.cases.models import Case
from linli.cases.opening import Draft
from linli.exchange.models import Parcel
from linli.exchange.sheets.headings import as_name
from linli.exchange.sheets.maps import body_of
from linli.exchange.sheets.moving import due_of
from linli.exchange.sheets.parcels import Contents, contents_of
from linli.exchange.sheets.reading import Row
from linli.exchange.sheets.taking_in import drafting, known_there, map_of
from linli.posts.actor import PostActor

MOST_SHOWN = 100


@dataclass(frozen=True)
class Coming:
    """A row that would open a case, in as many words as a list says of one; never who said it."""

    line: int
    number: str
    words: str
    place: str
    category: str
    called: datetime | None
    due: datetime | None
    alike: list[Alike]


@dataclass(frozen=True)
class Known:
    """A row whose number is here already, with its case; `changed`: the source says something else by now.

    `due`: until when the source wanted its answer when it came in, and wants it now; None: no deadline.
    """

    line: int
    number: str
    case: Case
    changed: bool
    due: tuple[datetime | None, datetime | None]

    @property
    def moved(self) -> bool:
        """Whether the source has moved its deadline."""
        return self.changed and self.due[0] != self.due[1]


@dataclass
class Preview:
    """Everything about a sheet; lists are cut to what a page shows, counts are not."""

    contents: Contents
    new: int = 0
    coming: list[Coming] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)

    @property
    def changed(self) -> list[Known]:
        """Known rows that the source has changed since."""
        return [each for each in self.known if each.changed]

    @property
    def moved(self) -> bool:
        """Whether the source has moved the deadline of one of them."""
        return any(each.moved for each in self.changed)

    @property
    def bad(self) -> list[Row]:
        """The rows that cannot be taken in, as many as a page shows."""
        return self.contents.bad[:MOST_SHOWN]


def preview_of(parcel: Parcel, *, by: PostActor) -> Preview:
    """Compare a sheet with what is here now."""
    contents = contents_of(parcel)
    there = known_there(parcel.source, [row.number for row in contents.good])
    found = Preview(contents)
    new = [row for row in contents.good if row.number not in there]
    found.new = len(new)
    draft = drafting(parcel.source, body_of(map_of(parcel)), new[:MOST_SHOWN], by=by)
    found.coming = [_coming(row, draft(row), by) for row in new[:MOST_SHOWN]]
    for row in contents.good:
        if (foreign := there.get(row.number)) is not None:
            changed = bool(foreign.digest) and foreign.digest != row.digest
            due = (foreign.due, due_of(row))
            found.known.append(Known(row.line, row.number, foreign.case, changed, due))
    return found


def _coming(row: Row, draft: Draft, by: PostActor) -> Coming:
    return Coming(
        row.line,
        row.number,
        brief(draft.summary, 40),
        draft.division.name,
        str(draft.category or ""),
        draft.at,
        due_of(row),
        alike_at(_spot(draft), by=by),
    )


def _spot(draft: Draft) -> Spot:
    east, north = getattr(draft.detail, "longitude", None), getattr(draft.detail, "latitude", None)
    point = None if east is None or north is None else (east, north)
    return Spot(draft.kind, draft.category, draft.division, point, draft.at or timezone.now())


def bad_rows_workbook(contents: Contents) -> bytes:
    """The rows that were not taken in, as they stood, each with its reasons: to be put right and sent again.

    The reasons of a workbook that was sent again make room for those of today. What was refused for what the cell is,
    and not for its words, is a formula, so that it does not come in before somebody has looked at it.
    """
    reasons = _("What to put right")
    kept = [place for place, title in enumerate(contents.headings) if title != as_name(reasons)]
    headings = [Heading(contents.headings[place], 18) for place in kept]
    rows: list[list[Cell]] = [_padded(row, kept) for row in contents.bad]
    return write_workbook(Table(_("To put right"), [*headings, Heading(reasons, 80)], rows))


def _cell(row: Row, place: int) -> Cell:
    shown = row.cells[place] if place < len(row.cells) else ""
    return Formula(shown) if place in row.held else shown


def _padded(row: Row, kept: Sequence[int]) -> list[Any]:
    cells = [_cell(row, place) for place in kept]
    return [*cells, " ".join(retold(str(each)) for each in row.faults)]
