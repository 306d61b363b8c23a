"""Whatever stands in a parameter or a form field, at any address: a page or a refusal, never a failure."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from tests.doors import DOORS
from tests.hardening.doorways import ROUTES, address_of, names_read, visitor

pytestmark = pytest.mark.thorough

# As they stand in an address or a form: percent-encoded bytes.
ODD = [
    "a%00b",
    "%ED%A0%80",  # half of a surrogate pair
    "9" * 25,
]
STRANGER = [
    *("%00", "%FF%FE", "-1", quote("²"), "NaN"),
    *("9" * 5000, "1e999", "-Infinity", quote("٣"), "0", "1.5", "9999999999", "-9223372036854775809"),
    *("0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "0000-00-00", "9999-12-31T23:59:59"),
    *(
        quote("../../etc/passwd"),
        quote("=1+1"),
        quote("<script>alert(1)</script>"),
        quote("{case.__class__}"),
    ),
    *(quote("%(x)s%s%d"), quote("matters.²"), quote("matters.999999999999999999999"), "None", "true", "[]"),
    *("00000000-0000-0000-0000-000000000000", quote("a" * 3000), quote("邻" * 3000), quote("\u202e\ufeff")),
    *(
        quote("a'\"; DROP TABLE x --"),
        quote("\r\nSet-Cookie: x=1"),
        quote("\x1b[31m"),
        quote("＝１"),
        "%F0%9F%98%80",
    ),
    *(
        "320831",
        "99010100100100100",
        "990101001001001001001",
        quote("a,b,c"),
        quote("\\"),
        quote("//evil.example"),
    ),
]


def failing(client: Client, address: str, names: set[str], values: list[str]) -> list[str]:
    """Which name with which value makes a failure of it, by either method."""
    found = []
    for name in sorted(names):
        for value in values:
            cache.clear()
            pair = f"{quote(name)}={value}"
            asked = client.get(f"{address}?{pair}")
            sent = client.post(address, pair, content_type="application/x-www-form-urlencoded")
            found += [f"GET {pair[:60]}"] if asked.status_code >= 500 else []
            found += [f"POST {pair[:60]}"] if sent.status_code >= 500 else []
    return found


def tried(world: Any, route: str, values: list[str]) -> list[str]:
    """Send a visitor who may open it; first learn which names it reads, by both methods."""
    door = DOORS[route]
    address, client = address_of(route, door, world), visitor(world, door)
    with names_read() as names:
        client.get(address, dict(door.data))
        client.post(address, dict(door.data))
    return failing(client, address, names, values)


@pytest.mark.parametrize("route", ROUTES)
def test_no_odd_value_makes_an_address_fail(route: str, world: Any) -> None:
    assert tried(world, route, ODD) == []


@pytest.mark.nightly
@pytest.mark.parametrize("route", ROUTES)
def test_no_stranger_value_makes_an_address_fail(route: str, world: Any) -> None:
    assert tried(world, route, STRANGER) == []
