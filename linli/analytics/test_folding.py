"""Whatever happens, in whatever order and wherever the fold is stopped: the rollups say what a recount says."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from itertools import count as count_up
from random import Random

import pytest
from django.db import connection

from linli.analytics import folding, shares
from linli.analytics.conftest import GRIDS, NOW
from linli.analytics.counting import count, counted_live
from linli.analytics.folding import fold_all, fold_cases, refold
from linli.analytics.gauges import freshness, gauges
from linli.analytics.models import Progress, Share, Tally
from linli.analytics.periods import Period, day_named, numbered
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_LEAD, folded
from linli.analytics.shares import note_repeats, plain, repeats_within
from linli.analytics.spans import times_taken
from linli.analytics.standing import standing
from linli.analytics.trends import Unit, along, along_live
from linli.base.generations import bump
from linli.cases.forgetting import forget_due
from linli.cases.models import CalendarDay, Case, Mark
from linli.cases.moving import move
from linli.cases.narrowing import Narrowing
from linli.cases.reckoning import reckon_turn
from linli.divisions.successions import How, Successor
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence_all
from linli.posts.actions import end
from linli.posts.actor import PartyActor
from linli.posts.models import Holding

pytestmark = pytest.mark.django_db
QUARTER, MONTH = Period(date(2026, 1, 1), date(2026, 3, 31)), Period(date(2026, 2, 1), date(2026, 2, 28))
WEEKS, DAY = Period(date(2026, 2, 20), date(2026, 3, 22)), Period(date(2026, 2, 17), date(2026, 2, 17))
LONG = Period(date(2025, 8, 3), date(2026, 10, 11))
PERIODS = (QUARTER, MONTH, WEEKS, DAY, LONG, Period(date(2026, 1, 1), date(2026, 12, 31)))
PLACES = ("云溪县", "城关街道", "柳河镇", "东门社区", "东门社区第一网格")
TOWNS = 10**8


@pytest.fixture
def walked(world, at_random):
    """A small county with a past, placed but not folded."""
    at_random(world, 5, matters=12, steps=28)
    return world


def without_zeros(counted):
    found = {key: {name: number for name, number in each.items() if number} for key, each in counted.items()}
    return {key: each for key, each in found.items() if each}


def catch_up(now):
    sequence_all()
    fold_all(now=now)
    assert standing(now).holds(now)
    assert standing(now).oldest is None


def fresh():
    now = datetime.now(UTC)
    return freshness(standing(now), now)


def differences(world, now):
    """Where rollups and recount differ: for every place, period and way to divide."""
    places = [world.place(name).trimmed for name in PLACES]
    asked = [Question(Narrowing(place=place), period, now) for place in places for period in PERIODS]
    pairs = [
        (each, by) for each in asked for by in ("", *([TOWNS] if len(each.narrowing.place) == 6 else []))
    ]
    return [
        (each.narrowing.place, each.period, by)
        for each, by in pairs
        if without_zeros(count(each, by)) != without_zeros(counted_live(each, by))
    ]


def hold(world, now=NOW):
    catch_up(now)
    assert differences(world, now) == []


def test_rollups_say_what_a_recount_says_of_every_place_and_period(world, at_random):
    at_random(world, 1, matters=16)
    hold(world)
    figures = folding.all_figures().values()
    for period in (WEEKS, LONG, QUARTER):
        asked = Question(Narrowing(place=world.county.trimmed), period, NOW)
        assert folded(asked, "", list(figures))[1] == set()
    assert without_zeros(gauges(asked, TOWNS))
    assert count(asked)[None]["due"] > 5


def test_the_days_of_a_period_add_up_to_what_happened_twice_in_a_case():
    chance = Random(8)
    days = [date(2026, 2, 1) + timedelta(days=each) for each in range(40)]
    for _case in range(60):
        happened = {day: {"contested"} for day in chance.sample(days, chance.randrange(1, 6))}
        for day in chance.sample(days, chance.randrange(1, 5)):
            happened.setdefault(day, set()).update(("word_due", chance.choice(("word_solved", "word_none"))))
        rows = {numbered(day): set(names) for day, names in happened.items()}
        note_repeats(rows)
        for since, until in combinations(days[::3], 2):
            found: Counter[str] = Counter()
            for day, names in rows.items():
                if since <= day_named(day) <= until:
                    found.update(name for name in names if plain(name) == name)
                    found.subtract(repeats_within(dict.fromkeys(names, 1), day, Period(since, until)))
            inside = {day: names for day, names in sorted(happened.items()) if since <= day <= until}
            heard = [names for names in inside.values() if "word_due" in names]
            contested = any("contested" in names for names in inside.values())
            wanted = (heard[-1] if heard else set()) - {"contested"} | ({"contested"} if contested else set())
            assert {name: number for name, number in found.items() if number} == dict.fromkeys(wanted, 1)


def test_rollups_say_along_time_and_of_the_days_taken_what_a_recount_says(walked):
    catch_up(NOW)
    figures = [folding.all_figures()[name] for name in ("opened", "closed", "due", "in_time")]
    for place in PLACES[:3]:
        for period, unit in ((PERIODS[-1], Unit.MONTH), (QUARTER, Unit.MONTH), (WEEKS, Unit.DAY)):
            asked = Question(Narrowing(place=walked.place(place).trimmed), period, NOW)
            found, live = (way(asked, figures, unit) for way in (along, along_live))
            assert [(each.period, +Counter(each.counted)) for each in found] == [
                (each.period, +Counter(each.counted)) for each in live
            ]
            taken, not_held = times_taken(asked), replace(asked, now=NOW - timedelta(days=1))
            assert taken == times_taken(not_held)
    assert taken is not None


@pytest.mark.thorough
def test_the_last_word_of_each_period_and_the_first_dispatch_are_those_of_a_recount(world, at_random):
    taken = at_random(world, 13, matters=30, wider=True)
    assert {"contest", "lapse", "confirm", "dispatch", "reopen"} <= taken
    hold(world)
    for day in (3, 12, 15):
        hold(world, NOW + timedelta(days=day))


@pytest.mark.thorough
def test_time_alone_brings_cases_over_their_limits(walked):
    for days in (60, 40, 21, 12, 4, 0, -33):
        hold(walked, NOW - timedelta(days=days))


def test_a_fold_that_is_stopped_anywhere_goes_on_and_counts_nothing_twice(walked):
    sequence_all()
    for stop in range(1, 40, 2):
        statements = count_up()

        def stopping(execute, sql, params, many, context, statements=statements, stop=stop):
            if next(statements) == stop:
                raise ConnectionError
            return execute(sql, params, many, context)

        with connection.execute_wrapper(stopping), suppress(ConnectionError):
            fold_cases(5, NOW)
    hold(walked)


def test_positions_that_are_read_again_change_nothing(walked):
    hold(walked)
    before = dict(Tally.objects.values_list("cell", "counts"))
    Mark.objects.filter(name="figures").update(position=0)
    hold(walked)
    assert dict(Tally.objects.values_list("cell", "counts")) == before


@pytest.mark.thorough
def test_what_happened_earlier_and_is_heard_of_later_is_counted_where_it_belongs(walked, at_random):
    hold(walked)
    at_random(walked, 8, matters=5)
    hold(walked)


@pytest.mark.thorough
def test_built_from_zero_they_are_the_same(walked):
    hold(walked)
    before = dict(Tally.objects.values_list("cell", "counts"))
    refold()
    assert not standing(NOW).holds(NOW)
    hold(walked)
    assert dict(Tally.objects.values_list("cell", "counts")) == before


@pytest.mark.thorough
def test_a_village_that_moves_in_the_middle_takes_its_numbers_along(walked, at_random):
    hold(walked)
    old, new = walked.place("东门社区").code // 10**5, Successor("990101002009", "东门社区")
    assert Tally.objects.filter(level=5, place=old).exists()
    move(
        walked.place("东门社区"), new, on=date(2026, 2, 15), how=How.RENUMBERED, by=walked.by("administrator")
    )
    hold(walked)
    assert not Tally.objects.filter(level=5, place=old).exists()


@pytest.mark.thorough
def test_an_edit_of_the_calendar_moves_what_is_due(walked):
    hold(walked)
    for day in range(2, 30):
        CalendarDay.objects.update_or_create(
            division=None, day=date(2026, 3, day), defaults={"worked": False}
        )
    bump("calendar")
    assert reckon_turn()
    hold(walked)
    hold(walked, NOW + timedelta(days=9))


@pytest.mark.thorough
def test_an_erased_file_still_counts_where_it_closed(walked):
    closed = Case.everywhere.exclude(closed_at=None)[0]
    hold(walked)
    long_ago = datetime(2014, 5, 5, tzinfo=UTC)
    Case.everywhere.filter(pk=closed.pk).update(closed_at=long_ago)
    closed.clocks.update(stopped_at=long_ago)
    assert forget_due() == 1
    hold(walked)
    (that_day,) = (part for part in Share.objects.get(pk=closed.pk).adds.split("|") if "20140505:" in part)
    assert f"closed,closed_{closed.outcome}" in that_day


@pytest.mark.thorough
def test_a_clock_that_was_wrong_for_a_while_leaves_nothing_behind(walked):
    hold(walked, NOW + timedelta(days=400))
    hold(walked, NOW)


@pytest.mark.thorough
def test_a_clock_set_back_by_a_moment_is_waited_for(walked):
    hold(walked)
    fold_cases(now=NOW - timedelta(seconds=20))
    assert Progress.objects.get().sweep == ""
    assert Progress.objects.get().as_of == NOW


@pytest.mark.thorough
def test_what_is_counted_by_body_is_a_recount_also_after_a_body_has_become_too_small(walked, monkeypatch):
    asked = Question(Narrowing(place=walked.county.trimmed), QUARTER, NOW)

    def differs():
        keys, live = shares.body_keys(), Counter()
        for post, counted in counted_live(asked, BY_LEAD).items():
            for name, number in counted.items():
                live[keys[post] if post else None, name] += number
        found = Counter()
        for post, counted in count(asked, BY_LEAD).items():
            for name, number in counted.items():
                found[keys.get(post, shares.POOLED) if post is not None else None, name] += number
        return {key: (live[key], found[key]) for key in live | found if live[key] != found[key]}

    monkeypatch.setattr(shares, "FEWEST_HOLDERS", 1)
    bump("posts")
    catch_up(NOW)
    assert differs() == {}
    large = next(
        key for key in shares.body_keys().values() if key > 0 and Tally.objects.filter(body=key).exists()
    )
    for holding in Holding.objects.current().filter(post__organisation=large):
        end(holding, by=walked.by("administrator"))
    catch_up(NOW)
    assert not Tally.objects.filter(body=large).exists()
    assert differs() == {}


def test_of_two_that_fold_at_once_one_wins_and_the_other_has_done_nothing(walked, monkeypatch):
    sequence_all()
    real, raced = folding.shares_of, []

    def reading(*given):
        found = real(*given)
        if not raced:
            raced.append(True)
            fold_cases(4, NOW)
        return found

    monkeypatch.setattr(folding, "shares_of", reading)
    assert fold_cases(9, NOW) == 0
    hold(walked)


@pytest.mark.thorough
def test_a_fold_that_does_not_take_out_what_it_put_in_is_noticed(walked, monkeypatch):
    real = shares._spread
    monkeypatch.setattr(shares, "_spread", lambda *given: real(*given) if given[-1] > 0 else None)
    catch_up(NOW - timedelta(days=40))
    catch_up(NOW)
    assert differences(walked, NOW)


def test_what_area_gives_no_sight_of_and_posts_alone_have_no_row(walked):
    catch_up(NOW)
    assert set(Tally.objects.values_list("kind", flat=True)) == {"matters"}
    bodies = set(Tally.objects.values_list("body", flat=True))
    assert bodies <= {shares.ALL, shares.POOLED, shares.UNLED, *shares.body_keys().values()}


@pytest.mark.thorough
def test_rollups_that_lag_too_far_are_left_aside(walked):
    now = datetime.now(UTC)
    catch_up(now)
    actions.report(by=PartyActor("reporter"), text="灯坏了", division=walked.place(GRIDS[0]))
    later = now + timedelta(minutes=9)
    assert not standing(later).holds(later)
    asked = Question(Narrowing(place=walked.county.trimmed), Period(now.date(), now.date()), later)
    assert without_zeros(count(asked)) == without_zeros(counted_live(asked))


def test_the_lag_is_that_of_the_steps_since_the_rollups_were_whole(walked):
    catch_up(datetime.now(UTC))
    assert Progress.objects.get().lags == {}
    actions.report(by=PartyActor("reporter"), text="灯坏了", division=walked.place(GRIDS[0]))
    sequence_all()
    assert fresh().age > 0
    fold_all()
    found = fresh()
    assert found.age == 0
    assert 0 < found.p50 <= found.p99 < 30
