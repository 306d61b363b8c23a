"""A grid worker signed in outside, something to do, and what a device sends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image

from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

HOME = "东门社区第一网格"
LAMP = "三号楼楼下的路灯坏了三天，晚上看不见路。"


def picture(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    """A photo as a device sends it."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def to_verify(world: Any, text: str = LAMP) -> Case:
    """A resident's matter that the grid worker is asked to look at."""
    grid = world.place(HOME)
    opened = actions.report(
        by=PartyActor("reporter"),
        text=text,
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=GivenContact("欧阳小芳", "13912345678"),
    )
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    actions.ask_verification(matter, by=world.by("chengguan_clerk"), seen=1, note="请今天看一下")
    return Case.everywhere.get(pk=opened.case)


class Device:
    """What the app's script does, without a browser."""

    def __init__(self, account: Any) -> None:
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(account)

    def send(self, key: UUID | None = None, **item: Any) -> Any:
        """One thing from the outbox."""
        whole = {"opens": "", "number": "", "step": "", "seen": 0, "fields": [], "photos": [], **item}
        address = f"/field/outbox/{key or uuid4()}/"
        return self.client.post(address, json.dumps(whole), content_type="application/json")

    def photo(self, key: UUID, content: bytes, digest: str = "") -> Any:
        """One photo, ahead of what it belongs to."""
        headers = {"X-SHA256": digest or hashlib.sha256(content).hexdigest()}
        return self.client.put(f"/field/photos/{key}/", content, content_type="image/jpeg", headers=headers)


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


@pytest.fixture
def device(world: Any) -> Device:
    """The grid worker's."""
    return Device(world.by(HOME).holding.account)


@pytest.fixture
def another(world: Any) -> Callable[[str], Device]:
    """The device of the holder of a post."""
    return lambda key: Device(world.by(key).holding.account)


@pytest.fixture
def case(world: Any) -> Case:
    """Something the grid worker has to look at."""
    return to_verify(world)
