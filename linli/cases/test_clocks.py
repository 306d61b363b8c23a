"""Clocks that rest, are extended, belong to tasks and have milestones, against a slow calculation of its own."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid
from linli.base.worktime import PLACE_TIME, Unit
from linli.cases import kinds
from linli.cases.clocks import ClockChanges, Light, Term, due_of, light, live_clocks
from linli.cases.conftest import move
from linli.cases.kinds import all_kinds
from linli.cases.lapses import lapse_due
from linli.cases.models import Case, Clock, Task
from linli.cases.procedure import Procedure, Step, Words, mistakes_in
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
    done = Step("done", WORDS, "reported")
    (left,) = move(case, live, done, at("2025-03-04"), changes=ClockChanges(ended=frozenset({tasks[0].pk})))
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
