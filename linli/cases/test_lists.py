"""Lists: any narrowing gives exactly what a plain look at every case gives, page by page, there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.base.errors import Invalid, NotFound
from linli.base.ids import uuid7
from linli.cases import lists, walking
from linli.cases.models import Case, Clock, Copy, SearchText, Task
from linli.cases.narrowing import Days, Narrowing, State
from linli.cases.search import placed, tokens_of
from linli.cases.walking import Turn

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXTS = ("路灯坏了", "垃圾没人清运", "路灯下的垃圾", "井盖松动")


@pytest.fixture
def county(world):
    """Sixty cases in four grids: many at the same moment, some finished, some late."""
    leaves = sorted((each for each in world.places.values() if each.level == 6), key=lambda each: each.code)
    grids = [world.place("东门社区第一网格"), leaves[1], *leaves[-2:]]
    now = timezone.now()
    for number in range(60):
        at = BEGUN + timedelta(hours=number // 3)
        ended = number % 4 != 0
        grid = grids[number % 4 if number % 5 else 0]
        case = Case.everywhere.create(
            id=uuid7(at),
            number=f"990101-26-9{number:04d}-0",
            kind="matters",
            stage=("closed" if number % 7 else "refused") if ended else "reported",
            division=grid,
            code_then=grid.code,
            code_now=grid.code,
            opened_by=world.posts["chengguan_clerk"] if number % 3 == 0 else None,
            summary=TEXTS[number % 4],
            channel="phone" if number % 3 == 0 else "web",
            at=at,
            recorded_at=at,
            due=now + timedelta(days=number % 9 - 4),
            closed_at=at + timedelta(days=2) if ended else None,
        )
        placed([SearchText(case=case, tokens=tokens_of(case, TEXTS[(number * 7) % 4]))])[0].save()
        Task.objects.create(
            case=case,
            post=world.posts["chengguan_clerk"],
            stage="reported",
            opened_at=at,
            pressing_at=BEGUN + timedelta(hours=number // 5),
            closed_at=at if ended else None,
        )
        if number % 10 == 1:
            Clock.objects.create(
                case=case,
                name="promise",
                unit="days",
                amount=5,
                source="",
                **dict.fromkeys(("began_at", "first_due", "started_at", "due_at", "stopped_at"), at),
                halted="suspended" if number % 20 == 1 else "parked",
                resting=True,
            )
        if number % 6 == 0:
            Copy.objects.create(case=case, post=world.posts["chengguan_clerk"], at=at)
    return grids


def everything(name, by, narrowing, most=4):
    """All rows of a list, walked onwards and then back again."""
    ask, key, there, last = lists.LISTS[name], "", [], None
    for _page in range(300):
        page = ask(by, narrowing, Turn(key), most=most)
        there += list(page.rows)
        last = page if page.rows else last
        if not page.next_key:
            break
        key = page.next_key
    if last is None:
        return [], []
    back, key = list(last.rows), last.keys[0]
    for _page in range(300):
        if not key:
            break
        page = ask(by, narrowing, Turn(key, back=True), most=most)
        back = [*page.rows, *back]
        key = page.previous_key
    return there, back


def fits(case, narrowing, by, now):
    low, high = by.post.division.span
    words = f" {case.search_text.tokens} "
    return (
        low <= case.code_now < high
        and narrowing.kind in ("", case.kind)
        and narrowing.stage in ("", case.stage)
        and narrowing.channel in ("", case.channel)
        and all(f" {token} " in words for token in narrowing.tokens)
        and {
            "": True,
            State.OPEN: case.closed_at is None,
            State.FINISHED: case.closed_at is not None,
            State.OVERDUE: case.closed_at is None and case.due < now,
            State.SUSPENDED: any(clock.halted == "suspended" for clock in case.clocks.all()),
            State.PARKED: any(clock.halted == "parked" for clock in case.clocks.all()),
            State.SOON: case.closed_at is None and now <= case.due < now + timedelta(days=3),
        }[narrowing.state]
    )


NARROWINGS = [
    Narrowing(kind=kind, stage=stage, channel=channel, state=state, words=words)
    for (kind, stage), channel, state, words in product(
        [("", ""), ("matters", ""), ("matters", "refused")],
        ["", "phone"],
        ["", *State],
        ["", "路灯", "路灯 垃圾"],
    )
]


@pytest.mark.parametrize("depth", [3, 50])
def test_any_narrowing_gives_exactly_what_a_plain_look_gives(world, county, monkeypatch, depth):
    monkeypatch.setattr(walking, "DEPTH", depth)
    monkeypatch.setattr(walking, "WORD_DEPTH", depth)
    monkeypatch.setattr(walking, "FEW", depth)
    by, now = world.by("county_clerk"), timezone.now()
    cases = list(Case.everywhere.select_related("search_text").prefetch_related("clocks").order_by("-pk"))
    for narrowing in NARROWINGS:
        wanted = [case for case in cases if fits(case, narrowing, by, now)]
        there, back = everything("area", by, narrowing)
        assert there == wanted, narrowing
        assert back == wanted, narrowing


@pytest.mark.parametrize("place", ["城关街道", "东门社区", "东门社区第一网格"])
def test_each_level_of_the_tree_is_a_list_of_its_own(world, county, place):
    division = world.place(place)
    for words in ("", "路灯"):
        there, back = everything(
            "area", world.by("county_clerk"), Narrowing(place=division.trimmed, words=words)
        )
        low, high = division.span
        wanted = [
            case
            for case in Case.everywhere.select_related("search_text").order_by("-pk")
            if low <= case.code_now < high and (not words or " 路灯 " in case.search_text.tokens)
        ]
        assert there == back == wanted != []


@pytest.mark.parametrize("depth", [3, 5000])
@pytest.mark.parametrize("name", ["to_do", "done", "raised", "copied"])
def test_the_lists_of_a_post_go_there_and_back_alike(world, county, monkeypatch, name, depth):
    monkeypatch.setattr(lists, "TASK_DEPTH", depth)
    monkeypatch.setattr(walking, "DEPTH", depth)
    by = world.by("chengguan_clerk")
    for narrowing in (Narrowing(), Narrowing(channel="phone"), Narrowing(words="路灯", kind="matters")):
        there, back = everything(name, by, narrowing)
        assert [row.pk for row in there] == [row.pk for row in back]
        assert len(there) == len({row.pk for row in there})
    whole, _back = everything(name, by, Narrowing())
    narrowed, _back = everything(name, by, Narrowing(channel="phone"))
    case_of = [row if isinstance(row, Case) else row.case for row in whole]
    assert len(narrowed) == sum(case.channel == "phone" for case in case_of) > 0


def test_days_bound_the_walk_and_include_both_ends(world, county):
    day = BEGUN.date()
    for days in (Narrowing(opened=Days(day, day)), Narrowing(closed=Days(day + timedelta(2), None))):
        there, _back = everything("area", world.by("county_clerk"), days)
        tests = days.opened.tests("at") + days.closed.tests("closed_at")
        wanted = Case.everywhere.filter(**{f"{path}__{lookup}": value for path, lookup, value in tests})
        assert there == list(wanted.order_by("-pk")) != []


def test_a_rare_combination_says_how_far_it_looked(world, county, monkeypatch):
    monkeypatch.setattr(walking, "DEPTH", 5)
    page = lists.in_area(world.by("county_clerk"), Narrowing(channel="paper"))
    assert page.rows == []
    assert page.next_key
    assert page.looked_to is not None


def test_a_place_outside_ones_area_does_not_exist(world):
    with pytest.raises(NotFound):
        lists.in_area(world.by("chengguan_clerk"), Narrowing(place=world.county.trimmed))
    with pytest.raises(NotFound):
        lists.in_area(world.by("chengguan_clerk"), Narrowing(place=world.place("柳河镇").trimmed))


@pytest.mark.parametrize("name", lists.LISTS)
@pytest.mark.parametrize("key", ["x", "12-", "-", "99999999999999999-zz", "9" * 40, "１２"])
def test_a_made_up_key_gets_a_sentence(world, name, key):
    for narrowing in (Narrowing(), Narrowing(words="路灯")):
        with pytest.raises(Invalid, match="page link"):
            lists.LISTS[name](world.by("chengguan_clerk"), narrowing, Turn(key))


@pytest.mark.parametrize("narrowing", NARROWINGS[::5])
def test_a_page_costs_two_statements_whatever_it_is_narrowed_by(world, county, narrowing):
    by = world.by("county_clerk")
    for name in lists.LISTS:
        lists.LISTS[name](by, narrowing)
        with CaptureQueriesContext(connection) as asked:
            lists.LISTS[name](by, narrowing)
        assert len(asked) <= 2


def test_the_neighbours_of_a_row_are_those_of_its_list(world, county):
    by = world.by("chengguan_clerk")
    page = lists.to_do(by)
    before, after = lists.around("to_do", by, Narrowing(), page.keys[3])
    assert before is not None
    assert after is not None
    assert (before[0], after[0]) == (page.rows[2].case, page.rows[4].case)


def test_counts_stop_at_a_hundred(world, county, monkeypatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", 3)
    with CaptureQueriesContext(connection) as asked:
        counted = lists.counts(world.by("chengguan_clerk"))
    assert len(asked) == 1
    assert counted == {"to_do": 4, "done": 4, "raised": 4, "copied": 4}
