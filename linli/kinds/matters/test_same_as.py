"""Counted in (我也遇到了): a matter that is the same as an open one nearby follows it from its opening on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.base.errors import Conflict, Invalid
from linli.base.generations import bump
from linli.cases import opening
from linli.cases.duplicates import DUPLICATE, original_of
from linli.cases.followers import close_followers
from linli.cases.models import Case, Category, Clock, Link, Notice, Task
from linli.cases.nearby import FEWEST_COUNTED, MOST, Spot, nearby
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import HOME, LAMP, reload
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

RESIDENT = PartyActor("reporter")
METRE = 1 / 111_000
PHONE = "13912345678"


def lamp(world: Any, *, north: float = 0.0, code: str | None = "0201", **more: Any) -> opening.Opened:
    """A report so many metres north of the middle of the grid; `point=False` chooses the community instead."""
    grid = world.place(HOME)
    where = {"longitude": grid.longitude, "latitude": grid.latitude + north * METRE}
    if not more.pop("point", True):
        where = {"division": grid.parent}
    category = Category.objects.get(code=code) if code else None
    return actions.report(**{"by": RESIDENT, "text": LAMP, "category": category, **where, **more})


def seen_from(
    world: Any, *, north: float = 0.0, code: str | None = "0201", text: str = "灯不亮", point: bool = True
) -> Any:
    """What somebody about to report there would be shown."""
    grid = world.place(HOME)
    category = Category.objects.get(code=code) if code else None
    if not point:
        return nearby(Spot("matters", grid.parent, None, category, text))
    return nearby(Spot("matters", grid, (grid.longitude, grid.latitude + north * METRE), category, text))


def numbers(found: Any) -> list[str]:
    return [each.number for each in found]


def case_of(opened: opening.Opened) -> Case:
    return Case.everywhere.get(pk=opened.case)


def close(world: Any, opened: opening.Opened) -> None:
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    actions.refuse(matter, by=world.by("chengguan_clerk"), seen=matter.case.version, reason="重复")


# --- what is shown


def test_the_nearest_of_the_same_category_come_first(world):
    near, far = lamp(world, north=10), lamp(world, north=40)
    lamp(world, north=60), lamp(world, code="0101", text="垃圾")
    assert numbers(seen_from(world)) == [near.number, far.number]


def test_what_is_on_the_other_side_of_a_grids_border_counts(world):
    """Two grids of two communities meet in a street: both sides see the same lamp."""
    one, other = world.place("东门社区第一网格"), world.place("东门社区第二网格")
    found = [lamp(world, longitude=place.longitude, latitude=place.latitude) for place in (one, other)]
    point = (one.longitude, one.latitude)
    assert numbers(nearby(Spot("matters", other, point, Category.objects.get(code="0201"), ""))) == [
        found[0].number
    ]


def test_without_a_category_largely_the_same_words_count(world):
    same = lamp(world, code="0202", text="三号楼楼下的路灯坏了")
    lamp(world, code="0202", text="井盖没了，很危险")
    assert numbers(seen_from(world, code=None, text="三号楼下面路灯坏了")) == [same.number]


@pytest.mark.parametrize("code", ["0401", "0402", "0403", "0404", "0405"])
def test_noise_neighbours_family_work_and_conduct_are_never_shown(world, code):
    lamp(world, code=code)
    assert seen_from(world, code=code, text=LAMP) == []
    assert seen_from(world, code=None, text=LAMP) == []
    lamp(world, text=LAMP)
    assert seen_from(world, code=code, text=LAMP) == []


def test_what_belongs_to_something_sensitive_is_never_shown(world):
    lamp(world)
    assert seen_from(world)
    above = Category.objects.get(code="0201").parent_id
    Category.objects.filter(pk=above).update(sensitive=True)
    bump("catalogue")
    assert seen_from(world) == []
    assert seen_from(world, code=None, text=LAMP) == []


def test_what_nobody_has_sorted_yet_is_never_shown(world):
    lamp(world, code=None)
    assert seen_from(world, code=None, text=LAMP) == []


def test_who_chose_a_community_sees_what_is_open_there(world):
    placed, chosen = lamp(world), lamp(world, point=False)
    assert set(numbers(seen_from(world, point=False))) == {placed.number, chosen.number}
    assert set(numbers(seen_from(world))) == {placed.number, chosen.number}


def test_a_place_nobody_knows_has_nothing_nearby(world):
    actions.report(by=RESIDENT, text=LAMP, category=Category.objects.get(code="0201"))
    assert nearby(Spot("matters", world.county, None, Category.objects.get(code="0201"), LAMP)) == []


def test_closed_and_old_ones_are_not_shown(world):
    close(world, lamp(world))
    lamp(world, at=timezone.now() - timedelta(days=31))
    assert seen_from(world) == []


def test_what_already_waits_for_its_reporters_word_is_not_shown(world, checked_matter):
    assert numbers(seen_from(world)) == []


def test_no_more_than_three_are_shown(world):
    for north in range(5):
        lamp(world, north=north)
    assert len(seen_from(world)) == MOST


def test_a_stranger_learns_sort_place_days_and_little_more(world):
    opened = lamp(
        world,
        at=timezone.now() - timedelta(days=2),
        landmark="人民路12号",
        contact=GivenContact("李小芳", PHONE),
    )
    [found], category = seen_from(world), Category.objects.get(code="0201")
    assert (found.number, found.about, found.place, found.days) == (opened.number, str(category), HOME, 2)
    assert found.stage == "Waiting to be taken on"
    assert "李小芳" not in repr(found)
    assert "人民路" not in repr(found)


def test_fewer_than_three_people_are_not_counted_to_others(world):
    first = lamp(world)
    counts = [seen_from(world)[0].people]
    for number in range(2):
        lamp(world, same_as=first.number, contact=GivenContact("", f"1391234567{number}"))
        counts.append(seen_from(world)[0].people)
    assert counts == [0, 0, FEWEST_COUNTED]


def test_who_says_it_three_times_is_one_person(world):
    first = lamp(world, contact=GivenContact("", PHONE))
    for _time in range(3):
        lamp(world, same_as=first.number, contact=GivenContact("", PHONE))
    assert seen_from(world)[0].people == 0


@pytest.mark.parametrize("point", [True, False])
def test_the_question_walks_the_places_around_and_not_all_that_is_open(world, point):
    if connection.vendor != "sqlite":
        return  # PostgreSQL plans by what is in the tables
    with CaptureQueriesContext(connection) as seen:
        seen_from(world, point=point)
    asked = next(each["sql"] for each in seen if "matters_matter" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert ("INDEX case_grid" if point else "INDEX case_village") in plan


# --- being counted in


def test_it_opens_merged_with_a_number_of_its_own_and_nobody_gets_a_task(world):
    first = lamp(world)
    second = lamp(world, same_as=first.number, contact=GivenContact("", PHONE))
    case = case_of(second)
    assert (case.stage, second.follows, second.number != first.number) == ("merged", first.number, True)
    assert (Task.objects.filter(case=case).count(), Clock.objects.filter(case=case).count()) == (0, 0)
    assert (case.due, second.promised_by) == (None, None)
    assert original_of(case).number == first.number
    assert Notice.objects.filter(case=case, step="report").count() == 1


def test_its_entry_says_what_it_follows(world):
    first = lamp(world)
    second = lamp(world, same_as=first.number)
    facts = Entry.objects.get(about=second.case).facts
    assert (facts["to"], facts["original"]) == ("merged", first.number)


def test_the_originals_end_reaches_whoever_was_counted_in(world):
    first = lamp(world)
    second = lamp(world, same_as=first.number, contact=GivenContact("", PHONE))
    close(world, first)
    assert close_followers() == 1
    assert (case_of(second).stage, case_of(second).outcome) == ("closed", "merged")
    assert Notice.objects.filter(case=second.case, step="close_with_original").exists()


def test_a_clerk_can_undo_it(world):
    first = lamp(world)
    second = Matter.objects.select_related("case").get(pk=lamp(world, same_as=first.number).case)
    actions.unlink_duplicate(second, by=world.by("chengguan_clerk"), seen=1, reason="是另一盏灯")
    again = reload(second)
    assert again.case.stage == "accepted"
    assert again.case.due is not None
    assert not Link.objects.filter(source=again.case).exists()


def test_when_the_original_follows_another_it_goes_to_the_chains_end(world):
    first, second = lamp(world), lamp(world, north=5)
    later = opening.Draft(
        kind="matters",
        by=RESIDENT,
        division=world.place(HOME),
        channel="web",
        summary=LAMP,
        detail=Matter(text=LAMP),
        same_as=case_of(second),
    )
    matter = Matter.objects.select_related("case").get(pk=second.case)
    actions.link_duplicate(matter, by=world.by("chengguan_clerk"), seen=1, original=case_of(first))
    assert opening.open_one(later).follows == first.number


def test_what_closes_in_the_same_moment_leaves_the_report_standing_by_itself(world, monkeypatch):
    first, really = lamp(world), opening._joined

    def closed_just_before(rows: Any, now: Any) -> Any:
        close(world, first)
        return really(rows, now)

    monkeypatch.setattr(opening, "_joined", closed_just_before)
    second = lamp(world, same_as=first.number)
    assert (second.follows, case_of(second).stage) == ("", "reported")
    assert Task.objects.filter(case=second.case, closed_at=None).count() == 1
    assert Clock.objects.filter(case=second.case).count() == 1


REFUSED = {"unknown": "990101-26-99999-9", "nonsense": "x", "letters": "路灯"}


@pytest.mark.parametrize("number", REFUSED.values(), ids=REFUSED)
def test_a_number_that_is_none_is_refused(world, number):
    _refused(world, number)


def test_numbers_that_are_not_offered_there_are_refused_with_the_same_sentence(world):
    far, sensitive = lamp(world, north=400), lamp(world, code="0402")
    closed, unsorted, other = lamp(world), lamp(world, code=None), lamp(world, code="0101", text="垃圾")
    close(world, closed)
    sentences = {_refused(world, each.number) for each in (far, sensitive, closed, unsorted, other)}
    assert sentences == {_refused(world, REFUSED["unknown"])}


def _refused(world: Any, number: str) -> str:
    before = Case.everywhere.count()
    with pytest.raises(Invalid) as refusal:
        lamp(world, same_as=number)
    assert Case.everywhere.count() == before
    fields = refusal.value.facts["fields"]
    assert isinstance(fields, dict)
    assert set(fields) == {"same_as"}
    return str(refusal.value.sentence)


# --- chains, circles, races


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["own", "same", "merge", "undo", "close"]), st.integers(0, 7), st.integers(0, 7)
        ),
        max_size=14,
    )
)
def test_however_they_are_merged_none_follows_two_and_no_circle_arises(world, moves):
    by, opened = world.by("chengguan_clerk"), [lamp(world)]
    for move, one, other in moves:
        first, second = (opened[at % len(opened)] for at in (one, other))
        _move(world, by, opened, (move, first, second))
    for link in Link.objects.filter(relation=DUPLICATE).select_related("source"):
        seen = {link.source_id}
        case = link.source
        while (
            following := Link.objects.filter(source=case, relation=DUPLICATE).select_related("target").first()
        ):
            case = following.target
            assert case.pk not in seen
            seen.add(case.pk)
    for each in opened:
        assert Link.objects.filter(source=each.case, relation=DUPLICATE).count() <= 1
    Case.everywhere.filter(pk__in=[each.case for each in opened]).update(
        stage="void", closed_at=timezone.now()
    )


def _move(world: Any, by: Any, opened: list[opening.Opened], wanted: tuple[str, Any, Any]) -> None:
    move, first, second = wanted
    matter = Matter.objects.select_related("case").get(pk=first.case)
    version = matter.case.version
    try:
        if move == "own":
            opened.append(lamp(world))
        elif move == "same":
            opened.append(lamp(world, same_as=first.number))
            joined = Link.objects.get(source=opened[-1].case, relation=DUPLICATE).target
            assert original_of(joined).pk == joined.pk  # it stands at the end of every chain
        elif move == "merge":
            actions.link_duplicate(matter, by=by, seen=version, original=case_of(second))
        elif move == "undo":
            actions.unlink_duplicate(matter, by=by, seen=version, reason="不是")
        else:
            actions.refuse(matter, by=by, seen=version, reason="重复")
    except (Conflict, Invalid):
        pass


def test_two_are_counted_in_while_a_clerk_closes_it_and_nothing_is_lost(committed_world, at_once):
    world = committed_world
    for _round in range(4):
        first = lamp(world)
        phones = [f"1391234567{number}" for number in range(2)]
        joining = [_joining(world, first.number, phone) for phone in phones]
        outcomes = at_once([*joining, lambda first=first: close(world, first)])
        for opened in outcomes[:2]:
            case = case_of(opened) if isinstance(opened, opening.Opened) else None
            if case is None:
                assert isinstance(opened, Invalid)  # the page then takes it in as one of its own
                continue
            follows = Link.objects.filter(source=case, target=first.case).exists()
            assert (case.stage == "merged", bool(opened.follows)) == (follows, follows)
            assert follows or Task.objects.filter(case=case, closed_at=None).exists()
        close_followers()
        assert not Case.everywhere.filter(links__target=first.case, closed_at=None).exists()


def _joining(world: Any, number: str, phone: str) -> Any:
    def join() -> Any:
        try:
            return lamp(world, same_as=number, contact=GivenContact("", phone))
        except Invalid as refusal:
            return refusal

    return join


def test_clerks_who_merge_both_ways_while_residents_join_never_wait_for_each_other(committed_world, at_once):
    world, by = committed_world, committed_world.by("chengguan_clerk")
    for _round in range(3):
        first, second = lamp(world), lamp(world, north=5)
        merging = [_merging(by, first, second), _merging(by, second, first)]
        outcomes = at_once([*merging, *(_joining(world, first.number, f"1391234567{n}") for n in range(2))])
        assert {type(each) for each in outcomes} <= {type(None), Conflict, Invalid, opening.Opened}
        assert outcomes[:2].count(None) == 1
        for opened in (first, second):
            original_of(case_of(opened))
            assert Link.objects.filter(source=opened.case).count() <= 1
        Case.everywhere.update(stage="void", closed_at=timezone.now())


def _merging(by: Any, one: opening.Opened, other: opening.Opened) -> Any:
    def merge() -> None:
        matter = Matter.objects.select_related("case").get(pk=one.case)
        actions.link_duplicate(matter, by=by, seen=1, original=case_of(other))

    return merge
