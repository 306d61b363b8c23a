"""What the tests of this door share: an outside system with a key, requests by it, and a matter on its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client

from linli.cases.models import Case, Category
from linli.exchange.models import Source
from linli.exchange.sources import add_source, give_key
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor
from tests.assessing import assessed_source

ROOT = "/open311/v2/"
LAMP = "matters.0201"
NOISE = "matters.0401"
WORDS = "三号楼楼下的路灯坏了三天，晚上看不见路。"
HOME = "东门社区第一网格"


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def source(world: Any) -> Source:
    """An app that the administrator has made known."""
    return assessed_source(
        world, add_source("suishoupai", "随手拍", world.county, by=world.by("administrator"))
    )


@pytest.fixture
def key(world: Any, source: Source) -> str:
    """Its key."""
    return give_key(source, by=world.by("administrator"))


@pytest.fixture
def ask(client: Client) -> Callable[..., Any]:
    """GET: `ask("requests.json", status="open")`, parsed for JSON, as an element for XML."""

    def get(address: str, *, expect: int = 200, **query: str) -> Any:
        return parsed(client.get(ROOT + address, query), address, expect)

    return get


@pytest.fixture
def send(client: Client, key: str) -> Callable[..., Any]:
    """POST a form with the key: `send("requests.json", service_code="…")`."""

    def post(address: str, *, expect: int = 200, **given: Any) -> Any:
        return parsed(client.post(ROOT + address, {"api_key": key, **given}), address, expect)

    return post


def parsed(response: Any, address: str, expect: int) -> Any:
    """The body in its format, after a look at the status."""
    assert response.status_code == expect, response.content.decode()
    return response.json() if address.endswith(".json") else ElementTree.fromstring(response.content)


@pytest.fixture
def lamp(world: Any) -> dict[str, str]:
    """What an app sends about a street lamp."""
    grid = world.place(HOME)
    return {
        "service_code": LAMP,
        "description": WORDS,
        "lat": str(grid.latitude),
        "long": str(grid.longitude),
        "address_string": "人民路12号三号楼",
        "first_name": "小芳",
        "last_name": "李",
        "phone": "13912345678",
        "attribute[external_id]": "SP-1",
    }


@pytest.fixture
def sent(send: Any, lamp: dict[str, str]) -> Case:
    """The case that came of it."""
    return Case.everywhere.get(number=send("requests.json", **lamp)[0]["service_request_id"])


class Way:
    """Takes a matter on, step by step."""

    def __init__(self, world: Any, case: Case) -> None:
        self.world, self.matter = world, Matter.objects.get(pk=case.pk)

    def go(self, who: str, step: str, **given: Any) -> Way:
        """One step by the sitter of a post, or by the reporter."""
        case = Case.everywhere.get(pk=self.matter.pk)
        by = PartyActor("reporter", case.pk) if who == "reporter" else self.world.by(who)
        getattr(actions, step)(self.matter, by=by, seen=case.version, **given)
        return self

    def dispatched(self) -> Way:
        """Until somebody deals with it."""
        self.go("chengguan_clerk", "accept", category=Category.objects.get(code="0201"), note="内部备注")
        return self.go("chengguan_dispatcher", "dispatch", to=self.world.posts["power"])

    def checked(self) -> Way:
        """Until the reporter has the word."""
        self.dispatched().go("power", "handle", result="换了灯泡，已亮。")
        return self.go("chengguan_checker", "check")

    @property
    def case(self) -> Case:
        """As the database has it now."""
        return Case.everywhere.get(pk=self.matter.pk)


@pytest.fixture
def way(world: Any, sent: Case) -> Way:
    """The way of the matter that was sent."""
    return Way(world, sent)
