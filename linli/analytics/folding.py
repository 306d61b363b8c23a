"""Folding figures from the ledger's positions: rollups that a recount would give, wherever it is stopped.

Not entries are added up, but cases: a step, a clock that ran out, an edit of the calendar or of the rules make a case
one to look at; what it adds now takes the place of what it added. So replays, late events, moves of places and crashes
are one path, and looking at a case once too often changes nothing (docs/adr/0030).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Max
from django.utils import timezone

from linli.analytics.beside import BESIDE
from linli.analytics.figures import all_figures
from linli.analytics.lags import with_lags
from linli.analytics.models import NAME, Pooled, Progress, Tally
from linli.analytics.models import Share as Stored
from linli.analytics.populations import STEPS, promises
from linli.analytics.shares import body_keys, foldable, shares_of
from linli.analytics.tallies import chunks, prepared
from linli.base.generations import generations
from linli.base.rows import insert_many
from linli.base.stored import Key, as_stored, moment_of
from linli.base.writing import writing
from linli.cases.calendars import FAMILY
from linli.cases.kinds import all_kinds
from linli.cases.models import Case, Mark, areas_see
from linli.ledger.models import Position

BATCH = 8000  # cases; a quarter less work than by 4000, as more share a row; but others wait longer to write
STEPS_OF_A_CASE = 3  # read at most for each; those of one case stand together
LARGE_BATCH = 10_000
VERSION = (
    3  # of what figures mean and how a share is written; after another one every case is looked at again
)
BACK = timedelta(minutes=1)  # a clock that was set back by no more is waited for
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


_Step = tuple[int, Key | None, Any]  # its position, the case it is about, when it was recorded


@dataclass(frozen=True)
class _Work:
    """What one batch looks at, and where mark and sweep stand after it; `full`: more is waiting."""

    keys: Sequence[Key]
    position: int
    recorded: Sequence[datetime]
    sweep: str
    swept: Key | None
    full: bool


def fold_cases(limit: int = BATCH, now: datetime | None = None) -> int:
    """Bring the rollups up to date by a batch of cases (the worker loop calls this); return how many were looked at.

    What cases add, and what the rollups come to by it, is reckoned before the write begins, so that others wait for the
    writing alone: a step in between lies beyond the mark and is seen next time, and nobody but who folds writes
    rollups. Of two that fold at once one wins, and the other has done nothing.
    """
    mark, _new = Mark.objects.get_or_create(name=NAME)
    progress, _new = Progress.objects.get_or_create(name=NAME)
    stamp, moment = progress.stamp, _no_earlier(progress, now or timezone.now())
    changed = _notice_changes(progress, moment)
    bodies = body_keys()
    work = _waiting(mark.position, progress, moment, limit)
    if not work.keys and work.position == mark.position and progress.whole and not changed:
        return 0
    rows = prepared(work.keys, shares_of(work.keys, moment, bodies))
    with writing():
        if Progress.objects.select_for_update().get(pk=NAME).stamp != stamp:
            return 0
        if changed:
            _pool_again(bodies)
        rows.write()
        Mark.objects.filter(pk=NAME).update(position=work.position)
        _keep(progress, work, moment)
    return max(len(work.keys), limit if work.full else 1)


def fold_all(limit: int = BATCH, now: datetime | None = None) -> int:
    """Fold until nothing is left; for tests and benches."""
    done = 0
    while some := fold_cases(limit, now):
        done += some
    return done


def refold() -> None:
    """Throw all rollups away, so that they are built from zero (`anew`); until then figures are counted live."""
    Progress.objects.get_or_create(name=NAME)
    with writing():
        progress = Progress.objects.select_for_update().get(pk=NAME)
        for model in (Tally, Stored):
            model.objects.all().delete()
        _sweep(progress, Progress.Sweep.ALL)
        progress.stamp += 1
        progress.save()


def cases_to_fold() -> int:
    """How many cases there are, to show how far a fold from zero has come."""
    return Case.everywhere.count()


def _no_earlier(progress: Progress, moment: datetime) -> datetime:
    """The moment to fold as of: not before that of the last batch, unless the clock was set back by a lot."""
    before = progress.as_of
    return before if before and before - BACK <= moment < before else moment


def _notice_changes(progress: Progress, moment: datetime) -> bool:
    """Begin to go through cases again where calendars, rules or the clock changed; whether bodies may have."""
    before = (progress.rules, progress.calendars, progress.posts)
    calendars = Mark.objects.filter(name=FAMILY).values_list("position", flat=True).first() or 0
    progress.rules, progress.calendars, progress.posts = _rules(), calendars, generations().get("posts", 0)
    if progress.rules != before[0] or (progress.as_of and moment < progress.as_of):
        _sweep(progress, Progress.Sweep.ALL)
    elif progress.calendars != before[1]:
        _sweep(progress, Progress.Sweep.OPEN)
    progress.as_of = moment
    return progress.posts != before[2]


def _sweep(progress: Progress, which: str) -> None:
    """Go through cases from the first on; what is gone through in full stays so."""
    everything = Progress.Sweep.ALL
    progress.sweep = everything if everything in {which, progress.sweep} else which
    progress.swept, progress.whole = None, False


@cache
def _rules() -> str:
    """What the rollups depend on beside the cases, as a digest."""
    said = (
        VERSION,
        sorted(figure.name for figure in (*all_figures().values(), *BESIDE) if foldable(figure)),
        sorted(kind.name for kind in all_kinds() if areas_see(kind.name)),
        {name: sorted(step()) for name, step in STEPS.items()},
        repr(promises()),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _waiting(position: int, progress: Progress, moment: datetime, limit: int) -> _Work:
    """The cases whose steps lie beyond the mark, those whose time has come, and some of a sweep, in this order."""
    if (
        progress.sweep == Progress.Sweep.ALL and progress.swept is None
    ):  # every case is read after this moment
        position = Position.objects.aggregate(last=Max("number"))["last"] or 0
    steps, full = _steps(position, limit)
    keys = {about for _number, about, _recorded in steps if about}
    if len(keys) < limit:
        turned = Stored.objects.filter(turns_at__lt=moment).order_by("turns_at")
        keys |= set(turned.values_list(as_stored("pk"), flat=True)[: limit - len(keys)])
    full, sweep = full or len(keys) == limit, progress.sweep
    last_swept: Key | None = progress.swept
    if sweep and not full:
        some = swept(sweep, last_swept, limit)
        keys |= set(some)
        full = len(some) == limit
        sweep, last_swept = (sweep, some[-1]) if full else (Progress.Sweep.NONE, None)
    last = steps[-1][0] if steps else position
    return _Work(sorted(keys), last, [moment_of(each[2]) for each in steps], sweep, last_swept, full)


def _steps(position: int, limit: int) -> tuple[list[_Step], bool]:
    """The steps beyond a position that are about so many cases, and whether there are more (one statement)."""
    coming = Position.objects.filter(number__gt=position).order_by("number")
    columns = ("number", as_stored("entry__about"), as_stored("entry__recorded_at"))
    most = limit * STEPS_OF_A_CASE
    steps: list[_Step] = list(coming.values_list(*columns)[:most])
    cases: set[Key] = set()
    for place, (_number, about, _recorded) in enumerate(steps):
        if about:
            cases.add(about)
        if len(cases) > limit:
            return steps[:place], True
    return steps, len(steps) == most


def swept(sweep: str, after: Key | None, limit: int) -> list[Key]:
    """The next cases that a sweep goes through, after the one with a key."""
    rows = Case.everywhere.filter(pk__gt=after) if after else Case.everywhere.all()
    rows = rows.filter(closed_at=None) if sweep == Progress.Sweep.OPEN else rows
    return list(rows.order_by("pk").values_list(as_stored("pk"), flat=True)[:limit])


def _pool_again(bodies: Mapping[int, int]) -> None:
    """Let the cases of posts be looked at whose body has rows of its own from now on, or no longer."""
    before = dict(Pooled.objects.values_list("post", "body"))
    changed = [post for post, body in bodies.items() if before.get(post) != body]
    for some in chunks(changed):
        led = Case.everywhere.filter(lead__in=some).values("pk")
        Stored.objects.filter(pk__in=led).update(turns_at=AT_ONCE)
        Pooled.objects.filter(pk__in=some).delete()
        insert_many([Pooled(post=post, body=bodies[post]) for post in some])


def _keep(progress: Progress, work: _Work, moment: datetime) -> None:
    if progress.whole:
        progress.lags = with_lags(progress.lags, work.recorded, timezone.now())
    progress.stamp += 1
    progress.as_of, progress.sweep, progress.swept = moment, work.sweep, work.swept
    progress.whole = not work.sweep and (progress.whole or not work.full)
    progress.save()
