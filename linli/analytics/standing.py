"""How far the folding of figures has come at a moment: asked once for a page, and handed to all who count for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Subquery

from linli.analytics.models import NAME, Progress
from linli.analytics.models import Share as Stored
from linli.cases.models import Mark
from linli.ledger.models import Entry, Position, Unplaced

STALE = timedelta(minutes=5)  # rollups that lag by more are left aside, and figures counted live


@dataclass(frozen=True)
class Standing:
    """How the rollups stand: the oldest thing that is not in them yet (None: nothing waits)."""

    progress: Progress
    oldest: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether they answer what is asked as of a moment."""
        as_of = self.progress.as_of
        if not (self.progress.whole and as_of) or now < as_of - STALE:
            return False
        return self.oldest is None or self.oldest >= now - STALE


def standing(now: datetime) -> Standing:
    """How the rollups stand at a moment (one statement); as long as nothing was ever folded they hold nothing."""
    mark = Mark.objects.filter(name=NAME).values("position")[:1]
    beyond = Position.objects.filter(number__gt=Subquery(mark)).order_by("number")
    # By their keys, else the database may walk all entries to find that none of them waits.
    unplaced = Entry.objects.filter(pk__in=Unplaced.objects.values("entry")).order_by("recorded_at")
    turned = Stored.objects.filter(turns_at__lt=now).order_by("turns_at")
    rows = Progress.objects.filter(name=NAME).annotate(
        beyond=Subquery(beyond.values("entry__recorded_at")[:1]),
        unplaced=Subquery(unplaced.values("recorded_at")[:1]),
        turned=Subquery(turned.values("turns_at")[:1]),
    )
    progress: Any = rows.first()
    if progress is None:
        return Standing(Progress(name=NAME))
    waiting = [each for each in (progress.beyond, progress.unplaced, progress.turned) if each]
    return Standing(progress, min(waiting, default=None))
