"""Calendars of places, and what an edit moves."""

from datetime import date, time

import pytest
from django.utils import timezone

from linli.base.generations import bump
from linli.base.worktime import PLACE_TIME, Unit
from linli.cases import reckoning
from linli.cases.calendars import calendar_of, read_calendars
from linli.cases.clocks import ClockChanges, Term, new_clock
from linli.cases.conftest import move
from linli.cases.models import CalendarDay, Case, Clock, Limit, Task, WorkHours
from linli.cases.reckoning import moving, reckon_again, reckon_turn
from linli.cases.test_clocks import (
    BECAUSE,
    EXTEND,
    RESUME,
    STOP,
    SUSPEND,
    at,
    case,
    clockwork,
    ends,
    report,
    start,
)

__all__ = ["case", "clockwork"]

# --- calendars of places


def test_the_nearest_place_wins_and_others_keep_theirs(world):
    town, county = world.place("城关街道"), world.county
    CalendarDay.objects.create(division=county, day="2025-03-04", worked=False, name="县庆")
    CalendarDay.objects.create(division=county, day="2025-03-05", worked=False, name="县庆")
    CalendarDay.objects.create(division=town, day="2025-03-05", worked=True)
    bump("calendar")
    grid = world.place("东门社区第一网格")
    assert [calendar_of(grid.code).is_workday(date(2025, 3, day)) for day in (4, 5)] == [False, True]
    assert [calendar_of(county.code).is_workday(date(2025, 3, day)) for day in (4, 5)] == [False, False]
    assert [calendar_of().is_workday(date(2025, 3, day)) for day in (4, 5)] == [True, True]


def test_hours_of_a_place_have_a_lunch_break_and_a_day_from_which_they_hold(world, case):
    WorkHours.objects.create(
        division=world.county,
        opens=time(8, 30),
        closes=time(17, 30),
        break_from=time(12),
        break_to=time(14),
        valid_from="2025-03-04",
    )
    bump("calendar")
    (clock,) = start(case, Term(Unit.WORKING_HOURS, 4, "test"), at("2025-03-04", 10, 30))
    assert clock.due_at.astimezone(PLACE_TIME) == at("2025-03-04", 16, 30)
    (before,) = start(case, Term(Unit.WORKING_HOURS, 4, "test"), at("2025-03-03", 10, 30))
    assert before.due_at.astimezone(PLACE_TIME) == at("2025-03-03", 14, 30)


def test_a_calendar_edited_in_the_middle_moves_running_clocks_only(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    move(case, live, STOP, at("2025-03-04"))
    start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    Case.everywhere.filter(pk=case.pk).update(due=ends(case))
    CalendarDay.objects.create(day="2025-03-06", worked=False)
    bump("calendar")
    assert reckon_turn() == 1
    assert reckon_turn() == 0
    assert [
        clock.due_at.astimezone(PLACE_TIME).day for clock in case.clocks.order_by("stopped_at", "pk")
    ] in (
        [11, 10],
        [10, 11],
    )
    assert case.clocks.get(stopped_at=None).first_due.astimezone(PLACE_TIME).day == 11
    assert Case.everywhere.get(pk=case.pk).due.astimezone(PLACE_TIME).day == 11


def test_a_correction_of_days_before_a_rest_is_reckoned_with_too(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    live = move(case, live, SUSPEND, at("2025-03-05"), changes=BECAUSE)  # two days used
    move(case, live, RESUME, at("2025-03-12"))
    assert ends(case).date() == date(2025, 3, 17)
    CalendarDay.objects.create(division=case.division, day="2025-03-04", worked=False)  # only one was
    bump("calendar")
    assert reckon_again() == 1
    assert ends(case).date() == date(2025, 3, 18)


def test_where_no_clock_moves_nobody_waits_for_the_look(case, monkeypatch):
    start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    monkeypatch.setattr(reckoning, "writing", lambda: pytest.fail("Others had to wait."))
    assert reckon_again() == 0


def test_the_open_tasks_of_a_moved_case_press_anew(world, clockwork):
    case = report(world)
    task = case.tasks.get(closed_at=None)
    CalendarDay.objects.update_or_create(
        division=None, day=timezone.localdate(case.due), defaults={"worked": False}
    )
    bump("calendar")
    assert moving(read_calendars()) == 1
    reckon_again()
    again = Task.objects.get(pk=task.pk)
    assert again.pressing_at > task.pressing_at
    assert again.pressing_at == Case.everywhere.get(pk=case.pk).due


def test_a_limit_changed_in_the_middle_keeps_the_old_row_for_what_runs(world):
    case = report(world)
    clock = case.clocks.get(name="promise")
    Limit.objects.filter(kind="matters", clock="promise").update(amount=9)
    bump("limits")
    assert reckon_again() == 0
    assert Clock.objects.get(pk=clock.pk).amount == clock.amount
    assert new_clock(case, "promise", at("2025-03-03")).amount == 9


def test_the_end_without_an_extension_moves_with_the_calendar_until_it_is_past(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    live = move(case, live, SUSPEND, at("2025-03-05"), changes=BECAUSE)  # two days used
    live = move(case, live, RESUME, at("2025-03-07"))
    live = move(case, live, EXTEND, at("2025-03-07"), changes=ClockChanges(extensions={"promise": 5}))

    def plain() -> int:
        return int(case.clocks.get(stopped_at=None).plain_due.astimezone(PLACE_TIME).day)

    assert plain() == 12
    CalendarDay.objects.create(day="2025-03-11", worked=False)
    bump("calendar")
    reckon_again()
    assert plain() == 13
    live = move(case, list(case.clocks.filter(stopped_at=None)), SUSPEND, at("2025-03-14"), changes=BECAUSE)
    move(case, live, RESUME, at("2025-03-17"))
    CalendarDay.objects.create(day="2025-03-12", worked=False)
    bump("calendar")
    reckon_again()
    assert plain() == 13
