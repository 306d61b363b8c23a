"""Building the rollups from zero by several processes: others reckon what cases add, this one adds it up and writes.

It is the same fold (see `folding`), and whoever folds meanwhile, as a server's loop does, is in nobody's way.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from linli.analytics.folding import LARGE_BATCH, fold_cases, refold, swept
from linli.analytics.models import NAME, Progress
from linli.analytics.shares import Share, body_keys, shares_of
from linli.analytics.tallies import prepared
from linli.base.generations import refresh
from linli.base.processes import helpers, in_order
from linli.base.stored import Key
from linli.base.writing import give_way, writing

ALL = Progress.Sweep.ALL
_AHEAD = 2  # batches for each process


def build_anew(jobs: int, limit: int = LARGE_BATCH) -> Iterator[int]:
    """Throw all rollups away and fold until nothing is left, with so many processes beside this one; yields cases.

    Steps taken meanwhile lie beyond the mark, which the first batch sets, and are folded at the end.
    """
    refold()
    yield fold_cases(limit)
    if jobs and Progress.objects.get(pk=NAME).sweep == ALL:
        with helpers(jobs) as pool:
            ended = False
            while not ended:
                ended = yield from _sweep(pool, jobs, limit)
    while done := fold_cases(limit):
        yield done


def _sweep(pool: ProcessPoolExecutor, jobs: int, limit: int) -> Generator[int, None, bool]:
    """From where the sweep stands to its last case: true; false where somebody else has folded in between.

    What was reckoned ahead is worth nothing then: a case of it may have been looked at since.
    """
    refresh()
    begun = Progress.objects.get(pk=NAME)
    stamp, given = begun.stamp, _given(pool, begun, limit) if begun.sweep == ALL else ()
    for batch in in_order(given, jobs * _AHEAD):
        rows = prepared(batch.keys, batch.shares)
        with writing():
            progress = Progress.objects.select_for_update().get(pk=NAME)
            if progress.stamp != stamp:
                return False
            rows.write()
            progress.swept, progress.as_of = batch.keys[-1], batch.moment
            progress.stamp = stamp = stamp + 1
            progress.save()
        yield len(batch.keys)
        give_way()
    return True


@dataclass(frozen=True)
class _Batch:
    """Some cases, and what they add as of a moment."""

    keys: Sequence[Key]
    moment: datetime
    shares: Mapping[Key, Share]


def _reckoned(keys: Sequence[Key], moment: datetime, bodies: Mapping[int, int]) -> _Batch:
    """In the other process."""
    return _Batch(keys, moment, shares_of(keys, moment, bodies))


def _given(pool: ProcessPoolExecutor, begun: Progress, limit: int) -> Iterator[Future[_Batch]]:
    """The batches after the last case, in order."""
    bodies, moment = body_keys(), begun.as_of or timezone.now()
    after: Key | None = begun.swept
    while keys := swept(ALL, after, limit):
        moment, after = max(moment, timezone.now()), keys[-1]
        yield pool.submit(_reckoned, keys, moment, bodies)
