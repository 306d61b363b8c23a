"""Matters in each state, for the tests of every step: named for what has happened to them."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.models import Case, Category
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

LAMP = "三号楼楼下的路灯坏了三天，晚上看不见路。"
HOME = "东门社区第一网格"


def reload(matter: Matter) -> Matter:
    """The matter as the database has it now."""
    return Matter.objects.select_related("case").get(pk=matter.pk)


@pytest.fixture
def reporter_of() -> Any:
    """The reporter of a matter as an actor."""
    return lambda matter: PartyActor("reporter", matter.pk)


@pytest.fixture
def reported_matter(world: Any) -> Matter:
    grid = world.place(HOME)
    opened = actions.report(
        by=PartyActor("reporter"),
        text=LAMP,
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=GivenContact("李小芳", "13912345678"),
    )
    return Matter.objects.select_related("case").get(pk=opened.case)


@pytest.fixture
def accepted_matter(world: Any, reported_matter: Matter) -> Matter:
    lamp = Category.objects.get(code="0201")
    actions.accept(reported_matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    return reload(reported_matter)


@pytest.fixture
def dispatched_matter(world: Any, accepted_matter: Matter) -> Matter:
    actions.dispatch(accepted_matter, by=world.by("chengguan_dispatcher"), seen=2, to=world.posts["power"])
    return reload(accepted_matter)


@pytest.fixture
def handled_matter(world: Any, dispatched_matter: Matter) -> Matter:
    actions.handle(dispatched_matter, by=world.by("power"), seen=3, result="换了灯泡，已亮。")
    return reload(dispatched_matter)


@pytest.fixture
def checked_matter(world: Any, handled_matter: Matter) -> Matter:
    actions.check(handled_matter, by=world.by("chengguan_checker"), seen=4)
    return reload(handled_matter)


@pytest.fixture
def closed_matter(checked_matter: Matter, reporter_of: Any) -> Matter:
    actions.confirm(checked_matter, by=reporter_of(checked_matter), seen=5)
    return reload(checked_matter)


def state_of(matter: Matter) -> tuple[str, int, list[str]]:
    """Stage, version and titles of the posts with an open task."""
    case = Case.everywhere.get(pk=matter.pk)
    return case.stage, case.version, [task.post.title for task in case.tasks.filter(closed_at=None)]
