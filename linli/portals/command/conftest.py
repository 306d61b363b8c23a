"""Matters of the demo county and people signed in, for the tests of the command centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.cases.models import Case, Category
from linli.divisions.models import Division
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.portals.desk.conftest import dispatched, reload, reported, sign_in
from linli.posts.actor import PartyActor

__all__ = ["joint_matter", "late", "sign_in"]
LAMP = "0201"
DARK = "路灯坏了三天，晚上走路看不见。"


def late(matter: Matter, *, days: int = 2) -> Matter:
    """The same matter, whose promise ran out so many days ago."""
    Case.everywhere.filter(pk=matter.pk).update(due=timezone.now() - timedelta(days=days))
    return reload(matter)


def joint_matter(world: Any, place: Division | None = None) -> Matter:
    """A matter (of a place, if one is given) that the street-light post leads and the water company helps with."""
    matter = _reported_in(place) if place else reported(world)
    category = Category.objects.get(code=LAMP)
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=category)
    helpers = [world.posts["water"]]
    actions.dispatch(
        matter, by=world.by("chengguan_dispatcher"), seen=2, to=world.posts["power"], helpers=helpers
    )
    return reload(matter)


def _reported_in(place: Division) -> Matter:
    return reload(Matter(pk=actions.report(by=PartyActor("reporter"), text=DARK, division=place).case))


@pytest.fixture
def joint_case(world: Any) -> Matter:
    """A joint matter that is overdue."""
    return late(joint_matter(world))


@pytest.fixture
def late_case(world: Any) -> Matter:
    """A matter of one post that is overdue."""
    return late(dispatched(world), days=1)
