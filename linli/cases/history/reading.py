"""From a row of another system's file to a past."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import shapely
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.generations import Cached
from linli.base.tabular import STRAY, Cell, Row
from linli.base.text import half_width, tidy
from linli.cases.history.maps import HOLD, OTHERS, Coded, Map, Turn, Value
from linli.cases.history.parameters import Parameter, parameters_of, read
from linli.cases.kinds import Kind
from linli.cases.opening import Origin
from linli.cases.procedure import REPORTER
from linli.cases.replaying import IMPORT, Past, PastStep
from linli.divisions.codes import parse_code
from linli.divisions.models import FAMILY, Division
from linli.divisions.stretching import Onto
from linli.posts.actor import PartyActor

UNKNOWN = "unknown"
BY = {"": None, REPORTER: PartyActor(REPORTER), "system": IMPORT}
_LONGEST_NUMBER = 100
_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Sheet:
    """A map made ready for one kind of case."""

    map: Map
    kind: Kind

    @property
    def source(self) -> str:
        """What makes numbers of this source different from those of others."""
        return f"import/{self.map.name}"

    def origin(self, row: Row) -> Origin:
        """By what a row is recognised; Invalid without a number."""
        number = self.number(row)
        body = json.dumps([as_text(row[name]) for name in self.map.columns], ensure_ascii=False)
        return Origin.of(self.source, number, body.encode())

    def number(self, row: Row) -> str:
        """The number that the other system gave."""
        if STRAY in row.values():
            raise Invalid(_("The row has more cells than there are columns."))
        number = as_text(row[self.map.number])
        if not number:
            raise _bad(self.map.number, _("There is no number."))
        if len(number) > _LONGEST_NUMBER:
            raise _bad(
                self.map.number,
                _("The number has more than %(most)d characters.") % {"most": _LONGEST_NUMBER},
            )
        return number

    # --- the whole row

    def past(self, row: Row, notes: list[str] | None = None, origin: Origin | None = None) -> Past:
        """The past that a row tells, which came from there; Invalid, with the column, for one that cannot be read.

        `notes` gets a line for each time that stood before the one before it and was held back.
        """
        columns = self.map
        opened = self._time(row, columns.opened)
        promised = self._time(row, columns.promised, optional=True) if columns.promised else None
        given = self._values(
            row, columns.given, parameters_of(self.kind.name, self.kind.procedure.opening.name)
        )
        given |= self._place(row)
        clocks = [rule.name for rule in self.kind.procedure.clocks.values() if rule.shown]
        return Past(
            kind=self.kind.name,
            at=opened,
            given=given,
            origin=origin,
            taken_in_by=self.map.by.get(given.get("channel", ""), ""),
            steps=list(self._steps(row, opened, notes if notes is not None else [])),
            ends=dict.fromkeys(clocks, promised),
            words={"original_number": self.number(row)},
        )

    def _steps(self, row: Row, opened: datetime, notes: list[str]) -> Iterator[PastStep]:
        before = opened
        for turn in self._turns(row):
            at = self._time(row, turn.at, optional=turn.optional)
            if at is None:
                continue
            if at < before and self.map.backwards == HOLD:
                said = {
                    "column": turn.at,
                    "at": as_text(row[turn.at]),
                    "before": f"{before.astimezone(self.map.zone):%Y-%m-%d %H:%M:%S}",
                }
                note = _("%(column)s is %(at)s, which is before %(before)s; taken as that.") % said
                notes += [note] if note not in notes else []  # one column may be the time of several steps
                at = before
            given = self._values(row, turn.given, parameters_of(self.kind.name, turn.step))
            yield PastStep(turn.step, at, BY[turn.by], given)
            before = at

    def _turns(self, row: Row) -> Sequence[Turn]:
        states = self.map.states
        word = as_text(row[self.map.state]) if self.map.state else OTHERS
        if word not in states and OTHERS not in states:
            raise _bad(self.map.state, _("The map does not say what “%(word)s” means.") % {"word": word[:40]})
        return states.get(word, states.get(OTHERS, ()))

    def _values(
        self, row: Row, values: Mapping[str, Value], takes: Mapping[str, Parameter]
    ) -> dict[str, Any]:
        found = {}
        for name, value in values.items():
            try:
                word = self.word(row, value)
                if takes[name].needed and not word:
                    raise Invalid(_("This must not be empty."))
                if len(word) > _LONGEST_TEXT:
                    raise Invalid(_("This text has more than %(most)d characters.") % {"most": _LONGEST_TEXT})
                found[name] = read(self.kind.name, takes[name].type, word, source=self.source)
            except Invalid as trouble:
                raise _bad(", ".join(value.columns) or name, trouble.sentence) from trouble
        return found

    def word(self, row: Row, value: Value) -> str:
        """What a value comes to in a row."""
        if isinstance(value, Coded):
            word = as_text(row[value.column])
            if word not in value.codes and OTHERS not in value.codes:
                raise Invalid(_("The map does not say what “%(word)s” means.") % {"word": word[:40]})
            return value.codes.get(word, value.codes.get(OTHERS, ""))
        text = value.template
        for name in value.columns:
            text = text.replace(f"{{{name}}}", as_text(row[name]))
        return text.strip()

    # --- times, places, people

    def _time(self, row: Row, column: str, *, optional: bool = False) -> Any:
        value = row[column]
        if value is None or value == "":
            if optional:
                return None
            raise _bad(column, _("There is no time."))
        try:
            moment = value if isinstance(value, date) else self._parsed(as_text(value))
            if not isinstance(moment, datetime):
                moment = datetime(moment.year, moment.month, moment.day)
            return (moment if moment.tzinfo else moment.replace(tzinfo=self.map.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise _bad(
                column, _("“%(word)s” is not a time as the map has it.") % {"word": as_text(value)[:40]}
            ) from None

    def _parsed(self, text: str) -> datetime:
        for form in self.map.times:
            try:
                return datetime.strptime(text, form)
            except ValueError:
                continue
        if self.map.times:
            raise ValueError(text)
        return datetime.fromisoformat(text)

    def _place(self, row: Row) -> dict[str, Any]:
        place = self.map.place
        if place.longitude and (point := self._point(row)):
            return {"longitude": point[0], "latitude": point[1], "datum": str(place.datum)}
        word = as_text(row[place.division]) if place.division else ""
        if word:
            try:
                return {"division": _known_division(word), "placing": "chosen"}
            except Invalid as trouble:
                raise _bad(place.division, trouble.sentence) from trouble
        if place.fallback:
            return {"division": _known_division(place.fallback), "placing": UNKNOWN}
        return {}

    def _point(self, row: Row) -> tuple[float, float] | None:
        place = self.map.place
        point = tuple(self._degrees(row, name) for name in (place.longitude, place.latitude))
        if None in point or point in place.unknown:
            return None
        east, north = point
        if not (-180 <= east <= 180 and -90 <= north <= 90):
            raise _bad(
                place.longitude, _("The point is not on the earth; are longitude and latitude exchanged?")
            )
        return _onto(place.fallback, place.stretch)(east, north) if place.stretch else (east, north)

    def _degrees(self, row: Row, column: str) -> Any:
        value = row[column]
        if value is None or value == "":
            return None
        try:
            degrees = float(str(value))
        except ValueError:
            degrees = math.nan
        if not math.isfinite(degrees):
            raise _bad(column, _("“%(word)s” is not a number of degrees.") % {"word": as_text(value)[:40]})
        return degrees


def as_text(cell: Cell) -> str:
    """A cell as it is read: tidy; whole numbers without the .0 that Excel gives them."""
    if isinstance(cell, str) and cell.isascii() and cell.isprintable():
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return (
        tidy(half_width(cell) if isinstance(cell, str) and cell.isdigit() else str(cell))
        if cell is not None
        else ""
    )


def _bad(column: str, sentence: object) -> Invalid:
    return Invalid(sentence, column=column)


def _read_division(word: str) -> Division | None:
    """By code or, where only one is called so, by name; one statement for each word."""
    rows = Division.objects.current().defer("outline")
    if word.isascii() and word.isdigit():
        return next((each for each in rows.filter(code=parse_code(word)) if each.trimmed == word), None)
    found = list(rows.filter(name=word)[:2])
    return found[0] if len(found) == 1 else None


_division: Cached[Division | None] = Cached(FAMILY, _read_division)


def _known_division(word: str) -> Division:
    try:
        found = _division(word)
    except Invalid:  # a number of digits that no code has
        found = None
    if found is None:
        raise Invalid(
            _("There is no division %(word)s here, or several are called so.") % {"word": word[:40]}
        )
    return found


def trouble_naming(word: str) -> str:
    """What is wrong with a division's code or name; empty when there is such a one."""
    try:
        _known_division(word)
    except Invalid as trouble:
        return str(trouble.sentence)
    return ""


def _read_onto(code: str, there: tuple[float, float, float, float]) -> Onto:
    outline = Division.objects.defer(None).get(pk=_known_division(code).pk).outline
    if not outline:
        raise Invalid(_("%(code)s has no outline over which points could be laid.") % {"code": code})
    return Onto.inside(shapely.from_wkb(bytes(outline)), there)


_onto: Cached[Onto] = Cached(FAMILY, _read_onto)
