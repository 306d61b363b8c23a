"""Working-time arithmetic: calendar days, working days and working hours, as Chinese law counts them.

The day a period starts on is not counted; a last day on a day off moves to the next working day
(民事诉讼法 art. 85; for periods in working days the question does not arise).
A calendar knows the public holidays **and** the make-up workdays (调休) of the years it covers; beyond
them Monday to Friday are taken, and `Calendar.covers()` says so, so that a page can warn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

PLACE_TIME = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """The three units in which the rules count."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"


@dataclass(frozen=True)
class Calendar:
    """Which days are worked and when. `exceptions` maps a date to True (worked) or False (off)."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    opens: time = time(9, 0)
    closes: time = time(17, 0)

    def is_workday(self, day: date) -> bool:
        """Whether people work on this day: the exception if there is one, else Monday to Friday."""
        return self.exceptions.get(day, day.weekday() < 5)

    def covers(self, day: date) -> bool:
        """Whether the year's holidays are known; if not, results are an estimate to be shown as such."""
        return day.year in self.years

    def next_workday(self, day: date) -> date:
        """This day if it is worked, else the next one that is."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day


def due(start: datetime, amount: int, unit: Unit, calendar: Calendar) -> datetime:
    """The instant a period ends. `start` is aware; the result is aware, in the place's time.

    Days end at 24:00 of the last day (returned as 23:59:59); hours end to the minute.
    """
    local = start.astimezone(PLACE_TIME)
    if unit is Unit.WORKING_HOURS:
        return _after_working_hours(local, timedelta(hours=amount), calendar)
    if unit is Unit.CALENDAR_DAYS:
        last = calendar.next_workday(local.date() + timedelta(days=amount))
    else:
        last = _after_working_days(local.date(), amount, calendar)
    return datetime.combine(last, time(23, 59, 59), PLACE_TIME)


def _after_working_days(day: date, amount: int, calendar: Calendar) -> date:
    while amount > 0:
        day += ONE_DAY
        amount -= calendar.is_workday(day)
    return calendar.next_workday(day)


def _after_working_hours(moment: datetime, left: timedelta, calendar: Calendar) -> datetime:
    while True:
        opens = datetime.combine(moment.date(), calendar.opens, PLACE_TIME)
        closes = datetime.combine(moment.date(), calendar.closes, PLACE_TIME)
        if calendar.is_workday(moment.date()) and moment < closes:
            begin = max(moment, opens)
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        moment = datetime.combine(moment.date() + ONE_DAY, calendar.opens, PLACE_TIME)


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """How many working days lie after `first`, up to and including `last`; negative if `last` is earlier."""
    if last < first:
        return -working_days_between(last, first, calendar)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(calendar.is_workday(day) for day in days)
