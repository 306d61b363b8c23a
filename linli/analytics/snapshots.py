"""What takes long to count of a city or a province: kept in the process for some minutes, with its moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar, cast

from linli.base.generations import Cached, generations
from linli.divisions.codes import Level
from linli.divisions.models import FAMILY, Division

KEPT_FOR = timedelta(minutes=10)
POSTS = "posts"
Counted = TypeVar("Counted")


@dataclass(frozen=True)
class Snapshot(Generic[Counted]):
    """What was counted, and when."""

    counted: Counted
    at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is young enough to be shown."""
        return self.at <= now < self.at + KEPT_FOR


_kept: Cached[dict[Hashable, Snapshot[Any]]] = Cached(FAMILY, dict)


def snapshot(here: Division, now: datetime, key: Hashable, make: Callable[[], Counted]) -> Snapshot[Counted]:
    """What `make` counts of a place: at this moment from the county down, above it at most ten minutes ago.

    It is counted anew as soon as the tree, a post or an appointment changes.
    """
    if here.level >= Level.COUNTY:
        return Snapshot(make(), now)
    kept, whole = _kept(), (key, here.trimmed, generations().get(POSTS, 0))
    found = kept.get(whole)
    if found is None or not found.holds(now):
        found = Snapshot(make(), now)
        for old in [each for each, known in list(kept.items()) if not known.holds(now)]:
            kept.pop(old, None)
        kept[whole] = found
    return cast("Snapshot[Counted]", found)
