"""A source with a feed, matters on their way, and a receiver on loopback that answers as the test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from linli.cases.models import Case, Category
from linli.divisions.codes import Level
from linli.exchange.feeds.keeping import Terms, set_feed, set_webhook
from linli.exchange.feeds.reading import Page, last_position, page_of
from linli.exchange.handling import feed_name
from linli.exchange.models import Feed, Source
from linli.exchange.sources import add_source
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from tests.assessing import assessed, assessed_source

HOME = "东门社区第一网格"
WORDS, NAME, PHONE, NOTE = "石榴树下的路灯坏了三天", "欧阳小芳", "13912345678", "丙寅乙丑内部备注"
LAMP, NOISE = "0201", "0401"


def reported(world: Any, place: str = HOME, **given: Any) -> Matter:
    """A matter from a resident who left name and number."""
    grid = world.place(place)
    opened = actions.report(
        by=PartyActor("reporter"),
        text=WORDS,
        longitude=grid.longitude,
        latitude=grid.latitude,
        address="人民路12号",
        contact=GivenContact(NAME, PHONE),
        **given,
    )
    return Matter.objects.select_related("case").get(pk=opened.case)


def accepted(world: Any, code: str = LAMP, place: str = HOME) -> Case:
    """The same, accepted under a category, at position."""
    matter = reported(world, place)
    category = Category.objects.get(kind="matters", code=code)
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=category, note=NOTE)
    sequence_all()
    return Case.everywhere.get(pk=matter.pk)


def dispatched(world: Any, case: Case) -> None:
    """Hand it to the street-light post."""
    matter = Matter.objects.select_related("case").get(pk=case.pk)
    by, to = world.by("chengguan_dispatcher"), world.posts["power"]
    actions.dispatch(matter, by=by, seen=2, to=to, note=NOTE)
    sequence_all()


def begun() -> int:
    """The position before what the test does."""
    sequence_all()
    return last_position()


def whole(feed: Feed, after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    """Everything a receiver that goes on with `next` gets."""
    rows: list[dict[str, Any]] = []
    while True:
        page: Page = page_of(feed, after, limit)
        rows += page.rows
        after = page.next
        if not page.more:
            return rows


@pytest.fixture
def source(world: Any) -> Source:
    """The city's platform."""
    return assessed_source(world, add_source("city", "市平台", world.county, by=world.by("administrator")))


@pytest.fixture
def feed(world: Any, source: Source) -> Feed:
    """It follows matters and complaints of the whole county, by village."""
    return agreed(world, source)


def agreed(world: Any, source: Source, **terms: Any) -> Feed:
    """A feed on other terms."""
    said = {"division": world.county, "kinds": ["matters", "complaints"], "level": Level.VILLAGE, **terms}
    assessed(world, feed_name(source))
    return set_feed(source, Terms(**said), by=world.by("administrator"))


@dataclass
class Receiver:
    """What came, as (headers, body); `answers` are given in turn, then 200 for ever."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    secret: str = ""

    @property
    def said(self) -> list[dict[str, Any]]:
        """The bodies, read."""
        return [json.loads(body) for _headers, body in self.got]

    @property
    def entries(self) -> list[dict[str, Any]]:
        """All entries, in the order in which they came."""
        return [entry for each in self.said for entry in each["entries"]]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A real HTTP server; an answer is a status, a (status, headers), or a function that is called first."""
    made = Receiver()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((dict(self.headers), body))
            answer = made.answers.pop(0) if made.answers else 200
            if callable(answer):
                answer = answer(self)
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/linli"
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def pushed(world: Any, feed: Feed, receiver: Receiver) -> Callable[[], Feed]:
    """The feed is pushed to the receiver; the function reads it anew."""
    begun()
    receiver.secret = set_webhook(feed, receiver.url, by=world.by("administrator"))
    return lambda: Feed.objects.select_related("source__division", "division").get(pk=feed.pk)
