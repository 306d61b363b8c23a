"""Every address x {signed out, wrong division, missing power, right power}; an unlisted address fails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.answers import VISITORS, Answer, Door
from tests.doors import DOORS, ours

pytestmark = pytest.mark.once


def _opened(client: Client, route: str, door: Door, world: Any) -> Answer:
    filled = door.fill(world)
    address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found.group(1)]), route)
    return Answer.of(getattr(client, door.method)(address, dict(door.data)))


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("route", sorted(DOORS))
def test_a_door_opens_only_to_whom_it_should(route: str, visitor: str, world: Any, client: Client) -> None:
    door = DOORS[route]
    if visitor != "signed_out":
        client.force_login(world.by(getattr(door, visitor)).holding.account)
    opened = _opened(client, route, door, world)
    assert opened is door.answers[VISITORS.index(visitor)], opened


def test_every_address_is_in_the_table() -> None:
    assert set(ours()) - set(DOORS) == set(), "add it to tests/doors.py, with who may open it"


def test_the_table_holds_no_address_that_is_gone() -> None:
    assert set(DOORS) - set(ours()) == set()


def test_django_admin_is_not_installed() -> None:
    assert "django.contrib.admin" not in str(get_resolver().url_patterns)
    assert "admin" not in get_resolver().reverse_dict
