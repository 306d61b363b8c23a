"""Caches that notice changes made by any process: one row read per request tells which are out of date."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import F

from linli.base.models import Generation

Kept = TypeVar("Kept")
_current: dict[str, int] = {}
_changes = count(1)


def refresh() -> None:
    """Read all generation numbers (one statement); called at the start of each request and loop turn."""
    _current.update(Generation.objects.values_list("name", "number"))


def bump(name: str) -> None:
    """Tell every process that settings of this family changed; call inside the transaction that changes them."""
    changed = Generation.objects.filter(name=name).update(number=F("number") + 1)
    if not changed:
        Generation.objects.create(name=name, number=1)
    _current[name] = -next(
        _changes
    )  # this process re-reads at once; a roll-back merely costs one more reading


class Cached(Generic[Kept]):
    """A value computed by `make(*key)` and kept until its family's generation moves."""

    def __init__(self, family: str, make: Callable[..., Kept]) -> None:
        self.family = family
        self.make = make
        self._kept: dict[tuple[Any, ...], Kept] = {}
        self._of: tuple[object, ...] | None = None

    def __call__(self, *key: Any) -> Kept:
        now = (_current.get(self.family, 0), connection.settings_dict["NAME"])
        if now != self._of:
            self._kept, self._of = {}, now
        if key not in self._kept:
            self._kept[key] = self.make(*key)
        return self._kept[key]

    def forget(self) -> None:
        """Drop everything; for tests that change databases under the process."""
        self._kept, self._of = {}, None
