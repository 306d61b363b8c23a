"""Days and times as other systems write them, in the place's own zone; a cell that cannot be read says why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta, timezone

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.text import compatible, half_width, tidy
from linli.base.workbooks import Value
from linli.base.worktime import PLACE_TIME
from linli.cases.cells import Fault

ORDERS = {
    "ymd": gettext_lazy("Year, month, day: 2026-11-25, 2026/11/25 8:03, 2026年11月25日"),
    "dmy": gettext_lazy("Day, month, year: 25/11/2026"),
    "mdy": gettext_lazy("Month, day, year: 11/25/2026"),
}
EARLIEST = datetime(2000, 1, 1, tzinfo=PLACE_TIME)
FURTHEST = timedelta(days=3 * 366)  # ahead, for a deadline
END_OF_DAY = time(23, 59, 59)
_NUMBERS = re.compile(r"(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?=\D|$|\d{4,6}$)")
_WEEKDAY = re.compile(r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?")
_CLOCK = re.compile(
    r"(凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|am|pm)?\s*"
    r"(\d{1,2})(?:[时点](?![\d半])|[:时点](\d{1,2}|半)(?:[:分](\d{1,2}))?)[秒分]?\s*(am|pm)?"
)
_DIGITS_CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_FIRST_COMPACT = 19_000_101  # no count of days goes so far
_ZONE = re.compile(r"(?:z|\+(\d{2}):?(\d{2}))$")
_FURTHEST_ZONE = timedelta(hours=14)
_BEFORE_DAWN, _EVENING = {"凌晨", "am"}, {"傍晚", "晚上"}
_AFTERNOON = {"下午", "pm", *_EVENING}
_DAY = timedelta(days=1)


def read_moment(value: Value, order: str, first_day: date) -> tuple[datetime, bool]:
    """The instant a cell names, and whether it names a time of day at all. Raises Fault with what to do."""
    if isinstance(value, datetime):
        return _placed(value), value.time() != time(0)
    if isinstance(value, date):
        return _placed(datetime.combine(value, time(0))), False
    if isinstance(value, bool):
        raise Fault(_not_a_date())
    if isinstance(value, int | float) and value >= _FIRST_COMPACT and float(value).is_integer():
        value = str(int(value))  # 20261125, as a number
    if isinstance(value, int | float) or re.fullmatch(r"\d{5}(\.\d+)?", half_width(str(value)).strip()):
        return _from_serial(float(value), first_day)
    return _from_text(_WEEKDAY.sub(" ", compatible(tidy(value)).lower()), order)


def _placed(moment: datetime) -> datetime:
    return moment.replace(tzinfo=PLACE_TIME)


def _from_serial(days: float, first_day: date) -> tuple[datetime, bool]:
    """Excel's count of days since 1900 (or 1904), as it shows when a date lost its format."""
    if not 0 <= days < 2_958_466:  # the last day of the year 9999
        raise Fault(_not_a_date())
    seconds = round((days % 1) * 86_400)
    moment = datetime.combine(first_day, time(0)) + timedelta(days=int(days), seconds=seconds)
    return _placed(moment), bool(days % 1)


def _from_text(text: str, order: str) -> tuple[datetime, bool]:
    found, compact = _NUMBERS.match(text), _COMPACT.match(text)
    match = found or compact
    if match is None:
        raise Fault(_not_a_date())
    numbers = [int(each) for each in match.groups()]
    year_first = compact is not None or len(match[1]) == 4
    year, month, day = (numbers[("ymd" if year_first else order).index(letter)] for letter in "ymd")
    if year < 100 and not year_first:
        raise Fault(_other_order() if len(match[3]) == 4 else _short_year())
    rest, ahead = _without_zone(text[match.end() :].lstrip("t ,").rstrip())
    clock = _clock(rest)
    if ahead is not None and clock is None:
        raise Fault(_not_a_date())
    try:
        moment = datetime.combine(date(year, month, day), time(0)) + (clock or timedelta())
        placed = _placed(moment) if ahead is None else moment.replace(tzinfo=ahead).astimezone(PLACE_TIME)
    except (ValueError, OverflowError) as trouble:
        raise Fault(_not_a_date()) from trouble
    return placed, clock is not None


def _without_zone(rest: str) -> tuple[str, timezone | None]:
    """A time of day and the zone behind it; None where it is the place's own."""
    found = _ZONE.search(rest)
    if found is None:
        return rest, None
    ahead = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    if ahead > _FURTHEST_ZONE:
        raise Fault(_not_a_date())
    return rest[: found.start()].rstrip(), timezone(ahead)


def _clock(rest: str) -> timedelta | None:
    """How long after midnight; 24:00 is the end of the day, and without a time there is none."""
    rest = re.sub(r"(\.\d+)?$", "", rest)
    if not rest:
        return None
    found, digits = _CLOCK.fullmatch(rest), _DIGITS_CLOCK.fullmatch(rest)
    if digits:
        hour, minute, second = (int(each or 0) for each in digits.groups())
    elif found:
        said = (found[2], (found[3] or "").replace("半", "30"), found[4])
        hour, minute, second = (int(each or 0) for each in said)
        hour = _hour({found[1], found[5]}, hour)
    else:
        raise Fault(_not_a_date())
    past = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 59 or past > _DAY:
        raise Fault(_not_a_date())
    return past


def _hour(part: Collection[str | None], hour: int) -> int:
    """The hour of the day from one that is told by its part; of twelve in the evening nobody knows the day."""
    if hour == 12 and _EVENING & set(part):
        raise Fault(_not_a_date())
    if hour == 12 and _BEFORE_DAWN & set(part):
        return 0
    later = (hour < 12 and _AFTERNOON & set(part)) or (hour < 3 and "中午" in part)
    return hour + 12 if later else hour


def _short_year() -> str:
    return _("Write the year with four digits, such as 2026-11-25.")


def _other_order() -> str:
    return _("This date is written in another order than the map says. Change the map, or write 2026-11-25.")


def _not_a_date() -> str:
    return _("This is not a date as the map expects it, such as 2026-11-25 08:03.")


def read_called(value: Value, order: str, first_day: date) -> datetime:
    """When it was reported over there: not in the future, not in another century."""
    moment, _timed = read_moment(value, order, first_day)
    if not EARLIEST <= moment <= now() + timedelta(minutes=10):
        said = {"moment": moment.strftime("%Y-%m-%d %H:%M")}
        raise Fault(
            _("%(moment)s cannot be right: it lies in the future or before 2000. Type the date again.") % said
        )
    return moment


def read_deadline(value: Value, order: str, first_day: date) -> datetime:
    """Until when the other system wants its answer; a day without a time means its end."""
    moment, timed = read_moment(value, order, first_day)
    if not EARLIEST <= moment <= now() + FURTHEST:
        said = {"moment": moment.strftime("%Y-%m-%d %H:%M")}
        raise Fault(_("%(moment)s cannot be a deadline: more than three years ahead or before 2000.") % said)
    return moment if timed else datetime.combine(moment.date(), END_OF_DAY, PLACE_TIME)


def proposed_order(values: Iterable[Value]) -> str:
    """The order that reads the most of these cells; year first, where they do not tell."""
    texts = [each for each in values if isinstance(each, str) and each.strip()]
    return max(ORDERS, key=lambda order: sum(_reads(text, order) for text in texts))


def _reads(text: str, order: str) -> bool:
    try:
        read_moment(text, order, date(1899, 12, 30))
    except Fault:
        return False
    return True
