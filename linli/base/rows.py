"""Set-wise inserts at the database's own pace, for what is written a thousand times a second.

`bulk_create` builds its statement anew each time, which costs several times what the database needs to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from operator import attrgetter
from types import NoneType
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, JSONField, Model

Convert = Callable[[Any], Any]


def insert_many(rows: Sequence[Model]) -> None:
    """Insert new rows of one model, whose keys are minted already: one prepared statement, run for each row."""
    if not rows:
        return
    plan = _plan(type(rows[0]), connection.vendor)
    with connection.cursor() as cursor:
        cursor.executemany(plan.statement, [plan.values(row) for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@dataclass(frozen=True)
class _Plan:
    """A model's statement; how a row is read at once; and per column how each type of value is written."""

    statement: str
    read: attrgetter[tuple[Any, ...]]
    columns: list[tuple[Mapping[type, Convert | None], Convert]]

    def values(self, row: Model) -> list[Any]:
        """What the database takes for a row. Only a type that a column does not expect goes the long way."""
        values = list(self.read(row))
        for number, (known, otherwise) in enumerate(self.columns):
            value = values[number]
            convert = known.get(type(value), otherwise)
            if convert is not None:
                values[number] = convert(value)
        return values


@cache
def _plan(model: type[Model], vendor: str) -> _Plan:
    fields = model._meta.concrete_fields
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    read = attrgetter(*[field.attname for field in fields])
    return _Plan(statement, read, [_column(field, vendor) for field in fields])


def _column(field: Field[Any, Any], vendor: str) -> tuple[Mapping[type, Convert | None], Convert]:
    """What is written as it is (None), what quickly, and how everything else is: as Django does it."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        raise TypeError(f"{field} is filled in on saving, which insert_many does not do.")
    otherwise = partial(_as_django_does, field)
    if isinstance(field, JSONField):
        return {}, otherwise
    return _QUICKLY[vendor], otherwise


def _as_django_does(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


def _utc(value: datetime) -> str:
    """As Django writes an instant for SQLite."""
    if value.tzinfo is None:
        raise ValueError("An instant without a zone is none.")
    return value.astimezone(UTC).isoformat(" ")[:-6]


_AS_IT_IS: dict[type, Convert | None] = dict.fromkeys((NoneType, str, int, float, bool), None)
_QUICKLY: dict[str, Mapping[type, Convert | None]] = {
    "sqlite": {**_AS_IT_IS, UUID: attrgetter("hex"), datetime: _utc},
    "postgresql": {**_AS_IT_IS, UUID: None, datetime: None},
}
