"""A screening in each state, for the tests of every step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.cases.models import Case, Category
from linli.kinds.screenings import actions
from linli.kinds.screenings.models import Screening

OPENER = "chengguan_clerk"
GRIDS = 12  # of 城关街道


def reload_key(key: Any) -> Screening:
    """The screening as the database has it now."""
    return Screening.objects.select_related("case__division", "case__opened_by").get(pk=key)


def version_of(screening: Screening) -> Any:
    """The version somebody sees who opens its page now."""
    return Case.everywhere.get(pk=screening.pk).version


def state_of(screening: Screening) -> tuple[str, str]:
    """Stage and outcome."""
    case = Case.everywhere.get(pk=screening.pk)
    return case.stage, case.outcome


def draw_up(world: Any, area: str, *, key: str = OPENER, **changes: Any) -> Screening:
    """A screening of neighbours' disputes in an area, asked of each grid unless said otherwise."""
    until: datetime = timezone.now() + timedelta(days=14)
    given = {"asked": "grids", "why": "看楼道堆物和漏水引起的矛盾", "minutes": 30, "until": until, **changes}
    subject = Category.objects.get(kind="screenings", code="S04")
    opened = actions.draw_up(by=world.by(key), category=subject, area=world.place(area), **given)
    return reload_key(opened.case)


@pytest.fixture
def planned(world: Any) -> Screening:
    """The town's clerk has drawn one up for the town's grids."""
    return draw_up(world, "城关街道")


@pytest.fixture
def sent(world: Any, planned: Screening) -> Screening:
    """It was sent to the twelve grids of the town."""
    actions.send(planned, by=world.by(OPENER), seen=version_of(planned))
    return reload_key(planned.pk)


@pytest.fixture
def small(world: Any) -> Screening:
    """One of 东门社区 only, with three grids."""
    one = draw_up(world, "东门社区")
    actions.send(one, by=world.by(OPENER), seen=version_of(one))
    return reload_key(one.pk)
