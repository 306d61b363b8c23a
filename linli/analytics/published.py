"""Figures that anybody may read: of a place and its parts, over a quarter or a year, without small numbers.

Only what is defined for everybody else as well; no list stands behind them, no body and no post has a row. Quarters
and years only: with months or free days small numbers could be found by taking one answer from another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.analytics.definition import Figure
from linli.analytics.figures import figure_named
from linli.analytics.periods import Period, recent
from linli.analytics.questions import Question
from linli.analytics.tables import Line, Table, settled
from linli.base.errors import Invalid
from linli.base.generations import generations
from linli.cases.narrowing import Narrowing
from linli.divisions.models import FAMILY, Division

# Names of figures, with plainer words where a figure is otherwise named beside others.
PUBLIC: Mapping[str, Promise | None] = {
    "opened": None,
    "closed": None,
    "due": None,
    "in_time_first": _("Dealt with by the day first promised"),
    "open": None,
    "overdue": None,
    "contested": None,
    "reopened": None,
}
KEPT_FOR = 15 * 60  # seconds: many read the same page, and nobody needs it fresher
FEWEST_FOR_SHARE = 10  # of fewer a percentage says more than is known
MONTH = len("2026-11")


@dataclass(frozen=True)
class Published:
    """A table as it was counted at a moment."""

    table: Table
    at: datetime


def public_figures() -> list[Figure]:
    """The figures, in the order in which they are shown."""
    named = {name: figure_named(name) for name in PUBLIC}
    return [replace(each, label=PUBLIC[name] or each.label) for name, each in named.items()]


def periods_published() -> list[tuple[str, str]]:
    """The years and quarters that may be asked for, the latest year first."""
    offered = [each for each in recent(timezone.localdate()) if len(each[0]) != MONTH or "Q" in each[0]]
    return sorted(offered, key=lambda each: "Q" in each[0])


def published(here: Division, period: str) -> Published:
    """The figures of a place for one of the periods offered; Invalid for any other period."""
    if period not in dict(periods_published()):
        raise Invalid
    key = f"published:{generations().get(FAMILY, 0)}:{here.pk}:{period}"
    found: Published | None = cache.get(key)
    if found is None:
        now = timezone.now()
        asked = Question(Narrowing(place=here.trimmed), Period.named(period), now)
        found = Published(settled(asked, here, [figure_named(name) for name in PUBLIC], {}), now)
        cache.set(key, found, KEPT_FOR)
    return found


def share(line: Line, figure: Figure) -> int | None:
    """What part of the whole it is of, in percent; None where either is withheld or the whole too small."""
    part, whole = line.number(figure.name), line.number(figure.among) if figure.among else None
    return round(100 * part / whole) if part is not None and whole and whole >= FEWEST_FOR_SHARE else None


def shown_parts(table: Table) -> Sequence[Line]:
    """The rows of places; what lies in none of them stands in the whole only."""
    return [line for line in table.parts if line.part.place]
