"""Working-time arithmetic: calendar days, working days, working hours and hours, as Chinese law counts them.

The day a period starts on is not counted; a last day on a day off moves to the next working day
(民事诉讼法 art. 85; for periods in working days the question does not arise). Working hours, which come from
city management and not from procedural law, are counted to the minute from the very moment; so are plain hours
(24 小时), by day and night, on days off too.
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
ONE_MINUTE = timedelta(minutes=1)
DAY_ENDS = time(23, 59, 59)
# No rule counts longer; a slip of the keyboard must not keep a loop busy for minutes.
LONGEST = 3660


class Unit(StrEnum):
    """The units in which the rules count."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    HOURS = "hours"

    @property
    def parts(self) -> int:
        """Into how many parts used time is kept: whole days, but minutes of an hour."""
        return 60 if self in TO_THE_MINUTE else 1


TO_THE_MINUTE = frozenset({Unit.WORKING_HOURS, Unit.HOURS})


@dataclass(frozen=True)
class Hours:
    """From when to when people work on a workday, with or without a break at noon."""

    opens: time = time(9, 0)
    closes: time = time(17, 0)
    break_from: time | None = None
    break_to: time | None = None

    @property
    def spells(self) -> tuple[tuple[time, time], ...]:
        """The unbroken spells of work in a day."""
        if self.break_from is None or self.break_to is None:
            return ((self.opens, self.closes),)
        return ((self.opens, self.break_from), (self.break_to, self.closes))


@dataclass(frozen=True)
class Calendar:
    """Which days are worked and when. `exceptions` maps a date to True (worked) or False (off).

    `hours` are dated: pairs of a day and the hours in force from it on, the latest first.
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    hours: tuple[tuple[date, Hours], ...] = ()

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

    def hours_on(self, day: date) -> Hours:
        """The hours of work in force on a day."""
        return next((hours for since, hours in self.hours if since <= day), NINE_TO_FIVE)

    def spells(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spells of work of a day, as instants; none on a day off."""
        if not self.is_workday(day):
            return []
        return [
            (datetime.combine(day, begin, PLACE_TIME), datetime.combine(day, end, PLACE_TIME))
            for begin, end in self.hours_on(day).spells
        ]


NINE_TO_FIVE = Hours()


def due(start: datetime, amount: int, unit: Unit, calendar: Calendar, *, spent: int = 0) -> datetime:
    """The instant a period ends. `start` is aware; the result is aware, in the place's time.

    Days end at 24:00 of the last day (returned as 23:59:59); hours end to the minute. `spent` is what earlier
    stretches of the same period used up (days, or minutes of working hours).
    """
    local = start.astimezone(PLACE_TIME)
    left = max(0, amount * unit.parts - spent)
    if unit is Unit.HOURS:
        return local + timedelta(minutes=left)
    if unit is Unit.WORKING_HOURS:
        return _after_working_time(local, timedelta(minutes=left), calendar)
    if unit is Unit.CALENDAR_DAYS:
        last = calendar.next_workday(local.date() + timedelta(days=left))
    else:
        last = _after_working_days(local.date(), left, calendar)
    return datetime.combine(last, DAY_ENDS, PLACE_TIME)


def used(start: datetime, end: datetime, unit: Unit, calendar: Calendar) -> int:
    """What a stretch used of a period: days after the first, the last one counted; minutes of working hours."""
    first, last = start.astimezone(PLACE_TIME), end.astimezone(PLACE_TIME)
    if last <= first:
        return 0
    if unit is Unit.HOURS:
        return (last - first) // ONE_MINUTE
    if unit is Unit.WORKING_HOURS:
        return working_time(first, last, calendar) // ONE_MINUTE
    if unit is Unit.CALENDAR_DAYS:
        return (last.date() - first.date()).days
    return working_days_between(first.date(), last.date(), calendar)


def used_until(start: datetime, at: datetime, unit: Unit, calendar: Calendar) -> float:
    """What a running stretch has used so far, today's part included: for lights, not for law.

    A workday passes with its working hours, a calendar day with the clock; a day off passes nothing, nor does the
    first day.
    """
    first, now = start.astimezone(PLACE_TIME), at.astimezone(PLACE_TIME)
    if unit is Unit.HOURS:
        return max(now - first, timedelta()) / ONE_MINUTE
    if unit is Unit.WORKING_HOURS:
        return working_time(first, now, calendar) / ONE_MINUTE
    if now.date() <= first.date():
        return 0.0
    yesterday = datetime.combine(now.date() - ONE_DAY, DAY_ENDS, PLACE_TIME)
    return used(first, yesterday, unit, calendar) + _part_of_day(now, unit, calendar)


def _part_of_day(now: datetime, unit: Unit, calendar: Calendar) -> float:
    midnight = datetime.combine(now.date(), time(0), PLACE_TIME)
    if unit is Unit.CALENDAR_DAYS:
        return (now - midnight) / ONE_DAY
    whole = sum((end - begin for begin, end in calendar.spells(now.date())), timedelta())
    return working_time(midnight, now, calendar) / whole if whole else 0.0


def latest_before(event: date, amount: int, unit: Unit, calendar: Calendar) -> date:
    """The last day for something that must be done so many days before an event, whose own day does not count.

    A last day on a day off moves back: moving on would shorten what the law gives the other side.
    """
    day = event
    if unit is Unit.CALENDAR_DAYS:
        day -= timedelta(days=amount)
        while not calendar.is_workday(day):
            day -= ONE_DAY
        return day
    while amount > 0:
        day -= ONE_DAY
        amount -= calendar.is_workday(day)
    return day


def _after_working_days(day: date, amount: int, calendar: Calendar) -> date:
    while amount > 0:
        day += ONE_DAY
        amount -= calendar.is_workday(day)
    return calendar.next_workday(day)


def _after_working_time(moment: datetime, left: timedelta, calendar: Calendar) -> datetime:
    day = moment.date()
    while True:
        for opens, closes in calendar.spells(day):
            begin = max(moment, opens)
            if closes - begin >= left:
                return begin + left
            left -= max(closes - begin, timedelta())
        day += ONE_DAY


def working_time(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much working time lies between two moments of the place's time."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        for opens, closes in calendar.spells(day):
            total += max(min(closes, end) - max(opens, start), timedelta())
        day += ONE_DAY
    return total


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """How many working days lie after `first`, up to and including `last`; negative if `last` is earlier."""
    if last < first:
        return -working_days_between(last, first, calendar)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(calendar.is_workday(day) for day in days)
