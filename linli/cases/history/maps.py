"""A map: which column of another system's file means what, and which steps a state of theirs stands for.

docs/history.md describes the format. Everything a map lacks or names wrongly is said at once, before a row is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from django.utils.translation import gettext as _

from linli.base.coordinates import Datum
from linli.base.errors import Invalid

OTHERS = "*"
REFUSE, HOLD = "refuse", "hold"
_IN_BRACES = re.compile(r"\{([^{}]+)\}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_KEYS = {
    "name",
    "zone",
    "times",
    "number",
    "opened",
    "promised",
    "state",
    "backwards",
    "given",
    "place",
    "states",
    "by",
}
_PLACE_KEYS = {"longitude", "latitude", "datum", "unknown", "division", "fallback", "stretch"}
_COLUMNS = ("number", "opened", "promised", "state")
_PLACE_COLUMNS = ("longitude", "latitude", "division")
_TABLES = ("given", "by")


@dataclass(frozen=True)
class Text:
    """A value as it is written out, with columns in braces."""

    template: str

    @cached_property
    def columns(self) -> list[str]:
        """The columns it is made of."""
        return _IN_BRACES.findall(self.template)


@dataclass(frozen=True)
class Coded:
    """A value translated by a table; `*` stands for words that are not in it."""

    column: str
    codes: Mapping[str, str]

    @property
    def columns(self) -> list[str]:
        """The one column."""
        return [self.column]


Value = Text | Coded


@dataclass(frozen=True)
class Turn:
    """One step of a state: the column with its time, what it takes, who took it; `optional` without a time."""

    step: str
    at: str
    given: Mapping[str, Value]
    by: str = ""
    optional: bool = False


@dataclass(frozen=True)
class PlaceColumns:
    """Where a row says its place: a point (with points that mean "not known"), or a division's code or name."""

    longitude: str = ""
    latitude: str = ""
    datum: Datum = Datum.WGS84
    unknown: frozenset[tuple[float, float]] = frozenset()
    division: str = ""
    fallback: str = ""
    stretch: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Map:
    """The whole map. `by`: the kind of post that took a case in, by channel; others came from a resident."""

    name: str
    zone: ZoneInfo
    times: tuple[str, ...]
    number: str
    opened: str
    promised: str
    state: str
    backwards: str
    given: Mapping[str, Value]
    place: PlaceColumns
    states: Mapping[str, tuple[Turn, ...]]
    by: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def columns(self) -> list[str]:
        """Every column the map reads, each once."""
        place = [self.place.longitude, self.place.latitude, self.place.division]
        found = [self.number, self.opened, self.promised, self.state, *place]
        for value in self.given.values():
            found += value.columns
        for turn in self.turns:
            found += [turn.at, *(name for value in turn.given.values() for name in value.columns)]
        return list(dict.fromkeys(name for name in found if name))

    @property
    def turns(self) -> Iterator[Turn]:
        """The steps of all states."""
        return (turn for turns in self.states.values() for turn in turns)

    @property
    def coded(self) -> Iterator[Coded]:
        """Everything that is translated by a table, the states among them."""
        if self.state:
            yield Coded(self.state, dict.fromkeys(self.states, ""))
        values = [*self.given.values(), *(value for turn in self.turns for value in turn.given.values())]
        yield from (value for value in values if isinstance(value, Coded))


def read_map(path: Path) -> Map:
    """Read a map from its YAML file; Invalid with everything that is wrong in it."""
    if not path.is_file():
        raise Invalid(_("There is no file %(path)s.") % {"path": path})
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as trouble:
        sentence = _("%(path)s is not UTF-8. Open it in an editor and save it as UTF-8.")
        raise Invalid(sentence % {"path": path}) from trouble
    except yaml.YAMLError as trouble:
        mark = getattr(trouble, "problem_mark", None)
        said = {"path": path, "line": mark.line + 1 if mark else 1}
        raise Invalid(_("Line %(line)d of %(path)s cannot be read as YAML.") % said) from trouble
    if not isinstance(raw, dict):
        raise Invalid(_("%(path)s is not a map: it has no keys.") % {"path": path})
    if mistakes := list(_mistakes(raw)):
        raise Invalid("\n".join(mistakes))
    return _map(raw)


def _mistakes(raw: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(raw) - _KEYS, key=str):
        yield _("The map has a key that means nothing: %(key)s.") % {"key": key}
    for key in ("name", "number", "opened", "states"):
        if not raw.get(key):
            yield _("The map does not say: %(key)s.") % {"key": key}
    if raw.get("name") and not _NAME.fullmatch(str(raw["name"])):
        yield _("The name of a map is small letters, digits, dots and dashes, at most 40, such as city-311.")
    if raw.get("backwards", REFUSE) not in (REFUSE, HOLD):
        yield _("“backwards” is either refuse or hold.")
    yield from _shape_mistakes(raw)
    yield from _place_mistakes(raw.get("place") or {})
    yield from _state_mistakes(raw.get("states") or {})
    try:
        ZoneInfo(str(raw.get("zone", "Asia/Shanghai")))
    except (ZoneInfoNotFoundError, ValueError):
        yield _("There is no such time zone: %(zone)s. Write it as Asia/Shanghai.") % {"zone": raw["zone"]}


def _shape_mistakes(raw: Mapping[str, Any]) -> Iterator[str]:
    """YAML gives lists, tables and numbers where somebody meant words."""
    yield from _no_columns(raw, _COLUMNS)
    for key in _TABLES:
        if raw.get(key) and not isinstance(raw[key], dict):
            yield _("“%(key)s” is a table: on each line a name, a colon and what it stands for.") % {
                "key": key
            }
    times = raw.get("times") or []
    if not isinstance(times, list) or not all(isinstance(each, str) for each in times):
        said = {"example": '["%Y-%m-%d %H:%M:%S"]'}
        yield _("“times” lists how times are written, such as %(example)s.") % said


def _no_columns(raw: Mapping[str, Any], keys: Sequence[str], above: str = "") -> Iterator[str]:
    for key in keys:
        if isinstance(raw.get(key), dict | list):
            yield _("“%(key)s” is the name of one column.") % {"key": above + key}


def _place_mistakes(place: Any) -> Iterator[str]:
    if not isinstance(place, dict):
        yield _("“place” names columns: longitude and latitude, or division.")
        return
    for key in sorted(set(place) - _PLACE_KEYS, key=str):
        yield _("The map has a key that means nothing: %(key)s.") % {"key": f"place.{key}"}
    if bool(place.get("longitude")) != bool(place.get("latitude")):
        yield _("A point needs both longitude and latitude.")
    yield from _no_columns(place, _PLACE_COLUMNS, "place.")
    if place.get("datum", "wgs84") not in [each.value for each in Datum if each is not Datum.NONE]:
        yield _("“datum” is wgs84, gcj02 or bd09.")
    if "stretch" in place and not _is_box(place["stretch"]):
        yield _("“stretch” is four numbers: west, south, east, north.")
    unknown = place.get("unknown") or []
    if not isinstance(unknown, list) or not all(_are_numbers(each, 2) for each in unknown):
        yield _("“unknown” lists points, each as two numbers: longitude and latitude.")


def _are_numbers(given: Any, count: int) -> bool:
    fits = isinstance(given, list) and len(given) == count
    return fits and all(isinstance(each, int | float) for each in given)


def _is_box(box: Any) -> bool:
    if not _are_numbers(box, 4):
        return False
    west, south, east, north = box
    return bool(west < east and south < north)


def _state_mistakes(states: Any) -> Iterator[str]:
    if not isinstance(states, dict):
        yield _("“states” lists, for each state of theirs, the steps it stands for.")
        return
    for state, turns in states.items():
        for turn in turns if isinstance(turns, list) else [turns] if turns else ():
            if not _is_turn(turn):
                yield _(
                    "Each step of the state “%(state)s” needs “step” and “at”, the column with its time."
                ) % {"state": state}


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and all(
        isinstance(turn.get(key), str) and turn[key] for key in ("step", "at")
    )


def _map(raw: Mapping[str, Any]) -> Map:
    place = dict(raw.get("place") or {})
    place["datum"] = Datum(place.get("datum", "wgs84"))
    place["unknown"] = frozenset((float(east), float(north)) for east, north in place.get("unknown") or ())
    if "stretch" in place:
        place["stretch"] = tuple(place["stretch"])
    if "fallback" in place:
        place["fallback"] = str(place["fallback"])
    place |= {key: _column(place, key) for key in _PLACE_COLUMNS}
    return Map(
        name=str(raw["name"]),
        zone=ZoneInfo(str(raw.get("zone", "Asia/Shanghai"))),
        times=tuple(raw.get("times") or ()),
        number=_column(raw, "number"),
        opened=_column(raw, "opened"),
        promised=_column(raw, "promised"),
        state=_column(raw, "state"),
        backwards=raw.get("backwards", REFUSE),
        given={name: _value(each) for name, each in (raw.get("given") or {}).items()},
        place=PlaceColumns(**place),
        states={str(state): tuple(map(_turn, turns or ())) for state, turns in raw["states"].items()},
        by={str(channel): str(kind) for channel, kind in (raw.get("by") or {}).items()},
    )


def _column(raw: Mapping[str, Any], key: str) -> str:
    """The name of a column, which YAML may have read as a number."""
    return str(raw.get(key) or "")


def _turn(raw: Mapping[str, Any]) -> Turn:
    given = {name: _value(each) for name, each in raw.items() if name not in {"step", "at", "by", "optional"}}
    return Turn(raw["step"], raw["at"], given, str(raw.get("by", "")), bool(raw.get("optional")))


def _value(raw: Any) -> Value:
    if isinstance(raw, dict) and set(raw) == {"column", "codes"} and isinstance(raw["codes"], dict):
        return Coded(str(raw["column"]), {str(word): str(code) for word, code in raw["codes"].items()})
    if isinstance(raw, dict | list):
        raise Invalid(
            _("A value is a text with columns in braces, or has “column” and “codes”: %(value)s")
            % {"value": raw}
        )
    if re.search(r"[{}]", _IN_BRACES.sub("", str(raw))):
        raise Invalid(_("There is a brace without a column: %(value)s") % {"value": raw})
    return Text(str(raw))
