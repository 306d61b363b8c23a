"""Who deals with a complaint, and who never does: each case of the rule."""

import pytest

from linli.base.errors import Conflict, Invalid
from linli.cases.models import Case, Task
from linli.kinds.complaints import actions
from linli.kinds.complaints.conftest import TEXT, complained, state_of
from linli.kinds.complaints.models import Way
from linli.kinds.complaints.routing import caller, home, kept_from, route, upper
from linli.portals.demo.people import Sitter
from linli.portals.demo.world import FOUNDER, seat
from linli.posts.actions import appoint, end, give_up
from linli.posts.actor import PartyActor
from linli.posts.lines import superiors
from linli.posts.models import PostKind

GRID = "东门社区第一网格"


def add_post(world, key, kind, body, place):
    seat(world, Sitter(key, key, kind, key, body, place), world.place(place))
    return world.posts[key]


def drop(world, *keys):
    for key in keys:
        end(world.by(key).holding, by=FOUNDER)
        give_up(world.posts[key], by=FOUNDER)


# --- the line of a post


def test_a_grid_worker_answers_to_the_head_of_the_own_body(world):
    assert superiors(world.posts[GRID]) == {world.posts["head_东门社区"].pk}


def test_a_post_whose_body_has_no_head_answers_to_the_nearest_one(world):
    assert superiors(world.posts["chengguan_clerk"]) == {world.posts["county_head"].pk}


def test_the_highest_head_answers_to_nobody_here(world):
    assert kept_from(world.posts["county_head"]) == {world.posts["county_head"].pk}


def test_what_names_no_post_is_kept_from_nobody(world):
    assert kept_from(None) == frozenset()


# --- who gets it


@pytest.mark.parametrize("about", [GRID, "chengguan_clerk", "power", "county_dispatcher", "county_head", ""])
def test_an_inspector_outside_the_line_gets_it(world, about):
    assert state_of(complained(world, about))[2] == ["县督查员"]


def test_the_nearest_inspector_comes_first(world):
    add_post(world, "镇督查员", PostKind.INSPECTOR, "柳河镇纪委", "柳河镇")
    assert route(world.posts["liuhe_clerk"], world.place("柳河镇").code).post == world.posts["镇督查员"].pk
    assert (
        route(world.posts["chengguan_clerk"], world.place("城关街道").code).post
        == world.posts["inspector"].pk
    )


def test_an_inspector_of_the_posts_own_body_never_gets_it(world):
    add_post(world, "街道督查员", PostKind.INSPECTOR, "城关街道办事处", "城关街道")
    about = world.posts["chengguan_clerk"]
    assert about.organisation == world.posts["街道督查员"].organisation
    assert route(about, world.place("城关街道").code).post == world.posts["inspector"].pk


def test_an_inspector_on_whose_post_the_same_person_sits_does_not_get_it(world):
    inspector = world.by("inspector").holding
    inspector.account = world.by("chengguan_clerk").holding.account
    inspector.save()
    assert route(world.posts["chengguan_clerk"], world.county.code).post != world.posts["inspector"].pk


def test_a_complaint_about_the_inspector_goes_to_the_next_levels_inspector(world):
    add_post(world, "镇督查员", PostKind.INSPECTOR, "柳河镇纪委", "柳河镇")
    assert route(world.posts["镇督查员"], world.place("柳河镇").code).post == world.posts["inspector"].pk


def test_without_an_inspector_a_head_of_an_upper_level_who_is_not_the_superior_gets_it(world):
    drop(world, "inspector")
    found = route(world.posts[GRID], world.place(GRID).code)
    assert (found.post, found.way) == (world.posts["county_head"].pk, Way.HEAD)


def test_a_head_who_is_the_superior_never_gets_it(world):
    drop(world, "inspector")
    found = route(world.posts["chengguan_clerk"], world.place("城关街道").code)
    assert (found.post, found.way) == (world.posts["administrator"].pk, Way.ADMINISTRATOR)


def test_a_complaint_about_the_only_inspector_goes_to_the_administrator_and_says_so(world):
    complaint = complained(world, "inspector")
    assert state_of(complaint)[2] == ["系统管理员"]
    assert "administrator" in complaint.get_way_display()


def test_the_last_resort_about_the_administrator_is_the_other_administrator(world):
    drop(world, "inspector")
    found = route(world.posts["administrator"], world.county.code)
    assert found.post == world.posts["appointer"].pk


def test_a_vacant_inspector_comes_after_everybody_who_is_there(world):
    end(world.by("inspector").holding, by=FOUNDER)
    assert route(world.posts[GRID], world.place(GRID).code).post == world.posts["county_head"].pk
    drop(world, "county_head", "administrator", "appointer")
    assert route(world.posts[GRID], world.place(GRID).code).post == world.posts["inspector"].pk


def test_where_nobody_is_left_nothing_is_kept_and_the_person_is_told_where_to_turn(world):
    drop(world, "inspector", "administrator", "appointer")
    before = Case.everywhere.count()
    with pytest.raises(Invalid, match="level above"):
        complained(world, "county_head")
    assert Case.everywhere.count() == before


def test_every_post_of_the_county_can_be_complained_about(world):
    for key, about in world.posts.items():
        complaint = complained(world, key)
        task = Task.objects.get(case=complaint.pk)
        assert task.post_id not in kept_from(about), key
        assert task.post.organisation_id != about.organisation_id or task.post.kind == "administrator", key


# --- the upper level, the call-back, the place


def test_the_upper_level_is_a_head_outside_the_line_where_there_is_no_upper_inspector(world):
    found = upper(world.posts[GRID], world.place(GRID).code, world.posts["inspector"])
    assert found.post == world.posts["county_head"].pk


def test_the_superior_reviews_nothing_and_neither_does_an_administrator(world):
    assert (
        upper(world.posts["chengguan_clerk"], world.place("城关街道").code, world.posts["inspector"]) is None
    )


def test_an_upper_inspector_reviews_what_a_lower_one_decided(world):
    lower = add_post(world, "镇督查员", PostKind.INSPECTOR, "柳河镇纪委", "柳河镇")
    found = upper(world.posts["liuhe_clerk"], world.place("柳河镇").code, lower)
    assert found.post == world.posts["inspector"].pk


def test_whoever_decided_does_not_review_from_another_post(world):
    appoint(world.by("county_head").holding.account, world.posts["inspector"], by=FOUNDER, acting=True)
    assert upper(world.posts[GRID], world.place(GRID).code, world.posts["inspector"]) is None


def test_the_call_back_is_never_by_the_body_it_is_about(world):
    assert caller(world.posts["power"], world.county.code) == world.posts["call_taker"].pk
    assert caller(world.posts["county_dispatcher"], world.county.code) is None


def test_without_a_place_it_belongs_to_the_area_of_the_inspector(world):
    assert home() == world.county
    assert complained(world, "", named="窗口的人").case.division == world.county


@pytest.mark.parametrize("about", [{"named": "窗口的人"}, {"about": "county_dispatcher"}])
def test_what_a_town_takes_in_without_a_place_lies_in_the_town(world, about):
    by = world.by("chengguan_clerk")
    given = {key: world.posts.get(each, each) for key, each in about.items()}
    opened = actions.complain(by=by, text=TEXT, **given)
    assert Case.everywhere.get(pk=opened.case).division == by.post.division


def test_the_post_itself_and_its_superior_take_no_complaint_in_about_it(world):
    for key, about in (("chengguan_clerk", "chengguan_clerk"), ("call_taker", "call_taker")):
        with pytest.raises(Conflict):
            actions.complain(by=world.by(key), text=TEXT, about=world.posts[about])
    opened = actions.complain(by=world.by("call_taker"), text=TEXT, about=world.posts["power"])
    assert Case.everywhere.get(pk=opened.case).opened_by == world.posts["call_taker"]


def test_a_complaint_may_come_without_any_name(world):
    opened = actions.complain(by=PartyActor("reporter"), text=TEXT, about=world.posts["power"])
    assert Case.everywhere.get(pk=opened.case).reporter is None
