"""Matters in the demo county and people signed in at the desk, for its tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from linli.cases.models import Case, Category
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

NAME, PHONE = "欧阳小芳", "13912345678"
LAMP = "三号楼楼下的路灯坏了三天，晚上看不见路。"
HOME = "东门社区第一网格"
NOTE = "请今天到现场看一下。"
SignIn = Callable[..., Client]


def reload(matter: Matter) -> Matter:
    """The matter as the database has it now."""
    return Matter.objects.select_related("case").get(pk=matter.pk)


def reported(world: Any, text: str = LAMP) -> Matter:
    """A matter from a resident who left name and telephone number."""
    grid = world.place(HOME)
    opened = actions.report(
        by=PartyActor("reporter"),
        text=text,
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=GivenContact(NAME, PHONE),
    )
    return Matter.objects.select_related("case").get(pk=opened.case)


def dispatched(world: Any) -> Matter:
    """A matter that the street-light post has to deal with."""
    matter = reported(world)
    lamp = Category.objects.get(code="0201")
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    actions.dispatch(matter, by=world.by("chengguan_dispatcher"), seen=2, to=world.posts["power"], note=NOTE)
    return reload(matter)


@pytest.fixture
def sign_in(world: Any) -> SignIn:
    """`sign_in("chengguan_clerk")`: a browser of the holder of that post."""

    def enter(key: str, *, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(world.by(key).holding.account)
        return client

    return enter


@pytest.fixture
def case(world: Any) -> Case:
    """A case just reported."""
    return reported(world).case


@pytest.fixture
def dispatched_case(world: Any) -> Case:
    """A case the street-light post has to deal with."""
    return dispatched(world).case
