"""Set-wise inserts at the database's own pace, for what is written a thousand times a second.

`bulk_create` builds its statement anew each time, which costs several times what the database needs to run it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from itertools import chain
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import AutoField, Field, JSONField, Model
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute

from linli.base.stored import Key
from linli.base.writing import write_alone, writing

Convert = Callable[[Any], Any]
Made = TypeVar("Made", bound=Model)
AT_ONCE = 16


def fresh(model: type[Made], **columns: Any) -> Made:
    """An unsaved row of plain columns, all others at their defaults: what `model(...)` gives, in a quarter of the time.

    Related rows are given by name or by key (`case`, `case_id`). TypeError for a name the model does not have, or for
    columns with descriptors of their own, which have to be asked (but for those that only watch who reads).
    """
    constants, makers, related = _given(model, tuple(columns))
    row = model.__new__(model)
    kept = row.__dict__
    kept["_state"] = state = ModelState()
    kept.update(constants)
    for name, make in makers:
        kept[name] = make()
    for name, key in related:
        other = columns.pop(name)
        state.fields_cache[name] = other
        columns[key] = None if other is None else other.pk
    kept.update(columns)
    return row


class _Given(NamedTuple):
    """How a row is made of columns that are given: how others start, those made anew, and related rows' keys."""

    constants: Mapping[str, Any]
    makers: Sequence[tuple[str, Callable[[], Any]]]
    related: Sequence[tuple[str, str]]


@cache
def _given(model: type[Model], names: tuple[str, ...]) -> _Given:
    mould = _mould(model)
    if unknown := set(names) - mould.names:
        raise TypeError(f"{model.__name__} has no column {', '.join(sorted(unknown))}")
    makers = [(name, make) for name, make in mould.makers if name not in names]
    return _Given(
        mould.constants, makers, [(name, mould.related[name]) for name in names if name in mould.related]
    )


@dataclass(frozen=True)
class _Mould:
    """What rows of a model have in common: names they know, columns that start alike, and those made anew."""

    names: frozenset[str]
    related: Mapping[str, str]
    constants: Mapping[str, Any]
    makers: Sequence[tuple[str, Callable[[], Any]]]


@cache
def _mould(model: type[Model]) -> _Mould:
    columns = model._meta.concrete_fields
    own = [each.attname for each in columns if not _is_plain(model.__dict__.get(each.attname))]
    if own:
        raise TypeError(f"{model.__name__} has columns that are no plain ones: {', '.join(own)}")
    related = {each.name: each.attname for each in columns if each.is_relation}
    anew = [each for each in columns if each.has_default() and callable(each.default)]
    made = [(each.attname, each.get_default) for each in anew]
    constants = {each.attname: each.get_default() for each in columns if each not in anew}
    return _Mould(
        frozenset(constants) | related.keys() | {name for name, _make in made}, related, constants, made
    )


def _is_plain(descriptor: object) -> bool:
    """Whether a column's value is what stands in the row under its name."""
    return type(descriptor) in _PLAIN or getattr(descriptor, "keeps_plainly", False)


def insert_many(rows: Sequence[Model]) -> None:
    """Insert new rows of one model, keyed already or by the database, by statements that are prepared once.

    Sixteen rows go in by one execution: each execution lets go of Python's lock, and a writer that has to queue for
    it again after each row is slow under load.
    """
    if not rows:
        return
    insert_values(type(rows[0]), values_of(rows))
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def values_of(rows: Sequence[Model]) -> list[list[Any]]:
    """What the database takes for rows of one model, column by column: plain values that another process can make."""
    plan = _plan(type(rows[0]), connections[DEFAULT_DB_ALIAS].vendor, keyed=rows[0].pk is not None)
    return [plan.values(row) for row in rows]


def values_from(
    model: type[Model], alike: Mapping[str, Any], each: Sequence[Mapping[str, Any]]
) -> list[list[Any]]:
    """What the database takes for keyed rows whose columns are given by name, without making models of them.

    `alike` is written once for all rows. Raises TypeError where a column is missing, KeyError where there is no such.
    """
    plan = _plan(model, connections[DEFAULT_DB_ALIAS].vendor, keyed=True)
    shared: list[Any] = [None] * len(plan.columns)
    plan.put(shared, alike)
    rows = []
    for changes in each:
        if len(alike) + len(changes) != len(shared):
            raise TypeError(f"A row of {model.__name__} has {len(shared)} columns.")
        rows.append(shared.copy())
        plan.put(rows[-1], changes)
    return rows


def insert_values(model: type[Model], values: Sequence[list[Any]], *, most_at_once: int = AT_ONCE) -> None:
    """Insert what `values_of` or `values_from` gave; outside a transaction, as one of its own."""
    store = connections[DEFAULT_DB_ALIAS]
    plan = _plan(model, store.vendor, keyed=len(values[0]) == len(model._meta.concrete_fields))
    if store.in_atomic_block:
        _insert_in_groups(plan, values, most_at_once)
    elif len(values) <= most_at_once:
        write_alone(plan.statement(len(values)), list(chain(*values)))
    else:
        with writing():
            _insert_in_groups(plan, values, most_at_once)


def _insert_in_groups(plan: _Plan, values: Sequence[list[Any]], most_at_once: int, ending: str = "") -> None:
    rest = len(values) % most_at_once
    full = [values[begin : begin + most_at_once] for begin in range(0, len(values) - rest, most_at_once)]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        for groups in (full, [values[-rest:]] if rest else []):
            if groups:
                statement = plan.statement(len(groups[0])) + ending
                cursor.executemany(statement, [list(chain(*each)) for each in groups])


def put_values(model: type[Model], values: Sequence[list[Any]], *renewed: str) -> None:
    """Insert what `values_from` gave; of a row whose key is there already these columns are written anew."""
    store = connections[DEFAULT_DB_ALIAS]
    quoted = store.ops.quote_name
    names = [quoted(str(model._meta.get_field(name).column)) for name in renewed]  # type: ignore[union-attr]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    ending = f" ON CONFLICT ({quoted(str(model._meta.pk.column))}) DO UPDATE SET {changes}"
    _insert_in_groups(_plan(model, store.vendor, keyed=True), values, AT_ONCE, ending)


def any_of(keys: Iterable[Key], *, texts: bool = False) -> RawSQL:
    """Keys for `__in` as one parameter: thousands of them make no longer statement, and take no time to prepare.

    They are those of rows, or `texts`.
    """
    listed = list(keys)
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        plain = [key if isinstance(key, str) else key.hex for key in listed]
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(plain)])
    kind = "text" if texts else "uuid"
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [listed])  # noqa: S611  one of two words


@dataclass(frozen=True)
class _Plan:
    """A model's statement; how a row is read at once; and per column how each type of value is written."""

    begin: str
    row: str
    read: Callable[[Model], tuple[Any, ...]]
    columns: list[tuple[Mapping[type, Convert | None], Convert]]
    places: Mapping[str, int]
    statements: dict[int, str] = field(default_factory=dict)
    conversions: dict[tuple[type, ...], list[tuple[int, Convert]]] = field(default_factory=dict)

    def statement(self, count: int) -> str:
        """The statement that inserts so many rows."""
        if count not in self.statements:
            self.statements[count] = self.begin + ", ".join([self.row] * count)
        return self.statements[count]

    def values(self, row: Model) -> list[Any]:
        """What the database takes for a row. Only a type that a column does not expect goes the long way."""
        values = list(self.read(row))
        types = tuple(map(type, values))
        if types not in self.conversions:
            self.conversions[types] = list(self._converted(types))
        for number, convert in self.conversions[types]:
            values[number] = convert(values[number])
        return values

    def put(self, values: list[Any], given: Mapping[str, Any]) -> None:
        """Write some columns of a row, given by name."""
        for name, value in given.items():
            place = self.places[name]
            known, otherwise = self.columns[place]
            convert = known.get(type(value), otherwise)
            values[place] = value if convert is None else convert(value)

    def _converted(self, types: tuple[type, ...]) -> Iterator[tuple[int, Convert]]:
        """Which columns are not written as they are, when a row has values of these types."""
        for number, (kind, (known, otherwise)) in enumerate(zip(types, self.columns, strict=True)):
            convert = known.get(kind, str.__str__ if _is_named_text(kind, known) else otherwise)
            if convert is not None:
                yield number, convert


def _is_named_text(kind: type, known: Mapping[type, Convert | None]) -> bool:
    """Whether values of this type are names of texts (enumerations), where a column takes texts as they are."""
    return issubclass(kind, str) and known.get(str, str) is None


@cache
def _plan(model: type[Model], vendor: str, *, keyed: bool) -> _Plan:
    """`keyed`: the rows bring the key along that the database would else give them."""
    fields = [each for each in model._meta.concrete_fields if keyed or not isinstance(each, AutoField)]
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(str(each.column)) for each in fields)
    place = "?" if vendor == "sqlite" else "%s"  # what Django would turn %s into, each time anew
    row = f"({', '.join([place] * len(fields))})"
    begin = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES "  # noqa: S608
    read = _reader(model, [each.attname for each in fields])
    places = {each.attname: place for place, each in enumerate(fields)}
    return _Plan(begin, row, read, [_column(each, vendor) for each in fields], places)


def _reader(model: type[Model], names: Sequence[str]) -> Callable[[Model], tuple[Any, ...]]:
    """What reads these columns of a row: all at once where they stand in it as they are, else one by one."""
    if not all(_is_plain(model.__dict__.get(name)) for name in names):
        return attrgetter(*names)
    read = itemgetter(*names)
    return lambda row: read(row.__dict__)


def _column(column: Field[Any, Any], vendor: str) -> tuple[Mapping[type, Convert | None], Convert]:
    """What is written as it is (None), what quickly, and how everything else is: as Django does it."""
    if getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False):
        raise TypeError(f"{column} is filled in on saving, which insert_many does not do.")
    otherwise = partial(_as_django_does, column)
    if isinstance(column, JSONField):
        return ({dict: json.dumps} if vendor == "sqlite" and column.encoder is None else {}), otherwise
    return _QUICKLY[vendor], otherwise


def _as_django_does(column: Field[Any, Any], value: Any) -> Any:
    return column.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


@lru_cache(maxsize=512)  # more would not stay in the processor's own memory
def _utc(value: datetime) -> str:
    """As Django writes an instant for SQLite; one moment stands in many columns of the rows that came of it."""
    if value.tzinfo is None:
        raise ValueError("An instant without a zone is none.")
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ")[:-6]


_PLAIN = {DeferredAttribute, ForeignKeyDeferredAttribute}
_AS_IT_IS: dict[type, Convert | None] = dict.fromkeys((NoneType, str, int, float, bool, bytes), None)
_QUICKLY: dict[str, Mapping[type, Convert | None]] = {
    "sqlite": {**_AS_IT_IS, UUID: attrgetter("hex"), datetime: _utc},
    "postgresql": {**_AS_IT_IS, UUID: None, datetime: None},
}
