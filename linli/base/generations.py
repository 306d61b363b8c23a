"""Caches that notice changes made by any process: one row read per request tells which are out of date."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.models import F

from linli.base.models import Generation

Kept = TypeVar("Kept")
_current: dict[str, int] = {}
_changes = count(1)
_caches: WeakSet[Cached[Any]] = WeakSet()


def refresh() -> None:
    """Read all generation numbers (one statement); called at the start of each request and loop turn.

    As the first statement of all it learns whether the line to the database broke since the last one, as it does when
    PostgreSQL was restarted; then a new one is opened, and nobody is refused for it.
    """
    try:
        found = _read()
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        found = _read()
    if found == _current:
        return
    for gone in _current.keys() - found.keys():  # a family's first change, taken back
        _current.pop(gone, None)
    _current.update(found)


def _read() -> dict[str, int]:
    """By hand, because every request waits for it.

    On SQLite in one row: each row read lets go of Python's lock, and the next of many threads takes it.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT json_group_object(name, number) FROM base_generation")
            found: dict[str, int] = json.loads(cursor.fetchone()[0])
            return found
        cursor.execute("SELECT name, number FROM base_generation")
        return dict(cursor.fetchall())


def bump(name: str) -> None:
    """Tell every process that settings of this family changed; call inside the transaction that changes them."""
    changed = Generation.objects.filter(name=name).update(number=F("number") + 1)
    if not changed:
        Generation.objects.create(name=name, number=1)
    # This process reads anew at once; if the transaction is rolled back, the next refresh makes it read again.
    _current[name] = -next(_changes)


def generations() -> dict[str, int]:
    """The numbers as this process knows them."""
    return dict(_current)


def take_back(before: Mapping[str, int]) -> None:
    """Go back to these numbers, after the transaction in which others began was taken back.

    They are given again to the next change, so nothing that was kept under them may stay.
    """
    changed = {name for name in _current.keys() | before.keys() if _current.get(name) != before.get(name)}
    _current.clear()
    _current.update(before)
    for each in list(_caches):
        if each.family in changed:
            each.forget()


class Cached(Generic[Kept]):
    """A value computed by `make(*key)` and kept until its family's generation moves."""

    def __init__(self, family: str, make: Callable[..., Kept]) -> None:
        self.family = family
        self.make = make
        self._state: tuple[object, dict[tuple[Any, ...], Kept]] = (None, {})
        _caches.add(self)

    def __call__(self, *key: Any) -> Kept:
        now = (_current.get(self.family, 0), connections.settings[DEFAULT_DB_ALIAS]["NAME"])
        # One attribute holds both: a slow thread must not put an old value among those of a newer generation.
        of, kept = self._state
        if of != now:
            kept = {}
            self._state = (now, kept)
        if key not in kept:
            kept[key] = self.make(*key)
        return kept[key]

    def forget(self) -> None:
        """Drop everything; for values that depend on the day as well."""
        self._state = (None, {})
