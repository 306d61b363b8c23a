"""Nothing acknowledged is lost: the server is killed again and again while people report."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest

from linli.cases.models import Case, Clock, Task
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, Position
from linli.ledger.sequencing import sequence_all
from tests.servers import Server, free_port

KILLS, CLIENTS, A_WHILE = 20, 4, 0.5
PATH = "/api/v1/matters"


class Reporting:
    """Clients that report without a pause; what was acknowledged, by key, and what never got an answer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.receipts: dict[str, str] = {}
        self.unanswered: set[str] = set()
        self.surprises: list[str] = []
        self._numbers: Iterator[int] = count()

    def for_a_while(self, then: Callable[[], None]) -> None:
        """Report with all clients; after a while do `then`, and let the clients run into it."""
        threads = [threading.Thread(target=self._report_until_it_breaks) for _client in range(CLIENTS)]
        for thread in threads:
            thread.start()
        time.sleep(A_WHILE)
        then()
        for thread in threads:
            thread.join(30)

    def _report_until_it_breaks(self) -> None:
        with httpx.Client(timeout=10) as client:
            while self.report(client, f"report-{next(self._numbers)}"):
                pass

    def report(self, client: httpx.Client, key: str) -> bool:
        """Send one report; False when no answer came."""
        body = {"text": f"{key}:路灯不亮", "contact": {"phone": "13912345678"}}
        self.unanswered.add(key)
        try:
            answer = client.post(self.url + PATH, json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return False
        if answer.status_code not in {200, 201}:
            self.surprises.append(f"{answer.status_code} {answer.text[:200]}")
            return False
        self.receipts[key] = answer.json()["number"]
        self.unanswered.discard(key)
        return True


@pytest.mark.server
def test_twenty_kills_under_load_lose_nothing_that_was_acknowledged(
    start_server: Callable[..., Server],
) -> None:
    port = free_port()
    before = Case.objects.count()
    reporting = Reporting(f"http://127.0.0.1:{port}")
    for _kill in range(KILLS):
        server = start_server(port=port, LINLI_INTAKE_PER_MINUTE="1000000")
        reporting.for_a_while(server.kill)
    start_server(port=port, LINLI_INTAKE_PER_MINUTE="1000000")
    _ask_again(reporting)

    assert reporting.surprises == []
    assert len(reporting.receipts) > 10 * KILLS, "there was hardly any load"
    assert len(set(reporting.receipts.values())) == len(reporting.receipts), "two reports have one number"
    assert Case.objects.count() - before == len(reporting.receipts), "a report was lost, or taken in twice"
    assert Case.objects.filter(number__in=reporting.receipts.values()).count() == len(reporting.receipts)
    _nothing_is_half_done()


def _ask_again(reporting: Reporting) -> None:
    """Whoever got no answer sends the same again: afterwards every report is there once."""
    with httpx.Client(timeout=10) as client:
        for key in sorted(reporting.unanswered):
            assert reporting.report(client, key)


def _nothing_is_half_done() -> None:
    cases = Case.objects.count()
    assert Matter.objects.count() == cases
    assert Entry.objects.filter(name="matters.report").count() == cases
    assert Task.objects.values("case").distinct().count() == cases
    assert Clock.objects.values("case").distinct().count() == cases
    sequence_all()
    assert list(Position.objects.order_by("number").values_list("number", flat=True)) == [
        *range(1, Entry.objects.count() + 1)
    ]
