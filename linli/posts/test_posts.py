from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.ledger.models import Entry
from linli.posts.actions import appoint, end, found
from linli.posts.actor import PartyActor, PostActor, SystemActor
from linli.posts.coverage import coverage
from linli.posts.lookup import nearest, nearest_each
from linli.posts.may import Decision, may, require, still_holds
from linli.posts.models import Account, Holding, Organisation, Post

SYSTEM = SystemActor("test")


@pytest.fixture
def newcomer(db):
    return Account.objects.create_user("newcomer", called="新来的")


def test_a_post_has_its_powers_inside_its_area_only(world):
    clerk = world.by("chengguan_clerk")
    assert may(clerk, "matters.accept", within=world.place("东门社区").code) is Decision.ALLOWED
    assert may(clerk, "matters.accept", within=world.place("杨庄村").code) is Decision.OUTSIDE
    assert may(clerk, "matters.dispatch", within=world.place("东门社区").code) is Decision.LACKING


def test_an_unknown_power_is_nobodys(world):
    assert may(world.by("administrator"), "matters.vanish", within=world.county.code) is Decision.LACKING


@pytest.mark.parametrize("by", [PartyActor("reporter"), SYSTEM])
def test_only_posts_have_powers(world, by):
    assert may(by, "matters.accept", within=world.county.code) is Decision.OUTSIDE


def test_an_appointment_is_a_ledger_entry(world, newcomer):
    holding = appoint(newcomer, world.posts["water"], by=world.by("appointer"), acting=True)
    entry = Entry.objects.get(name="posts.appoint", facts__holding=holding.pk)
    assert (entry.post, entry.facts["acting"]) == (world.posts["appointer"].pk, True)


def test_a_held_post_takes_no_second_holder_but_an_acting_one(world, newcomer):
    with pytest.raises(Conflict, match="held by somebody"):
        appoint(newcomer, world.posts["water"], by=world.by("appointer"))
    assert appoint(newcomer, world.posts["water"], by=world.by("appointer"), acting=True).acting


def test_nobody_appoints_themselves(world):
    administrator = world.by("administrator")
    with pytest.raises(Conflict, match="themselves"):
        appoint(administrator.holding.account, world.posts["county_head"], by=administrator, acting=True)


def test_only_the_power_to_appoint_appoints(world, newcomer):
    with pytest.raises(NotYours):
        appoint(newcomer, world.posts["chengguan_team"], by=world.by("county_dispatcher"), acting=True)


def test_ending_an_appointment_takes_effect_at_once(world):
    clerk = world.by("chengguan_clerk")
    end(clerk.holding, by=world.by("administrator"))
    assert not still_holds(clerk)
    with pytest.raises(NotYours, match="has ended"):
        require(clerk, "matters.accept", within=world.place("东门社区").code)


def test_it_ends_once(world):
    holding = world.by("chengguan_clerk").holding
    end(holding, by=world.by("administrator"))
    with pytest.raises(Conflict, match="already ended"):
        end(holding, by=world.by("administrator"))


def test_an_appointment_that_begins_tomorrow_gives_nothing_today(world, newcomer):
    tomorrow = timezone.now() + timedelta(days=1)
    holding = appoint(newcomer, world.posts["water"], by=SYSTEM, acting=True, since=tomorrow)
    assert not still_holds(PostActor(Holding.objects.select_related("post__division").get(pk=holding.pk)))


def test_a_post_that_ended_gives_nothing(world):
    Post.objects.filter(pk=world.posts["water"].pk).update(until=timezone.now() - timedelta(minutes=1))
    assert not still_holds(world.by("water"))


def test_a_kind_of_post_must_exist(world):
    with pytest.raises(Invalid, match="no such kind"):
        found(
            "虚岗", kind="wizard", organisation=Organisation.objects.first(), division=world.county, by=SYSTEM
        )


def test_the_nearest_post_is_the_one_with_the_smallest_area(world):
    assert nearest("clerk", world.place("东门社区第一网格").code) == world.posts["chengguan_clerk"].pk
    assert nearest("clerk", world.county.code) == world.posts["county_clerk"].pk


def test_a_vacant_post_is_passed_over_upwards(world):
    end(world.by("chengguan_clerk").holding, by=SYSTEM)
    assert nearest("clerk", world.place("东门社区").code) == world.posts["county_clerk"].pk


def test_somebody_kept_apart_is_passed_over_upwards(world):
    checker = world.by("chengguan_checker").holding.account_id
    code = world.place("东门社区").code
    assert nearest("checker", code, apart=frozenset({checker})) == world.posts["county_checker"].pk


def test_a_vacant_post_is_better_than_none(world):
    for key in ("chengguan_checker", "county_checker"):
        end(world.by(key).holding, by=SYSTEM)
    assert nearest("checker", world.place("东门社区").code) == world.posts["chengguan_checker"].pk


def test_coverage_finds_each_hole(world):
    assert coverage(world.county).holes == []
    end(world.by("东门社区第一网格").holding, by=SYSTEM)
    world.place("双桥村第三网格").posts.all().update(until=timezone.now())
    holes = {(hole.division.name, hole.lacks) for hole in coverage(world.county).holes}
    assert holes == {("东门社区第一网格", "holder"), ("双桥村第三网格", "post")}


def test_coverage_costs_the_same_however_large_the_place(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        coverage(world.county)


def test_outside_looks_like_nothing_there(world):
    with pytest.raises(NotFound):
        require(world.by("liuhe_clerk"), "matters.accept", within=world.place("东门社区").code)


def test_for_many_places_at_once_it_is_the_held_post_with_the_smallest_area(world):
    grids = [world.place(f"东门社区第{number}网格") for number in "一二三"]
    end(world.by(grids[0].name).holding, by=SYSTEM)
    codes = [grid.code for grid in grids]
    own = {grid.code: world.posts[grid.name].pk for grid in grids[1:]}
    assert nearest_each(["grid_worker"], codes, widest=10**5) == own
    head = world.posts["head_东门社区"].pk
    assert nearest_each(["grid_worker", "head"], codes, widest=10**5) == {codes[0]: head, **own}
    assert nearest_each(["head"], codes, widest=10**4) == {}
