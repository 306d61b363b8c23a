"""How the catalogue's page shows rows: fewer columns than a workbook, and what belongs together in one cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.cases.cells import BETWEEN, UNIT_WORDS, YES_NO, milestone_words
from linli.cases.tables import AUDIENCES, RULES, Table, category_words
from linli.posts.actor import PostActor
from linli.posts.may import covers
from linli.web.times import day_words

_FEW = 8  # everyday words in a cell; all of them stand on the row's own page
Shown = tuple[Any, Callable[[Any], str], bool]  # heading, what a row says, whether it stays on one line


@dataclass(frozen=True)
class ShownRow:
    """A row as the page shows it: its cells, whether it holds, whether this actor may edit it."""

    row: Any
    cells: list[tuple[Any, str, bool]]
    state: str
    editable: bool

    @property
    def unconfirmed(self) -> bool:
        """Whether nobody has checked it against its source."""
        return getattr(self.row, "confirmed", True) is False


def _period(row: Any) -> str:
    return day_words(row.valid_from) + (f" – {day_words(row.valid_to)}" if row.valid_to else "")


def _limit(row: Any) -> str:
    limit = f"{row.amount} {UNIT_WORDS[row.unit]}"
    return f"{limit}（{milestone_words(row.milestones)}）" if row.milestones else limit


def _posts(row: Any) -> str:
    helping = "；".join(post.title for post in row.co_posts.all())
    return str(row.post.with_body) + (f" + {helping}" if helping else "")


def _few_words(row: Any) -> str:
    words = row.words.split(BETWEEN) if row.words else []
    more = f" … ({len(words)})" if len(words) > _FEW else ""
    return BETWEEN.join(words[:_FEW]) + more


PERIOD: Shown = (_("In force"), _period, True)
COLUMNS: dict[str, Sequence[Shown]] = {
    "rows": (
        (_("Category"), lambda row: category_words(row.category), False),
        (_("Opening condition"), lambda row: row.condition, False),
        (_("Area"), lambda row: row.division.name, True),
        (_("Leads"), _posts, False),
        (_("Limit"), _limit, False),
        (_("Source"), lambda row: row.source, False),
        PERIOD,
    ),
    "categories": (
        (_("Category"), category_words, False),
        (_("Belongs to"), lambda row: str(row.parent or ""), False),
        (_("Who may choose it"), lambda row: str(AUDIENCES[row.audience]), False),
        (_("Sensitive"), lambda row: str(YES_NO["1"]) if row.sensitive else "", True),
        (_("Everyday words"), _few_words, False),
        (_("Source"), lambda row: row.source, False),
    ),
    "admissions": (
        (_("Item"), lambda row: f"{row.key} {row.title}", False),
        (_("Rule"), lambda row: str(RULES[row.rule]), False),
        (_("Category"), lambda row: category_words(row.category), False),
        (_("Area"), lambda row: row.division.name, True),
        (_("Legal basis"), lambda row: row.source, False),
        PERIOD,
    ),
}


def shown(row: Any, table: Table, by: PostActor) -> ShownRow:
    """A row for the page of one actor."""
    cells = [(label, say(row), short) for label, say, short in COLUMNS[table.name]]
    editable = not table.dated or covers(by, row.division.code)
    return ShownRow(row, cells, state_of(row), editable)


def state_of(row: Any) -> str:
    """`ended`, `coming`, or nothing for a row in force."""
    today = timezone.localdate()
    if row.valid_to and row.valid_to <= today:
        return "ended"
    return "coming" if row.valid_from > today else ""
