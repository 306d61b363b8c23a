"""A leak in each state, for the tests of every step."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.models import Case
from linli.kinds.leaks import actions
from linli.kinds.leaks.models import Leak
from linli.kinds.matters.conftest import reported_matter  # noqa: F401  fixtures are found by their names here


def reload_key(key: Any) -> Leak:
    """The leak as the database has it now."""
    return Leak.objects.select_related("case", "handler").get(pk=key)


def state_of(leak: Leak) -> tuple[str, str, list[str]]:
    """Stage, outcome, and the titles of the posts with an open task."""
    case = Case.everywhere.get(pk=leak.pk)
    return case.stage, case.outcome, sorted(task.post.title for task in case.tasks.filter(closed_at=None))


@pytest.fixture
def raised(world: Any) -> Leak:
    """A town's clerk is said to have passed numbers on."""
    by, about = world.by("county_clerk"), world.posts["chengguan_clerk"]
    return reload_key(
        actions.notice(by=by, text="有人转卖上报人电话", division=world.county, about=about).case
    )


@pytest.fixture
def assessed(world: Any, raised: Leak) -> Leak:
    """Contained and assessed by the inspector."""
    by = world.by("inspector")
    actions.contain(raised, by=by, seen=1, measures="已停用该岗位账号")
    actions.assess(raised, by=by, seen=2, sorts=["contact"], cause="内部人员", harm="骚扰电话", touched=1)
    return reload_key(raised.pk)
