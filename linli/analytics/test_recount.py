"""Every figure equals what a plain look at the raw rows finds, and the list behind it has exactly those cases."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from linli.analytics.conftest import NOW
from linli.analytics.counting import behind, count, total
from linli.analytics.figures import all_figures
from linli.analytics.periods import Period
from linli.analytics.populations import MOVED
from linli.analytics.quality import MORE
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_LEAD
from linli.analytics.spans import cases_leaving, latenesses, stays, times_taken
from linli.base.worktime import PLACE_TIME, Unit, due, used, working_days_between
from linli.cases.calendars import calendar_of
from linli.cases.models import Case, Clock, Link
from linli.cases.narrowing import Narrowing
from linli.divisions.codes import span
from linli.ledger.models import Entry

pytestmark = pytest.mark.django_db
ENDS = {"closed", "refused", "referred", "void"}
STEPS = {
    "contested": "contest",
    "reopened": "reopen",
    "returned": "send_back",
    "reworked": "fail",
    "extended": "extend",
}


def days_of(period):
    return lambda moment: (
        moment is not None and period.since <= moment.astimezone(PLACE_TIME).date() <= period.until
    )


def promise_of(case, clocks):
    """The stretches of the promise that was begun last, in their order."""
    rounds = defaultdict(list)
    for clock in sorted(clocks, key=lambda each: (each.started_at, each.pk)):
        if clock.case_id == case.pk and clock.name == "promise":
            rounds[clock.began_at].append(clock)
    return rounds[max(rounds)] if rounds else []


def verdicts(stretches, calendar):
    """What a promise came to, reckoned anew from when its stretches began and stopped: by day, by rests, by both."""
    ended = None if not stretches[-1].stopped_at or stretches[-1].resting else stretches[-1].stopped_at
    unit, amount, spent = Unit(stretches[0].unit), stretches[0].amount, 0
    ran_out = {"plain": False, "whole": False}
    for clock in stretches:
        until = clock.stopped_at or NOW
        ends = {
            "plain": due(clock.started_at, amount, unit, calendar, spent=spent),
            "whole": due(clock.started_at, amount + clock.extra, unit, calendar, spent=spent),
        }
        for way, end in ends.items():
            ran_out[way] = ran_out[way] or until > end
        if clock.stopped_at:
            spent += used(clock.started_at, clock.stopped_at, unit, calendar)
    first = due(stretches[0].began_at, amount, unit, calendar)
    return {
        "done": ended is not None,
        "in_time_first": ended is not None and ended <= first,
        "in_time_rested": ended is not None and not ran_out["plain"],
        "in_time": ended is not None and not ran_out["whole"],
        "late": ran_out["whole"],
        "undecided": ended is None and not ran_out["whole"],
    }


def steps_of(case, entries):
    """What happened in a case, as pairs of step and entry, in order."""
    own = sorted((entry for entry in entries if entry.about == case.pk), key=lambda each: each.pk)
    return [(entry.name.split(".")[1], entry) for entry in own]


def of_promise(case, story, stretches, verdict):
    """The further names of a case whose promise is due."""
    settled = stretches[-1].halted == "" and any(
        step == "settle" and entry.at == stretches[-1].stopped_at for step, entry in story
    )
    names = {"due_on_the_spot"} if settled else {"due_passed_on"}
    names |= {"in_time_passed_on"} if verdict["in_time"] and not settled else set()
    names |= {"due_closed_in_time"} if verdict["in_time"] and case.stage in ENDS else set()
    names |= {"due_done_again"} if {"fail", "contest"} & {step for step, _entry in story} else set()
    return names


def of_story(case, story, inside):
    """The names that follow from the steps of a case, its end and its beginning."""
    every = {step for step, _entry in story}
    dispatched = [entry for step, entry in story if step == "dispatch"]
    names = set()
    if dispatched and inside(dispatched[0].at):
        names |= {"dispatched"} | (set() if {"send_back", "disclaim"} & every else {"dispatched_right"})
    heard = [step for step, entry in story if step in {"confirm", "contest", "lapse"} and inside(entry.at)]
    if heard:
        names |= {"word_due", "word_none" if heard[-1] == "lapse" else "word_given"}
        names |= {"word_solved"} if heard[-1] == "confirm" else set()
    if inside(case.at):
        soon = case.at + timedelta(hours=24)
        if soon <= NOW:
            names |= {"response_due"}
            by_posts = [
                entry for step, entry in story if entry.post and step != "report" and entry.at <= soon
            ]
            names |= {"responded"} if by_posts else set()
        names |= {"recorded_soon"} if case.recorded_at <= soon else set()
    if inside(case.closed_at) and case.outcome not in {"void", "merged", "refused"}:
        names |= {"dealt_with"}
        low_down = case.lead is None or case.lead.division.level >= 4
        if case.outcome != "referred" and low_down and not {"escalate", "redo", "uphold"} & every:
            names |= {"at_home"}
    if case.stage not in ENDS:
        names |= {"long_overdue"} if case.due and case.due < NOW - timedelta(days=30) else set()
        still = all(entry.at < NOW - timedelta(days=14) for _step, entry in story)
        names |= {"quiet"} if still and case.at < NOW - timedelta(days=14) else set()
    return names


def recounted(period, area, leads=()):
    """The keys of the cases behind each figure, found without any of the product's conditions."""
    inside, found = days_of(period), defaultdict(set)
    low, high = span(area)
    clocks, entries, calendar = list(Clock.objects.all()), list(Entry.objects.all()), calendar_of(low)
    merged = set(Link.objects.filter(relation="duplicate_of").values_list("source", flat=True))
    for case in Case.everywhere.select_related("lead__division"):
        if not low <= case.code_now < high or (leads and case.lead_id not in leads):
            continue
        story = steps_of(case, entries)
        names = of_story(case, story, inside)
        stretches = promise_of(case, clocks)
        if stretches and case.pk not in merged and case.outcome != "void":
            first = due(stretches[0].began_at, stretches[0].amount, Unit(stretches[0].unit), calendar)
            if inside(first) and first < NOW:
                verdict = verdicts(stretches, calendar)
                names |= {"due"} | {name for name, so in verdict.items() if so}
                names |= of_promise(case, story, stretches, verdict)
                names |= {"due_closed"} if case.stage in ENDS else set()
        names |= {"opened"} if inside(case.at) else set()
        names |= {"closed", f"closed_{case.outcome}"} if inside(case.closed_at) else set()
        own = [entry for entry in entries if entry.about == case.pk and inside(entry.at)]
        names |= {name for name, step in STEPS.items() if any(each.name == f"matters.{step}" for each in own)}
        if case.stage not in ENDS:
            resting = {clock.halted for clock in clocks if clock.case_id == case.pk and clock.resting}
            names |= {"open"} | resting
            names |= {"overdue"} if case.due and case.due < NOW else set()
            names |= {"soon"} if case.due and NOW <= case.due < NOW + timedelta(days=3) else set()
            names |= {"long_open"} if case.at < NOW - timedelta(days=30) else set()
        for name in names:
            found[name].add(case.pk)
    return found


PERIODS = [
    Period(date(2026, 1, 1), date(2026, 3, 31)),
    Period(date(2026, 2, 1), date(2026, 2, 28)),
    Period(date(2026, 3, 9), date(2026, 3, 22)),
    Period(date(2025, 1, 1), date(2025, 12, 31)),
]


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.thorough), pytest.param(3, marks=pytest.mark.nightly)]
)
def test_every_figure_equals_a_plain_recount_and_opens_exactly_those_cases(world, at_random, seed):
    taken = at_random(world, seed)
    assert {"extend", "park", "suspend", "resume", "reopen"} <= taken
    assert len({"contest", "send_back", "fail", "void", "link_duplicate"} & taken) >= 3
    for period in PERIODS:
        for place in ("云溪县", "城关街道", "东门社区", "东门社区第一网格"):
            area = world.place(place).trimmed
            asked = Question(Narrowing(place=area), period, NOW)
            counted, wanted = count(asked)[None], recounted(period, area)
            assert set(counted) == set(all_figures())
            assert set(wanted) <= set(counted)
            for name, figure in all_figures().items():
                listed = [case.pk for case in behind(figure, asked)]
                assert set(listed) == wanted[name], (name, place, period)
                assert len(listed) == len(wanted[name]) == counted[name], (name, place, period)
                if figure.population is MOVED and place == "云溪县":  # alone it is found by its own steps
                    assert count(asked, figures=[figure])[None] == {name: counted[name]}


def test_what_is_settled_on_the_spot_goes_up_or_belongs_elsewhere_is_counted_by_its_story(world, at_random):
    taken = at_random(world, 13, matters=36, wider=True)
    assert {"settle", "escalate", "disclaim", "lapse", "confirm"} <= taken
    for case in list(Case.everywhere.order_by("pk"))[::3]:  # written down as it happened, not long after
        Case.everywhere.filter(pk=case.pk).update(recorded_at=case.at + timedelta(minutes=5))
    area, found = world.county.trimmed, set()
    for period in PERIODS[:2]:
        asked = Question(Narrowing(place=area), period, NOW)
        counted, wanted = count(asked)[None], recounted(period, area)
        for name, figure in all_figures().items():
            listed = [case.pk for case in behind(figure, asked)]
            assert len(listed) == len(set(listed)) == counted[name], (name, period)
            assert set(listed) == wanted[name], (name, period)
        found |= {name for name, number in counted.items() if number}
    assert {each.name for each in MORE} <= found


def test_parts_by_place_and_by_lead_add_up_and_each_is_a_recount(world, at_random):
    at_random(world, 4)
    period, county = PERIODS[0], world.county.trimmed
    asked = Question(Narrowing(place=county), period, NOW)
    by_town, by_lead = count(asked, 10**8), count(asked, BY_LEAD)
    whole = count(asked)[None]
    assert {name: n for name, n in total(by_town.values()).items() if n} == {
        n: c for n, c in whole.items() if c
    }
    assert total(by_town.values()) == total(by_lead.values())
    for key, counted in by_town.items():
        wanted = recounted(period, str(key))
        assert {name: n for name, n in counted.items() if n} == {n: len(each) for n, each in wanted.items()}
    for lead, counted in by_lead.items():
        if lead:
            wanted = recounted(period, county, leads=(lead,))
            assert {name: n for name, n in counted.items() if n} == {n: len(c) for n, c in wanted.items()}


def test_what_is_due_is_in_time_late_or_undecided_and_the_three_ways_only_grow(world, at_random):
    at_random(world, 5)
    counted = count(Question(Narrowing(place=world.county.trimmed), PERIODS[0], NOW))[None]
    assert counted["due"] == counted["in_time"] + counted["late"] + counted["undecided"] > 0
    assert counted["in_time_first"] <= counted["in_time_rested"] <= counted["in_time"]
    assert sum(n for name, n in counted.items() if name.startswith("closed_")) == counted["closed"]


def test_the_time_taken_is_that_of_the_case_in_the_middle(world, at_random):
    at_random(world, 6)
    asked = Question(Narrowing(place=world.county.trimmed), PERIODS[0], NOW)
    closed = [case for case in Case.everywhere.all() if case.closed_at]
    local = [
        (each.at.astimezone(PLACE_TIME).date(), each.closed_at.astimezone(PLACE_TIME).date())
        for each in closed
    ]
    days = sorted(working_days_between(first, last, calendar_of()) for first, last in local)
    taken = times_taken(asked)
    assert (taken.cases, taken.median) == (len(days), days[(len(days) - 1) // 2])
    assert sum(each <= taken.nine_in_ten for each in days) >= 0.9 * len(days)
    assert times_taken(Question(asked.narrowing, PERIODS[3], NOW)) is None


def stood(area, period):
    """Of each stage that was left in the period, the seconds of each stay and the cases, read entry by entry."""
    inside, found, left = days_of(period), defaultdict(list), defaultdict(set)
    low, high = span(area)
    entries = list(Entry.objects.order_by("pk"))
    for case in Case.everywhere.filter(code_now__gte=low, code_now__lt=high):
        since, stage = None, ""
        for entry in (each for each in entries if each.about == case.pk and "to" in each.facts):
            if entry.facts["to"] == stage:
                continue
            if stage and inside(entry.at):
                found[stage].append(int(entry.at.timestamp()) - int(since.timestamp()))
                left[stage].add(case.pk)
            since, stage = entry.at, entry.facts["to"]
    return found, left


@pytest.mark.parametrize("place", ["云溪县", pytest.param("城关街道", marks=pytest.mark.thorough)])
def test_the_time_in_a_stage_is_that_of_the_stay_in_the_middle_and_opens_the_cases_that_left_it(
    world, at_random, place
):
    at_random(world, 13, wider=True)
    area = world.place(place).trimmed
    for period in PERIODS:
        asked = Question(Narrowing(place=area), period, NOW)
        wanted, left = stood(area, period)
        found = {each.stage.name: each for each in stays(asked)}
        assert set(found) == set(wanted)
        for stage, each in found.items():
            spells = sorted(wanted[stage])
            assert (each.stays, each.cases) == (len(spells), len(left[stage]))
            assert each.median.total_seconds() == spells[(len(spells) - 1) // 2]
            assert each.nine_in_ten.total_seconds() == spells[-(-len(spells) * 9 // 10) - 1]
            assert {case.pk for case in cases_leaving(asked, "matters", stage)} == left[stage]


def test_the_most_overdue_case_and_the_one_in_the_middle_are_those_of_all_that_are_overdue(world, at_random):
    at_random(world, 6)
    asked = Question(Narrowing(place=world.county.trimmed), PERIODS[0], NOW)
    late = sorted(case.due for case in Case.everywhere.filter(closed_at=None) if case.due and case.due < NOW)
    found = latenesses(asked, len(late))
    assert [each.case.due for each in found] == [late[0], late[len(late) // 2]]
    assert [each.oldest for each in found] == [True, False]
    assert latenesses(asked, 0) == []
