"""Residents of the demo county, for the tests of their records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from linli.residents.models import Person
from linli.residents.people.registering import GivenResident, register

HOME = "东门社区第一网格"
NAME, PHONE, NUMBER = "慕容秋水", "13700137001", "11010519491231002X"
ADDRESS = "东门街12号3单元501"
SINCE = date(2026, 3, 1)


def given(world: Any, **changes: Any) -> GivenResident:
    """What 慕容秋水 says at the window; she is registered in another province."""
    said = {
        "name": NAME,
        "division": world.place(HOME),
        "address": ADDRESS,
        "phone": PHONE,
        "document": "card",
        "number": NUMBER,
        "language": "zh-hans",
        "region": "340122",
        "since": SINCE,
    }
    return GivenResident(**{**said, **changes})


@pytest.fixture
def resident(world: Any) -> Person:
    """慕容秋水, registered by the grid worker of her grid."""
    return register(given(world), by=world.by(HOME))


@pytest.fixture
def another(world: Any) -> Callable[..., Person]:
    """Somebody else with what is given, registered without being asked twice."""

    def make(**changes: Any) -> Person:
        said = {"name": "令狐冲虚", "phone": "", "number": "", "document": "none", "region": "", **changes}
        return register(given(world, **said), by=world.by("chengguan_clerk"), sure=True)

    return make


def registered_child(world: Any, **changes: Any) -> Person:
    """慕容小小, six years old, who lives with her mother and has no number of her own."""
    said = {
        "name": "慕容小小",
        "phone": "",
        "number": "",
        "document": "none",
        "region": "",
        "relation": "child",
    }
    return register(given(world, **{**said, **changes}), by=world.by("chengguan_clerk"), sure=True)
