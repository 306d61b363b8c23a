"""How a list is narrowed: by what a case is, where it lies and how it stands; never by who raised it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BigIntegerField, F, Model, QuerySet

from linli.base.ids import uuid7
from linli.base.text import search_tokens
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Clock
from linli.cases.models.case import Unindexed
from linli.cases.search import contains_all
from linli.divisions.codes import span

Rows = TypeVar("Rows", bound=Model)
SOON = timedelta(days=3)
Test = tuple[str, str, Any]  # a path from the case, a lookup, a value


class State(StrEnum):
    """How a case stands against its clock."""

    OPEN = "open"
    FINISHED = "finished"
    OVERDUE = "overdue"
    SOON = "soon"
    SUSPENDED = "suspended"
    PARKED = "parked"


_EARLIEST, _LATEST = date(1900, 1, 1), date(9000, 1, 1)
RESTING = (State.SUSPENDED, State.PARKED)


@dataclass(frozen=True)
class Days:
    """From a day to a day, both included; either may be left open."""

    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until)

    @property
    def begin(self) -> datetime | None:
        """The first moment."""
        return _midnight(_within(self.since)) if self.since else None

    @property
    def end(self) -> datetime | None:
        """The first moment after."""
        return _midnight(_within(self.until) + timedelta(days=1)) if self.until else None

    def tests(self, path: str) -> list[Test]:
        """As conditions on a moment."""
        ends = ((path, "gte", self.begin), (path, "lt", self.end))
        return [test for test in ends if test[2] is not None]


def _within(day: date) -> date:
    """The day, or the nearest that every zone and database can tell."""
    return min(max(day, _EARLIEST), _LATEST)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PLACE_TIME)


@dataclass(frozen=True)
class Narrowing:
    """Everything a list can be narrowed by, all at once. `place` is a trimmed code, `leads` are posts that lead."""

    kind: str = ""
    stage: str = ""
    state: str = ""
    place: str = ""
    categories: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()
    channel: str = ""
    opened: Days = Days()
    closed: Days = Days()
    due: Days = Days()
    words: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    @property
    def tokens(self) -> list[str]:
        """The words as the search index has them."""
        return search_tokens(self.words).split()

    @property
    def hopeless(self) -> bool:
        """Whether nothing can fit: words of which the index keeps nothing."""
        return bool(self.words) and not self.tokens

    def tests(self, now: datetime) -> list[Test]:
        """All conditions but the words, each on a column of the case."""
        exact = (("kind", self.kind), ("stage", self.stage), ("channel", self.channel))
        found: list[Test] = [(path, "exact", value) for path, value in exact if value]
        if self.place:
            low, high = span(self.place)
            found += [("code_now", "gte", low), ("code_now", "lt", high)]
        found += [("category_id", "in", self.categories)] if self.categories else []
        found += [("lead_id", "in", self.leads)] if self.leads else []
        found += self.opened.tests("at") + self.closed.tests("closed_at") + self.due.tests("due")
        return found + _state_tests(self.state, now)

    def newest(self) -> UUID | None:
        """The key below which all fitting cases lie: a case is opened before it is due or closed."""
        ends = [days.end for days in (self.opened, self.closed, self.due) if days.end]
        return least_key(min(ends)) if ends else None

    def oldest(self) -> UUID | None:
        """The key from which on all fitting cases lie."""
        return least_key(self.opened.begin) if self.opened.begin else None


def resting(state: str) -> QuerySet[Clock, Any]:
    """The cases with a clock that rests in this way."""
    return Clock.objects.filter(resting=True, halted=state).values("case")


def _state_tests(state: str, now: datetime) -> list[Test]:
    if state in RESTING:
        return [("pk", "in", resting(state))]
    still: Test = ("closed_at", "isnull", True)
    return (
        {
            State.OPEN: [still],
            State.FINISHED: [("closed_at", "isnull", False)],
            State.OVERDUE: [still, ("due", "lt", now)],
            State.SOON: [still, ("due", "gte", now), ("due", "lt", now + SOON)],
        }.get(State(state), [])
        if state
        else []
    )


def least_key(at: datetime) -> UUID:
    """The smallest key that a case of this moment could have."""
    return UUID(int=uuid7(at).int >> 64 << 64)


def narrowed_by(rows: QuerySet[Rows], tests: Sequence[Test], prefix: str = "") -> QuerySet[Rows]:
    """Narrow rows by conditions that no index shall serve; `prefix` leads from the row to its case."""
    for number, (path, lookup, value) in enumerate(tests):
        column: Any = Unindexed(F(f"{prefix}{path}"))
        if path.endswith("_id"):
            column.output_field = BigIntegerField()
        rows = rows.alias(**{f"_test{number}": column}).filter(**{f"_test{number}__{lookup}": value})
    return rows


def worded(rows: QuerySet[Rows], tokens: Sequence[str], prefix: str = "") -> QuerySet[Rows]:
    """Narrow rows by words, row by row."""
    if not tokens:
        return rows
    named, condition = contains_all(tokens, f"{prefix}search_text__tokens")
    found: QuerySet[Rows] = rows.alias(**named).filter(condition)
    return found
