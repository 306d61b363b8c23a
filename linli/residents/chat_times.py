"""When something in a chat was said: dates and times as messengers write them, also 昨天 and 星期三."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from linli.base.worktime import ONE_DAY, PLACE_TIME

_FULL = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})")
_SHORT = re.compile(r"(?<!\d)(\d{1,2})[-/月](\d{1,2})(?![\d:：])")
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})")
_AFTERNOON = re.compile(r"下午|晚上|[Pp][Mm]")
_DAYS_AGO = {"今天": 0, "昨天": 1, "前天": 2}
_WEEKDAY = re.compile(r"(?:星期|周)([一二三四五六日天])")
_WEEK = "一二三四五六日"


class Moments:
    """Now, and the day that was last named: times that follow without a day are of that day."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(PLACE_TIME)
        self.day: date | None = None


def moment_in(text: str, moments: Moments) -> datetime | None:
    """The moment a header names; None where its numbers are no day or time."""
    try:
        named = _day_in(text, moments.now.date())
        moments.day = named or moments.day
        clock = _CLOCK.search(text)
        if clock is None:
            return None
        hour = int(clock[1])
        at = time(hour + 12 if _AFTERNOON.search(text) and hour < 12 else hour, int(clock[2]))
    except ValueError:
        return None
    found = datetime.combine(moments.day or moments.now.date(), at, PLACE_TIME)
    return found - ONE_DAY if moments.day is None and found > moments.now else found


def _day_in(text: str, today: date) -> date | None:
    if full := _FULL.search(text):
        return date(int(full[1]), int(full[2]), int(full[3]))
    for word, days in _DAYS_AGO.items():
        if word in text:
            return today - timedelta(days=days)
    if weekday := _WEEKDAY.search(text):
        wanted = _WEEK.index(weekday[1].replace("天", "日"))
        return today - timedelta(days=(today.weekday() - wanted) % 7)
    if short := _SHORT.search(text):
        found = date(today.year, int(short[1]), int(short[2]))
        return found if found <= today else found.replace(year=today.year - 1)
    return None
