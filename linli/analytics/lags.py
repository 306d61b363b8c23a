"""How long steps took until they were in the numbers: counts in steps of a quarter, the old ones fading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import ceil, log

SHORTEST, STEP = 0.05, 1.25  # seconds; each count goes so much further than the one before
MOST = 10_000  # beyond so many all counts are halved


def with_lags(lags: Mapping[str, int], recorded: Iterable[datetime], folded: datetime) -> dict[str, int]:
    """The counts with those of a batch that was folded at a moment."""
    found = dict(lags)
    for moment in recorded:
        name = str(max(0, ceil(log(max((folded - moment).total_seconds(), SHORTEST) / SHORTEST, STEP))))
        found[name] = found.get(name, 0) + 1
    while sum(found.values()) > MOST:
        found = {name: number // 2 for name, number in found.items() if number > 1}
    return found


def within(lags: Mapping[str, int], share: float) -> float | None:
    """Within how many seconds a share of the steps were folded (0.99: 99 in 100); None without any."""
    left = share * sum(lags.values())
    for name in sorted(lags, key=int):
        left -= lags[name]
        if left <= 0:
            return float(SHORTEST * STEP ** int(name))
    return None
