"""300 generated examples of clocks that rest and are extended, against a slow calculation of its own."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linli.base.errors import Conflict
from linli.base.generations import bump
from linli.base.worktime import PLACE_TIME, Unit
from linli.cases.clocks import ClockChanges, Term, due_of
from linli.cases.conftest import move
from linli.cases.models import CalendarDay, Case, Clock
from linli.cases.reckoning import reckon_again
from linli.cases.test_clocks import BECAUSE, EXTEND, PARK, RESUME, SUSPEND, clockwork, report, start

__all__ = ["clockwork"]

# --- 300 generated examples against a slow calculation, written here from the articles alone


class Slow:
    """One period, counted day by day or minute by minute. It knows nothing of stretches' rows."""

    def __init__(self, unit, amount, begin, off):
        self.unit, self.total, self.off = unit, amount, off
        self.runs = [[begin, None]]
        self.over_since = None

    def worked(self, day):
        return self.off.get(day, day.isoweekday() not in (6, 7))

    def due(self):
        if self.over_since:
            return self.over_since
        by_minutes = self.unit in (Unit.WORKING_HOURS, Unit.HOURS)
        return self.due_by_minutes() if by_minutes else self.due_by_days()

    def counts(self, minute):
        """Working hours pass on workdays from nine to five; plain hours by day and night."""
        return self.unit is Unit.HOURS or (9 <= minute.hour < 17 and self.worked(minute.date()))

    def due_by_days(self):
        """The day of a start is not counted; a last day on a day off moves on (民事诉讼法 85)."""
        last_start = self.runs[-1][0].date()
        counted, day = 0, self.runs[0][0].date()
        while counted < self.total:
            day += timedelta(days=1)
            runs = any(
                one.date() < day and (other is None or day <= other.date()) for one, other in self.runs
            )
            counted += runs and (self.unit is Unit.CALENDAR_DAYS or self.worked(day))
        day = max(day, last_start)
        while not self.worked(day):
            day += timedelta(days=1)
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=PLACE_TIME)

    def due_by_minutes(self):
        left, minute = self.total * 60, self.runs[0][0]
        last_start = self.runs[-1][0]
        while left > 0 or minute < last_start:
            if self.counts(minute) and any(
                one <= minute and (not other or minute < other) for one, other in self.runs
            ):
                left -= left > 0
            minute += timedelta(minutes=1)
        if self.unit is Unit.HOURS:
            return minute
        while not (self.worked(minute.date()) and time(9) <= minute.time() <= time(17)):
            minute += timedelta(minutes=1)
        return minute

    def rest(self, moment):
        if self.over_since or moment > self.due():
            self.over_since = moment  # for good, but for the moment of the resuming
        self.runs[-1][1] = moment

    def resume(self, moment):
        self.over_since = self.over_since and moment
        self.runs.append([moment, None])


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["suspend", "park", "extend"]),
        st.integers(0, 9 * 24 * 60),  # minutes of running before
        st.integers(0, 12 * 24 * 60),  # minutes of rest
        st.integers(1, 6),  # granted
    ),
    max_size=4,
)
DAYS_OFF = st.dictionaries(st.dates(date(2024, 1, 25), date(2024, 4, 10)), st.booleans(), max_size=25)


@pytest.mark.usefixtures("clockwork")
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking minutes takes minutes
)
@given(
    begin=st.datetimes(datetime(2024, 1, 29), datetime(2024, 2, 29)),
    amount=st.integers(1, 15),
    unit=st.sampled_from(list(Unit)),
    moves=MOVES,
    days=DAYS_OFF,
)
def test_every_clock_agrees_with_the_slow_calculation(world, begin, amount, unit, moves, days):
    case = standing_case(world)
    calendar_for(case, days)
    known = {row.day: row.worked for row in CalendarDay.objects.filter(division=None)} | days
    moment = begin.replace(second=0, microsecond=0, tzinfo=PLACE_TIME)
    slow = Slow(unit, amount, moment, known)
    live = start(case, Term(unit, amount, "test"), moment)
    promised = slow.due()
    for what, run, rest, granted in moves:
        moment += timedelta(minutes=run)
        if what == "extend":
            if slow.over_since or moment > slow.due():
                with pytest.raises(Conflict):
                    move(case, live, EXTEND, moment, changes=ClockChanges(extensions={"promise": granted}))
                continue
            slow.total += granted
            live = move(case, live, EXTEND, moment, changes=ClockChanges(extensions={"promise": granted}))
        else:
            live = move(case, live, SUSPEND if what == "suspend" else PARK, moment, changes=BECAUSE)
            assert due_of(case, live) is None
            slow.rest(moment)
            moment += timedelta(minutes=rest)
            live = move(case, live, RESUME, moment)
            slow.resume(moment)
        assert due_of(case, live) == slow.due()
    assert {clock.first_due for clock in Clock.objects.filter(case=case)} == {promised}
    assert reckon_again() == 0  # what is stored is what the calendar says


_standing = {}


def standing_case(world):
    """One case for all examples; its stretches are taken away before each."""
    Clock.objects.all().delete()
    found = Case.everywhere.filter(pk=_standing.get("pk")).first() or report(world)
    _standing["pk"] = found.pk
    Clock.objects.all().delete()
    return found


def calendar_for(case, days):
    """Days of the case's own place, laid over the country's."""
    CalendarDay.objects.exclude(division=None).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(division=case.division, day=day, worked=worked) for day, worked in days.items()
    )
    bump("calendar")
