"""Matters of the demo county and people signed in, for the tests of the command centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.cases.models import Case, Category
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.portals.desk.conftest import dispatched, reload, reported, sign_in

__all__ = ["joint_matter", "late", "sign_in"]
LAMP = "0201"


def late(matter: Matter, *, days: int = 2) -> Matter:
    """The same matter, whose promise ran out so many days ago."""
    Case.everywhere.filter(pk=matter.pk).update(due=timezone.now() - timedelta(days=days))
    return reload(matter)


def joint_matter(world: Any) -> Matter:
    """A matter that the street-light post leads and the water company helps with."""
    matter = reported(world)
    category = Category.objects.get(code=LAMP)
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=category)
    helpers = [world.posts["water"]]
    actions.dispatch(
        matter, by=world.by("chengguan_dispatcher"), seen=2, to=world.posts["power"], helpers=helpers
    )
    return reload(matter)


@pytest.fixture
def joint_case(world: Any) -> Matter:
    """A joint matter that is overdue."""
    return late(joint_matter(world))


@pytest.fixture
def late_case(world: Any) -> Matter:
    """A matter of one post that is overdue."""
    return late(dispatched(world), days=1)
