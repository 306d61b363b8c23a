"""Clocks that rest, are extended, belong to tasks and have milestones, against a slow calculation of its own."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linli.base.errors import Conflict, Invalid
from linli.base.generations import bump
from linli.base.worktime import PLACE_TIME, Unit
from linli.cases import kinds
from linli.cases.calendars import calendar_of, read_calendars
from linli.cases.clocks import ClockChanges, Light, Term, due_of, light, live_clocks, move, new_clock
from linli.cases.kinds import all_kinds
from linli.cases.lapses import lapse_due
from linli.cases.models import CalendarDay, Case, Clock, Limit, Task, WorkHours
from linli.cases.procedure import Procedure, Step, Words, mistakes_in
from linli.cases.reckoning import moving, reckon_again, reckon_turn
from linli.kinds.matters import actions
from linli.posts.actor import PartyActor

WORDS = Words("一", "one")
START, STOP, SUSPEND, PARK, RESUME, EXTEND = (
    Step(name, WORDS, "reported", **{name: ("promise",)})
    for name in ("start", "stop", "suspend", "park", "resume", "extend")
)
BECAUSE = ClockChanges(reason="hearing")
PARTS = Step("parts", WORDS, "reported", start=("part",))


def at(day, hour=10, minute=0):
    return datetime.combine(date.fromisoformat(day), time(hour, minute), PLACE_TIME)


def report(world):
    opened = actions.report(
        by=PartyActor("reporter"), text="灯坏了", division=world.place("东门社区第一网格")
    )
    return Case.everywhere.get(pk=opened.case)


@pytest.fixture
def clockwork(monkeypatch):
    """The matters' procedure with a clock that may rest for a listed reason, and one for each task."""
    found = kinds.kind_of("matters")
    promise = replace(found.procedure.clocks["promise"], reasons={"hearing": WORDS})
    part = replace(promise, name="part", shown=False, per_task=True)
    clocks = {**found.procedure.clocks, "promise": promise, "part": part}
    changed = kinds.Kind("matters", replace(found.procedure, clocks=clocks))
    monkeypatch.setitem(kinds._kinds, "matters", changed)


@pytest.fixture
def case(world, clockwork):
    """A case without any clock, so that the test starts its own."""
    found = report(world)
    Clock.objects.filter(case=found).delete()
    return found


def start(case, term, moment):
    return move(case, [], START, moment, changes=ClockChanges({"promise": term}))


def ends(case):
    return timezone.localtime(due_of(case, live_clocks(case)), PLACE_TIME)


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
        return self.due_by_minutes() if self.unit is Unit.WORKING_HOURS else self.due_by_days()

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
            at_work = 9 <= minute.hour < 17 and self.worked(minute.date())
            if at_work and any(one <= minute and (not other or minute < other) for one, other in self.runs):
                left -= left > 0
            minute += timedelta(minutes=1)
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


# --- rests, extensions, milestones and tasks


def test_a_rest_of_five_days_moves_the_end_by_five_days(case):
    live = start(case, Term(Unit.CALENDAR_DAYS, 20, "test"), at("2025-03-03"))
    assert ends(case) == at("2025-03-24", 23, 59) + timedelta(seconds=59)  # the 23rd is a Sunday
    move(case, live, SUSPEND, at("2025-03-05"), changes=BECAUSE)
    move(case, live_clocks(case), RESUME, at("2025-03-10", 16))
    assert ends(case).date() == date(2025, 3, 28)
    first, second = Clock.objects.filter(case=case).order_by("started_at")
    assert (first.halted, first.reason, first.resting) == ("suspended", "hearing", False)
    assert (second.spent, second.began_at, second.first_due) == (2, first.began_at, first.due_at)


def test_a_rest_within_one_day_moves_nothing_in_days_and_its_minutes_in_hours(case):
    for unit, after in [
        (Unit.WORKING_DAYS, date(2025, 3, 10)),
        (Unit.WORKING_HOURS, at("2025-03-03", 16, 20)),
    ]:
        Clock.objects.filter(case=case).delete()
        live = start(case, Term(unit, 5, "test"), at("2025-03-03"))
        live = move(case, live, PARK, at("2025-03-03", 11), changes=BECAUSE)
        move(case, live, RESUME, at("2025-03-03", 12, 20))
        assert ends(case) == after if isinstance(after, datetime) else ends(case).date() == after


def test_a_resting_case_shows_no_due_day_and_its_light_is_out(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    (resting,) = move(case, live, PARK, at("2025-03-04"), changes=BECAUSE)
    assert due_of(case, [resting]) is None
    assert light(resting, at("2025-12-31")) is Light.RESTING


def test_only_a_listed_reason_lets_a_clock_rest(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    for reason in ("", "no time"):
        with pytest.raises(Invalid, match="listed reasons"):
            move(case, live, SUSPEND, at("2025-03-04"), changes=ClockChanges(reason=reason))
    assert Clock.objects.get(case=case).stopped_at is None


def test_a_clock_that_rests_cannot_rest_again(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    live = move(case, live, PARK, at("2025-03-04"), changes=BECAUSE)
    with pytest.raises(Conflict, match="not running"):
        move(case, live, SUSPEND, at("2025-03-05"), changes=BECAUSE)


@pytest.mark.parametrize("granted", [0, -3, 10**9])
def test_an_extension_is_a_number_somebody_can_mean(case, granted):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    with pytest.raises(Invalid, match="whole number"):
        move(case, live, EXTEND, at("2025-03-04"), changes=ClockChanges(extensions={"promise": granted}))


def test_an_overdue_clock_stays_overdue_through_a_rest_and_cannot_be_extended(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    with pytest.raises(Conflict, match="already run out"):
        move(case, live, EXTEND, at("2025-03-11"), changes=ClockChanges(extensions={"promise": 5}))
    live = move(case, live, PARK, at("2025-03-11"), changes=BECAUSE)
    (clock,) = move(case, live, RESUME, at("2025-03-20"))
    assert light(clock, at("2025-03-20", 10, 1)) is Light.LATE


def test_a_case_that_ends_while_it_rests_keeps_the_moment_of_its_end(case):
    live = start(case, Term(Unit.WORKING_DAYS, 5, "test"), at("2025-03-03"))
    live = move(case, live, PARK, at("2025-03-05"), changes=BECAUSE)
    assert move(case, live, STOP, at("2025-03-20")) == []
    last = Clock.objects.filter(case=case).latest("started_at")
    assert (last.started_at, last.stopped_at, last.halted) == (at("2025-03-20"), at("2025-03-20"), "")
    assert not live_clocks(case)


def test_milestones_run_side_by_side_and_end_one_by_one(case):
    terms = [
        Term(Unit.WORKING_HOURS, 4, "catalogue:1", "停止施工"),
        Term(Unit.WORKING_DAYS, 7, "catalogue:1", "罚款"),
        Term(Unit.WORKING_DAYS, 20, "catalogue:1", "拆除"),
    ]
    live = move(case, [], START, at("2025-01-24", 15), changes=ClockChanges({"promise": terms}))
    due_days = {clock.label: clock.due_at.astimezone(PLACE_TIME) for clock in live}
    # Sunday 26 January is worked; 28 January to 4 February are off; Saturday 8 February is worked.
    assert due_days["停止施工"] == at("2025-01-26", 11)
    assert due_days["罚款"].date() == date(2025, 2, 10)
    assert due_days["拆除"].date() == date(2025, 2, 27)
    onwards = Step("onwards", WORDS, "reported")
    live = move(case, live, onwards, at("2025-01-26"), changes=ClockChanges(reached=frozenset({"停止施工"})))
    assert {clock.label for clock in live} == {"罚款", "拆除"}


def test_each_task_has_its_own_clock_and_ends_only_its_own(case, world):
    posts = [world.posts["water"], world.posts["power"]]
    tasks = [
        Task.objects.create(
            case=case, post=post, stage="x", opened_at=at("2025-03-03"), pressing_at=at("2025-03-03")
        )
        for post in posts
    ]
    terms = ClockChanges({"part": Term(Unit.WORKING_DAYS, 3, "test")}, tasks=tasks)
    live = move(case, [], PARTS, at("2025-03-03"), changes=terms)
    assert {clock.task_id for clock in live} == {task.pk for task in tasks}
    done = Step("done", WORDS, "reported", stop=("part",))
    (left,) = move(case, live, done, at("2025-03-04"), changes=ClockChanges(task=tasks[0]))
    assert left.task_id == tasks[1].pk


# --- lights


@pytest.mark.parametrize(
    ("term", "moment", "shines"),
    [
        ((Unit.WORKING_DAYS, 5), ("2025-03-07", 17, 0), Light.SOON),  # the fourth of five days is over
        ((Unit.WORKING_DAYS, 5), ("2025-03-07", 15, 0), Light.CALM),
        ((Unit.WORKING_DAYS, 5), ("2025-03-09", 12, 0), Light.SOON),
        ((Unit.WORKING_DAYS, 5), ("2025-03-10", 23, 0), Light.SOON),
        ((Unit.WORKING_DAYS, 5), ("2025-03-11", 0, 1), Light.LATE),
        (
            (Unit.WORKING_HOURS, 10),
            ("2025-03-04", 9, 59),
            Light.CALM,
        ),  # seven hours on Monday, one on Tuesday
        ((Unit.WORKING_HOURS, 10), ("2025-03-04", 10, 0), Light.SOON),
        ((Unit.CALENDAR_DAYS, 10), ("2025-03-11", 23, 0), Light.CALM),
        ((Unit.CALENDAR_DAYS, 10), ("2025-03-12", 1, 0), Light.SOON),
    ],
)
def test_lights_go_by_the_working_time_used(case, term, moment, shines):
    (clock,) = start(case, Term(*term, "test"), at("2025-03-03"))
    assert light(clock, at(*moment)) is shines


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


# --- what runs out


def test_fifty_refused_clocks_do_not_starve_the_others(world, monkeypatch):
    matters = [report(world) for _each in range(6)]
    later = timezone.now() + timedelta(days=60)
    for case in matters:
        Clock.objects.create(
            case=case,
            name="confirm",
            unit=Unit.CALENDAR_DAYS,
            amount=1,
            source="test",
            began_at=case.at,
            first_due=case.at,
            started_at=case.at,
            due_at=case.at,
        )
    Case.everywhere.filter(pk=matters[-1].pk).update(stage="checked")
    assert lapse_due(later, limit=3) == 0  # three that are in no stage to lapse
    assert lapse_due(later, limit=3) == 1
    assert Case.everywhere.get(pk=matters[-1].pk).stage == "closed"
    assert lapse_due(later, limit=3) == 0
    assert Clock.objects.filter(look_again_at__gt=later).count() == 5


# --- the procedure


def procedure(**changes):
    found: Procedure = all_kinds()[0].procedure
    steps = {**found.steps, **changes}
    return replace(found, steps=steps)


def test_a_clock_that_may_rest_needs_reasons_and_a_way_on():
    rests = Step("rest", WORDS, "reported", leaves=frozenset({"reported"}), tasked=frozenset({"next"}))
    found = set(mistakes_in(procedure(rest=replace(rests, suspend=("confirm",), extend=("nothing",)))))
    assert "clock confirm rests after rest and no step resumes it" in found
    assert "clock confirm may rest in rest but has no listed reasons" in found
    assert "step rest names an unknown clock nothing" in found
