"""Periods as people report on them: a month, a quarter, a year, each by a short name such as 2026-11 or 2026-Q4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.worktime import ONE_DAY

FIRST_YEAR, LAST_YEAR = 2000, 2100
NOW, FIRST_DAY = 0, 10**7  # among the periods of rows; those smaller than a day's are months and longer ones
LONGEST = timedelta(days=366 * 3)
MONTH = len("2026-11")
_NAME = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included."""

    since: date
    until: date

    @staticmethod
    def named(name: str) -> Period:
        """The month (2026-11), quarter (2026-Q4) or year (2026); Invalid for any other name."""
        found = _NAME.fullmatch(name)
        year = int(found.group(1)) if found else 0
        if not found or not FIRST_YEAR <= year <= LAST_YEAR:
            raise Invalid(
                _("Name a month, a quarter or a year from 2000 to 2100, such as 2026-11, 2026-Q4 or 2026.")
            )
        quarter, month = found.group(2), found.group(3)
        if month:
            return _months(year, int(month), 1)
        return _months(year, int(quarter) * 3 - 2, 3) if quarter else _months(year, 1, 12)

    @staticmethod
    def between(since: date | None, until: date | None) -> Period:
        """A free choice; Invalid when an end is missing, they are the wrong way round or too far apart."""
        if since is None or until is None:
            raise Invalid(_("Give both days: from when and until when."))
        if until < since:
            raise Invalid(_("The last day lies before the first. Please swap them."))
        if not FIRST_YEAR <= since.year <= until.year <= LAST_YEAR or until - since > LONGEST:
            raise Invalid(_("Choose at most three years, between 2000 and 2100."))
        return Period(since, until)


def _months(year: int, month: int, count: int) -> Period:
    after = month + count
    ends = date(year + (after > 12), (after - 1) % 12 + 1, 1) - ONE_DAY
    return Period(date(year, month, 1), ends)


def recent(today: date) -> Iterator[tuple[str, str]]:
    """The periods offered for choice, with their words: twelve months, five quarters, three years, the latest first."""
    for back in range(12):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield f"{year}-{month + 1:02d}", _("%(year)d-%(month)02d") % {"year": year, "month": month + 1}
    for back in range(5):
        year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 - back, 4)
        yield (
            f"{year}-Q{quarter + 1}",
            _("%(year)d, quarter %(quarter)d") % {"year": year, "quarter": quarter + 1},
        )
    for year in range(today.year, today.year - 3, -1):
        yield f"{year}", _("The year %(year)d") % {"year": year}


def quarters_and_years(today: date) -> list[tuple[str, str]]:
    """Those of the offered periods that are long enough to be compared without giving small numbers away."""
    return [each for each in recent(today) if len(each[0]) != MONTH or "Q" in each[0]]


def numbered(day: date) -> int:
    """A day as the period of a row, such as 20260504."""
    return day.year * 10000 + day.month * 100 + day.day


def day_named(period: int) -> date:
    """The day that is the period of a row; the other way round."""
    return date(period // 10000, period // 100 % 100, period % 100)
