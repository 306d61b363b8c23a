"""A village moves to another town: from that moment the old town has no right in it, and the new one has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from linli.base.errors import NotFound, NotYours
from linli.base.generations import refresh
from linli.cases import lists
from linli.cases.emergency import may_break_glass
from linli.cases.models import Case
from linli.cases.moving import move
from linli.cases.narrowing import Narrowing
from linli.cases.reading import case_for
from linli.cases.search import fold
from linli.cases.steps import steps_open_to
from linli.divisions.models import Division
from linli.divisions.successions import How, Successor
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PostActor
from linli.posts.models import Holding
from tests.scenes import a_case

VILLAGE, ON = "东门社区", date(2026, 11, 1)
WORDS = "路灯"


@pytest.fixture
def case(world: Any) -> Case:
    """A matter in 东门社区, indexed."""
    made = Case.everywhere.get(number=a_case(world)["number"])
    sequence_all()
    while fold():
        pass
    return made


def moved(world: Any) -> Division:
    """东门社区 now belongs to 柳河镇 (990101002)."""
    place = world.place(VILLAGE)
    new = Successor("990101002009", place.name)
    return move(place, new, on=ON, how=How.RENUMBERED, by=world.by("administrator"))


def again(by: PostActor) -> PostActor:
    """The actor as the next request reads it."""
    refresh()
    return PostActor(Holding.objects.with_post().get(pk=by.holding.pk))


def in_area(by: PostActor, words: str = "") -> list[str]:
    return [
        getattr(row, "case", row).number
        for row in lists.in_area(by, Narrowing(words=words, state="open")).rows
    ]


def test_the_old_town_loses_it_and_the_new_one_gets_it(world: Any, case: Case) -> None:
    old, new = world.by("chengguan_clerk"), world.by("liuhe_clerk")
    assert case_for(old, case.number)
    moved(world)
    with pytest.raises(NotFound):
        case_for(again(old), case.number)
    assert case_for(again(new), case.number) == case


@pytest.mark.parametrize("words", ["", WORDS])
def test_lists_and_search_follow_it(world: Any, case: Case, words: str) -> None:
    assert case.number in in_area(world.by("chengguan_clerk"), words)
    moved(world)
    assert case.number not in in_area(again(world.by("chengguan_clerk")), words)
    assert case.number in in_area(again(world.by("liuhe_clerk")), words)
    assert case.number in in_area(again(world.by("county_clerk")), words)


def test_its_open_task_goes_to_the_new_town(world: Any, case: Case) -> None:
    moved(world)
    assert [task.post for task in case.tasks.filter(closed_at=None)] == [world.posts["liuhe_clerk"]]
    with pytest.raises((NotFound, NotYours)):
        actions.refuse(case.matter, by=again(world.by("chengguan_clerk")), seen=1, reason="x")
    actions.refuse(case.matter, by=again(world.by("liuhe_clerk")), seen=1, reason="不属受理范围。")


def test_the_posts_of_the_village_go_with_it(world: Any, case: Case) -> None:
    moved(world)
    for key in ("东门社区第一网格", "head_东门社区"):
        assert again(world.by(key)).post.division.trimmed.startswith("990101002009"), key
        assert case_for(again(world.by(key)), case.number) == case


def test_nothing_of_the_old_town_is_left(world: Any, case: Case) -> None:
    moved(world)
    for key in ("chengguan_clerk", "chengguan_dispatcher", "chengguan_checker", "chengguan_team"):
        by = again(world.by(key))
        fresh = Case.everywhere.get(pk=case.pk)
        assert steps_open_to(by, fresh) == [], key
        assert not may_break_glass(by, fresh), key


def test_what_stays_where_it_was_stays_whose_it_was(world: Any) -> None:
    other = world.place("文昌社区")
    opened = actions.report(by=world.by("county_clerk"), text="井盖松动", division=other)
    moved(world)
    assert case_for(again(world.by("chengguan_clerk")), Case.everywhere.get(pk=opened.case).number)


def test_it_is_on_record_and_the_place_of_the_report_is_kept(world: Any, case: Case) -> None:
    moved(world)
    entry = Entry.objects.get(name="cases.move", about=case.pk)
    fresh = Case.everywhere.get(pk=case.pk)
    assert entry.facts["next_posts"] == [world.posts["liuhe_clerk"].pk]
    assert fresh.code_then == case.code_then
    assert fresh.code_now != case.code_now


def test_only_who_may_change_areas_moves_one(world: Any) -> None:
    with pytest.raises(NotYours):
        move(
            world.place(VILLAGE),
            Successor("990101002009", "x"),
            on=ON,
            how=How.RENUMBERED,
            by=world.by("county_head"),
        )


def test_a_move_that_fails_half_way_moves_nothing(
    world: Any, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.cases.moving.place_again", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        moved(world)
    assert Case.everywhere.get(pk=case.pk).code_now == case.code_now
    assert world.place(VILLAGE).successions.count() == 0
    assert case_for(again(world.by("chengguan_clerk")), case.number)
