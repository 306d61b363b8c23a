"""Instants in words: the day as it is written in the place's language, and how long is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from linli.base.worktime import PLACE_TIME

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Left:
    """How a limit stands: "calm", "soon" (a day or less) or "late", and the same in words."""

    state: str
    words: str


def instant(moment: datetime | None) -> str | None:
    """ISO 8601 with the offset of the place, for machines."""
    return timezone.localtime(moment, PLACE_TIME).isoformat(timespec="seconds") if moment else None


def days_words(since: date, until: date) -> str:
    """From a day to a day, in words."""
    return _("%(since)s to %(until)s") % {"since": day_words(since), "until": day_words(until)}


def day_words(value: date | datetime) -> str:
    """The day, such as 2026年11月23日, of the place's clock."""
    shown = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(shown, pgettext("date format", "j F Y"))


def moment_words(value: datetime) -> str:
    """The day and the minute, such as 2026年11月23日 14:05, of the place's clock."""
    return date_format(timezone.localtime(value), pgettext("date format", "j F Y, H:i"))


def left_words(due: datetime, now: datetime) -> Left:
    """How much time is left until `due`, rounded down so that nobody is promised more than there is."""
    left = due - now
    if left < timedelta(0):
        return Left("late", _("%(time)s overdue") % {"time": length_words(-left)})
    return Left("soon" if left <= DAY else "calm", _("%(time)s left") % {"time": length_words(left)})


def length_words(span: timedelta) -> str:
    """A stretch of time in its largest unit, rounded down; less than a minute is one."""
    if span >= DAY:
        return ngettext("%(count)d day", "%(count)d days", span // DAY) % {"count": span // DAY}
    if span >= HOUR:
        return ngettext("%(count)d hour", "%(count)d hours", span // HOUR) % {"count": span // HOUR}
    minutes = max(1, span // timedelta(minutes=1))
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
