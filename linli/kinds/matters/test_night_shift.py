"""The night-shift rule: where all of a kind are kept apart, what comes next goes to the upper centre, to another kind
that may take it, or stays with the post whose next holder may; never to nobody, and never to who is kept apart.
"""

from __future__ import annotations

from typing import Any

import pytest

from linli.base.errors import NotYours
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import state_of
from linli.kinds.matters.models import Matter
from linli.posts.actions import appoint, end
from linli.posts.actor import PostActor, SystemActor
from linli.posts.models import Account, Holding

TEST = SystemActor("test")


def sits_on(world: Any, key: str, who: str) -> PostActor:
    """The holder of `who` now also holds the post `key`, instead of whoever did."""
    end(world.by(key).holding, by=TEST)
    made = appoint(world.by(who).holding.account, world.posts[key], by=TEST)
    return PostActor(Holding.objects.select_related("post__division").get(pk=made.pk))


def handle(world: Any, matter: Matter) -> tuple[str, int, list[str]]:
    actions.handle(matter, by=world.by("power"), seen=3, result="换了灯泡，已亮。")
    return state_of(matter)


def test_usually_the_nearest_checker_checks(world: Any, dispatched_matter: Matter) -> None:
    assert handle(world, dispatched_matter) == ("handled", 4, [world.posts["chengguan_checker"].title])


def test_where_all_checkers_of_a_level_are_kept_apart_the_upper_centre_checks(
    world: Any, dispatched_matter: Matter
) -> None:
    sits_on(world, "chengguan_checker", "power")
    assert handle(world, dispatched_matter) == ("handled", 4, [world.posts["county_checker"].title])
    actions.check(dispatched_matter, by=world.by("county_checker"), seen=4)
    assert state_of(dispatched_matter)[0] == "checked"


def test_who_dispatched_is_kept_apart_as_who_handled_is(world: Any, dispatched_matter: Matter) -> None:
    sits_on(world, "chengguan_checker", "chengguan_dispatcher")
    assert handle(world, dispatched_matter)[2] == [world.posts["county_checker"].title]


def test_where_all_checkers_are_kept_apart_it_waits_for_the_next_shift(
    world: Any, dispatched_matter: Matter
) -> None:
    """The post gets it all the same; its present holder is refused, the next one checks."""
    own = sits_on(world, "chengguan_checker", "power")
    sits_on(world, "county_checker", "chengguan_dispatcher")
    assert handle(world, dispatched_matter) == ("handled", 4, [world.posts["chengguan_checker"].title])
    with pytest.raises(NotYours, match="does not check it"):
        actions.check(dispatched_matter, by=own, seen=4)
    end(own.holding, by=TEST)
    next_shift = appoint(Account.objects.create_user("night"), world.posts["chengguan_checker"], by=TEST)
    actions.check(dispatched_matter, by=PostActor(next_shift), seen=4)
    assert state_of(dispatched_matter)[0] == "checked"


def test_the_upper_centre_comes_before_an_empty_chair(world: Any, dispatched_matter: Matter) -> None:
    end(world.by("chengguan_checker").holding, by=TEST)
    assert handle(world, dispatched_matter)[2] == [world.posts["county_checker"].title]


def dispatched_by_all(world: Any, matter: Matter) -> None:
    """The same person sits on every dispatcher's post around the place."""
    sits_on(world, "county_dispatcher", "chengguan_dispatcher")
    actions.disclaim(matter, by=world.by("power"), seen=3, reason="不归我岗。")


def test_another_kind_that_may_comes_before_those_kept_apart(world: Any, dispatched_matter: Matter) -> None:
    """A ruling is for dispatchers and heads, and never for who dispatched."""
    dispatched_by_all(world, dispatched_matter)
    assert state_of(dispatched_matter)[2] == [world.posts["head_东门社区"].title]


def test_another_kind_that_is_there_comes_before_an_empty_chair(
    world: Any, dispatched_matter: Matter
) -> None:
    """A vacant dispatcher's post would be nobody's list, while the head could rule now."""
    end(world.by("county_dispatcher").holding, by=TEST)
    actions.disclaim(dispatched_matter, by=world.by("power"), seen=3, reason="不归我岗。")
    assert state_of(dispatched_matter)[2] == [world.posts["head_东门社区"].title]
