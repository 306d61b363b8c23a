"""How reporters rated the handling, pooled by kind, body and quarter: no case, post or person stands behind a number.

A quarter is counted once nothing in it can change any more, so that no two readings of one page tell what somebody
said in between; whole counties and larger, small numbers withheld.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.analytics.parts import bodies_of
from linli.analytics.periods import Period
from linli.analytics.withholding import Cell, Sum, withheld
from linli.base.worktime import ONE_DAY, PLACE_TIME
from linli.cases.kinds import all_kinds
from linli.cases.models import Rating, Said, Wish, areas_see
from linli.cases.ratings import WINDOW
from linli.divisions.codes import Level, lineage, parse_code
from linli.divisions.models import Division

ALL = "all"
COLUMNS = {ALL: gettext_lazy("Answers"), **dict(Said.choices)}


@dataclass(frozen=True)
class Row:
    """How often each answer was given, by its name (ALL: any of them); None where it is withheld."""

    label: str
    numbers: Mapping[str, int | None]

    @property
    def shown(self) -> list[tuple[int | None, str]]:
        """The numbers in the order of the columns, each with the words of its column."""
        return [(self.numbers[name], str(words)) for name, words in COLUMNS.items()]


@dataclass(frozen=True)
class Ratings:
    """The answers of a place over a period: the whole, by kind, by body, and what could have been better."""

    whole: Row
    kinds: Sequence[Row]
    bodies: Sequence[Row]
    wishes: Mapping[str, int | None]
    counted: Sequence[int]

    @property
    def tells(self) -> bool:
        """Whether any number may be shown; what has none is no table."""
        rows = (self.whole.numbers, self.wishes, *(row.numbers for row in (*self.kinds, *self.bodies)))
        return any(number is not None for row in rows for number in row.values())


def is_rated(here: Division) -> bool:
    """Whether ratings of a place are shown at all: of a county and larger, because the smaller a place, the fewer."""
    return here.level <= Level.COUNTY


def rated_around(place: Division) -> Division:
    """The county a place lies in, or the place itself where it is a county or larger."""
    code = lineage(place.trimmed)[min(place.level, Level.COUNTY) - 1]
    return Division.objects.current().get(level=min(place.level, Level.COUNTY), code=parse_code(code))


def quarters_in(period: Period, now: datetime) -> list[int]:
    """The quarters of a period in which nothing changes any more, such as 20263."""
    return [quarter for quarter, final in _quarters(period) if final <= now]


def shown_from(period: Period, now: datetime) -> datetime | None:
    """From when on the next quarter of a period is counted; None when no further one will be."""
    return min((final for _quarter, final in _quarters(period) if final > now), default=None)


def _quarters(period: Period) -> Iterator[tuple[int, datetime]]:
    """Each whole quarter of a period, and when the last answer about it can be changed."""
    for year in range(period.since.year, period.until.year + 1):
        for quarter in range(1, 5):
            days = Period.named(f"{year}-Q{quarter}")
            if period.since <= days.since and days.until <= period.until:
                yield (
                    year * 10 + quarter,
                    datetime.combine(days.until + ONE_DAY, time.min, PLACE_TIME) + WINDOW,
                )


def ratings(here: Division, period: Period, now: datetime) -> Ratings:
    """What was said of cases closed at a place in a period (two statements)."""
    quarters = quarters_in(period, now)
    low, high = here.span
    rows = Rating.objects.filter(quarter__in=quarters, code__gte=low, code__lt=high).order_by()
    said = list(rows.values_list("kind", "body", "said").annotate(times=Count("pk")))
    kinds = {kind.name: str(kind.procedure.label) for kind in all_kinds() if areas_see(kind.name)}
    bodies = {each.organisation: each.called for each in bodies_of(here.span).shown}
    by_kind = _counted((kinds.get(kind, _("Others")), answer, times) for kind, _body, answer, times in said)
    by_body = _counted((bodies.get(body, _("All others")), answer, times) for _k, body, answer, times in said)
    whole = _counted((here.name, answer, times) for _kind, _body, answer, times in said)
    whole = whole or {here.name: Counter()}
    shown = _withheld([*whole.items(), *by_kind.items(), *by_body.items()], len(by_kind))
    middle, wishes = 1 + len(by_kind), Counter[str]()
    for given, times in rows.values_list("wishes").annotate(times=Count("pk")):
        wishes.update(dict.fromkeys(filter(None, given.split(",")), times))
    return Ratings(shown[0], shown[1:middle], shown[middle:], _large_enough(wishes), quarters)


def _counted(said: Iterable[tuple[str, str, int]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for label, answer, times in said:
        found.setdefault(label, Counter()).update({ALL: times, answer: times})
    return dict(sorted(found.items()))


def _withheld(rows: Sequence[tuple[str, Counter[str]]], kinds: int) -> list[Row]:
    """The rows (the whole, so many kinds, then the bodies) without small numbers and what would give them away."""
    cells: dict[Cell, int] = {
        (place, column): counts[column] for place, (_label, counts) in enumerate(rows) for column in COLUMNS
    }
    parts = (range(1, 1 + kinds), range(1 + kinds, len(rows)))
    sums = [Sum((place, ALL), [(place, each) for each in Said.values]) for place in range(len(rows))]
    sums += [
        Sum((0, column), [(place, column) for place in part]) for part in parts if part for column in COLUMNS
    ]
    hidden = withheld(cells, sums)
    return [
        Row(label, {each: None if (place, each) in hidden else counts[each] for each in COLUMNS})
        for place, (label, counts) in enumerate(rows)
    ]


def _large_enough(wishes: Counter[str]) -> dict[str, int | None]:
    """Each wish by itself: they are not parts of a sum, so nothing is given away by the others."""
    hidden = withheld({(0, wish): wishes[wish] for wish in Wish.values}, [])
    return {str(Wish(wish).label): None if (0, wish) in hidden else wishes[wish] for wish in Wish.values}
