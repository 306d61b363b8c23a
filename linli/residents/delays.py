"""How many readings appear later than they happened: for everybody to see, by month and activity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.db.models.functions import TruncMonth

from linli.residents.models import Access
from linli.residents.purposes import Purpose, all_purposes


@dataclass(frozen=True)
class Delayed:
    """So many readings of an activity in a month were, or are, shown later."""

    month: datetime
    purpose: Purpose
    count: int


def delayed_by_month(now: datetime) -> list[Delayed]:
    """The newest month first; no statement where no activity has a delay."""
    activities = [each for each in all_purposes() if each.delay]
    found = []
    for each in activities:
        assert each.delay is not None  # noqa: S101  only these were taken
        rows = Access.objects.filter(activity=each.nr, at__lte=now, at__date__gte=each.delay.since)
        months = rows.order_by().annotate(month=TruncMonth("at")).values("month").annotate(count=Count("pk"))
        found += [Delayed(row["month"], each, row["count"]) for row in months]
    return sorted(found, key=lambda row: (row.month, -row.purpose.nr), reverse=True)
