"""A grid worker signed in outside, something to do, and what a device sends."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from tests.signing_in import with_session

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


# The page that stands in is kept, and so are the forms in this reader's language.
PREPARED = """async () => {
  const device = await new Promise((done) => {
    const asked = indexedDB.open("linli-field");
    asked.onsuccess = () => done(asked.result);
  });
  const look = await new Promise((done) => {
    const asked = device.transaction("codes").objectStore("codes").get("look");
    asked.onsuccess = () => done(asked.result);
  });
  device.close();
  return Boolean(look && (await caches.keys()).length);
}"""


def until(so: Callable[[], object], seconds: int = 30) -> None:
    """Wait until something is so; pages with a strict policy let Playwright not wait inside them."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "It did not come to be in time."
        time.sleep(0.1)


@dataclass
class Outside:
    """A grid worker with a telephone: a browser of 390 pixels, signed in, and the server that may be out of reach."""

    context: Any
    start: Callable[..., Any]
    account: Any
    server: Any = None

    def serve(self, **options: Any) -> None:
        """Start the server, at the same address as before."""
        if self.server is not None:
            options = {
                "port": int(self.server.url.rsplit(":", 1)[1]),
                "home": self.server.log.parent,
                **options,
            }
        self.server = self.start(**options)

    def sign_in(self, account: Any = None) -> None:
        """Put a session into the browser, as if somebody had typed their password."""
        with_session(self.context, self.server.url, account or self.account)

    def page(self, address: str = "") -> Any:
        """A new tab of the app, once its script is ready."""
        tab = self.context.new_page()
        tab.complaints = []
        tab.on("pageerror", lambda wrong: tab.complaints.append(str(wrong)))
        self.go(tab, address)
        return tab

    def go(self, tab: Any, address: str = "") -> None:
        """Open a page of the app."""
        tab.goto(f"{self.server.url}/field/{address}")
        self.ready(tab)

    def ready(self, tab: Any) -> None:
        """Wait until the script has put its parts together."""
        tab.wait_for_selector("#field[data-ready]", state="attached")

    def prepared(self, address: str = "") -> Any:
        """A tab of an app that works without signal from now on."""
        tab = self.page(address)
        until(lambda: tab.evaluate(PREPARED))
        return tab

    def enter(self, tab: Any, text: str, photo: bytes = b"") -> None:
        """Enter something new, and wait until it is kept."""
        self.go(tab, "new/matters/")
        tab.fill("#id_text", text)
        if photo:
            tab.set_input_files(
                "#id_photos", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
            )
        tab.click("form[data-opens] .actions button")
        tab.wait_for_url("**/field/outbox/")
        self.ready(tab)

    def states(self, tab: Any) -> list[str]:
        """What the outbox says of each thing, in its order."""
        return list(
            tab.eval_on_selector_all("[data-state].item", "found => found.map((one) => one.dataset.state)")
        )

    def all_sent(self, tab: Any, *, seconds: int = 30) -> None:
        """Wait until nothing waits any more."""
        until(lambda: set(self.states(tab)) == {"sent"}, seconds)


@pytest.fixture
def outside(committed_world: Any, start_server: Any, _browser: Any) -> Iterator[Outside]:
    """A grid worker with a telephone, and a server that runs."""
    context = _browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 800})
    out = Outside(context, start_server, committed_world.by(HOME).holding.account)
    out.serve()
    out.sign_in()
    yield out
    context.close()
