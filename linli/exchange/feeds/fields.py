"""The published field list: what leaves of a step, with its meaning. There is no other way into a feed's rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.divisions.codes import trimmed
from linli.exchange.models import Feed
from linli.ledger.models import Entry

CATEGORY, STAGE = "category", "stage"


@dataclass(frozen=True)
class Told:
    """One step as a feed tells it: the entry with its position, the case it is about, what else has to be known.

    `bodies`: organisation by post; `theirs`: the source's code by sort, kind and our code; `number`: the source's own
    number of a case that it sent itself.
    """

    position: int
    entry: Entry
    case: Case
    feed: Feed
    number: str | None = None
    bodies: Mapping[int, str] = field(default_factory=dict)
    theirs: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def category(self) -> str | None:
        """The category's code after the step."""
        present = self.case.category.code if self.case.category else None
        known: str | None = self._standing("category", present)
        return known

    @property
    def lead(self) -> int | None:
        """The post that led after the step."""
        known: int | None = self._standing("lead", self.case.lead_id)
        return known

    @property
    def outcome(self) -> str | None:
        """How it ended, if the step ended it."""
        known: str | None = self._standing("outcome", self.case.outcome or None)
        return known

    @property
    def due(self) -> str | None:
        """The end of the promise after the step, in the place's time."""
        kept = self._standing("due", self.case.due)
        return _instant(datetime.fromisoformat(kept) if isinstance(kept, str) else kept)

    def _standing(self, name: str, present: Any) -> Any:
        """As the entry says; entries written before they said it take it from the case of today."""
        return self.entry.facts.get(name) if "due" in self.entry.facts else present

    def their(self, sort: str, code: str | None) -> str | None:
        """The source's code for one of ours; None where nobody has mapped it."""
        return self.theirs.get((sort, self.case.kind, code)) if code else None


@dataclass(frozen=True)
class Field:
    """One published field. `codes`: the list its values are from; `origin`: the record it is read from."""

    name: str
    type: str
    meaning: str | Promise
    origin: str
    read: Callable[[Told], Any]
    codes: str = ""
    nullable: bool = False


def _instant(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


def _step(told: Told) -> str:
    return told.entry.name.partition(".")[2]


def _stage(told: Told) -> str:
    return str(told.entry.facts["to"])


def _place(told: Told) -> str:
    case = told.case
    return trimmed(case.code_now, min(case.division.level, told.feed.level))


FIELDS = [
    Field(
        "position",
        "integer",
        _("The place of the step in the one order of this installation; rises, and is never used twice."),
        "Position.number",
        lambda told: told.position,
    ),
    Field("number", "string", _("The case's number here."), "Case.number", lambda told: told.case.number),
    Field(
        "their_number",
        "string",
        _("Your own number of the case, if you sent it."),
        "Foreign.number",
        lambda told: told.number,
        nullable=True,
    ),
    Field("kind", "code", _("What sort of case it is."), "Case.kind", lambda told: told.case.kind, "kinds"),
    Field("step", "code", _("What was done."), "Entry.name", _step, "steps"),
    Field("stage", "code", _("Where the case stands after the step."), "Entry.facts.to", _stage, "stages"),
    Field(
        "their_stage",
        "string",
        _("Your code for that stage; null where none has been mapped."),
        "TheirCode.theirs",
        lambda told: told.their(STAGE, _stage(told)),
        nullable=True,
    ),
    Field(
        "category",
        "code",
        _("What the case is about, as known after the step."),
        "Entry.facts.category",
        lambda told: told.category,
        "categories",
        nullable=True,
    ),
    Field(
        "their_category",
        "string",
        _("Your code for that category; null where none has been mapped."),
        "TheirCode.theirs",
        lambda told: told.their(CATEGORY, told.category),
        nullable=True,
    ),
    Field(
        "place",
        "string",
        _("The code of the division it lies in, no finer than agreed for this feed."),
        "Case.code_now",
        _place,
    ),
    Field("at", "instant", _("When the step was taken."), "Entry.at", lambda told: _instant(told.entry.at)),
    Field(
        "recorded_at",
        "instant",
        _("When this installation heard of the step."),
        "Entry.recorded_at",
        lambda told: _instant(told.entry.recorded_at),
    ),
    Field(
        "due",
        "instant",
        _("By when an answer is promised after the step; null where no promise runs."),
        "Entry.facts.due",
        lambda told: told.due,
        nullable=True,
    ),
    Field(
        "outcome",
        "code",
        _("How the case ended; null while it goes on."),
        "Entry.facts.outcome",
        lambda told: told.outcome,
        "outcomes",
        nullable=True,
    ),
    Field(
        "body",
        "string",
        _("The body that led the case after the step."),
        "Entry.facts.lead",
        lambda told: told.bodies.get(told.lead or 0),
        nullable=True,
    ),
]


def row_of(told: Told) -> dict[str, Any]:
    """A step as it leaves: the published fields, and nothing else."""
    return {each.name: each.read(told) for each in FIELDS}
