"""Holding the rollups against a recount: a sample of places, as `linli doctor` does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.utils import timezone

from linli.analytics.models import Tally
from linli.analytics.shares import ALL, Changes, body_keys, note, shares_of, summed_up
from linli.analytics.standing import standing
from linli.cases.models import Case
from linli.divisions.codes import SIZES, Level, trimmed

VILLAGE = SIZES[Level.VILLAGE]
PLACES, MOST = 5, 2000  # villages that are looked at; cases of each


@dataclass(frozen=True)
class Checked:
    """How many villages were held against a recount and which differ; nothing where something waits to be folded."""

    places: int
    wrong: Sequence[str] = ()


def held_against_a_recount(places: int = PLACES, seed: int | None = None) -> Checked:
    """Recount some villages, drawn by lot, case by case, and compare with their rows.

    Only where nothing waits before and after, else steps of the moment would look like mistakes.
    """
    now = timezone.now()
    before = _stamp(now)
    rows = Tally.objects.filter(level=Level.VILLAGE, body=ALL)
    known = list(rows.values_list("place", flat=True).distinct())
    drawn = Random(seed).sample(known, min(places, len(known)))  # noqa: S311  no secret
    differs = {place: _differs(place, now) for place in drawn}
    if before is None or before != _stamp(now):
        return Checked(0)
    wrong = [trimmed(place * VILLAGE, Level.VILLAGE) for place in drawn if differs[place]]
    return Checked(sum(each is not None for each in differs.values()), wrong)


def _stamp(now: datetime) -> int | None:
    """What changes with every batch; None where something waits."""
    stands = standing(now)
    return stands.progress.stamp if stands.holds(now) and stands.oldest is None else None


def _differs(place: int, now: datetime) -> bool | None:
    """Whether a village's rows say something else than its cases; None where they are too many to look at."""
    low = place * VILLAGE
    cases = Case.objects.within((low, low + VILLAGE)).order_by("pk")
    keys = list(cases.values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        return None
    changes: Changes = defaultdict(dict)
    for share in shares_of(keys, now, body_keys()).values():
        note(changes, "", share.adds)
    wanted = {
        (period, kind): counts
        for (level, period, here, kind, body), counts in summed_up(changes).items()
        if (level, here, body) == (Level.VILLAGE, place, ALL)
    }
    rows = Tally.objects.filter(level=Level.VILLAGE, place=place, body=ALL)
    return wanted != {(row.period, row.kind): row.counts for row in rows}
