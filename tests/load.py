"""Clients that report without a pause against a real server, remember what was acknowledged, and count afterwards."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from itertools import count
from urllib.parse import urlsplit

from django.db import connection

from linli.cases.models import Case, Clock, Task
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, Position
from linli.ledger.sequencing import sequence_all

PATH = "/api/v1/matters"
NO_LIMIT = "1000000"  # reports per minute and address
PATIENCE = 60.0
GRACE = 2.0  # seconds for clients to run into a blow; whoever was between two reports may never notice it


class Reporting:
    """What was acknowledged, by key; what never got an answer; and every answer that was neither.

    `keyed`: whether a report has a key, by which it is known when it is sent again.
    """

    def __init__(self, url: str, clients: int = 8, *, keyed: bool = True) -> None:
        self.url = url
        self.clients, self.keyed = clients, keyed
        self.receipts: dict[str, str] = {}
        self.unanswered: set[str] = set()
        self.surprises: list[tuple[int, str]] = []
        self._numbers: Iterator[int] = count()
        self._own = threading.local()
        self._enough = threading.Event()

    def until(self, enough: int, then: Callable[[], object]) -> None:
        """Report with all clients until `enough` more are acknowledged; do `then` and let them run into it."""
        wanted = len(self.receipts) + enough
        self._enough.clear()
        threads = [threading.Thread(target=self._report_until_it_breaks) for _client in range(self.clients)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + PATIENCE
        while len(self.receipts) < wanted and time.monotonic() < deadline and not self.surprises:
            time.sleep(0.01)
        then()
        end = time.monotonic() + GRACE
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._enough.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert len(self.receipts) >= wanted, f"hardly any load; {self.surprises}"

    def _report_until_it_breaks(self) -> None:
        while not self._enough.is_set() and self.report(f"report-{next(self._numbers)}"):
            pass

    def report(self, key: str) -> bool:
        """Send one report; False when it was not acknowledged."""
        self.unanswered.add(key)
        try:
            status, answer = self._post(key)
        except (OSError, HTTPException):
            return False
        if status not in {200, 201}:
            self.surprises.append((status, json.loads(answer)["error"]["sentence"]))
            return False
        self.receipts[key] = json.loads(answer)["number"]
        self.unanswered.discard(key)
        return True

    def _post(self, key: str) -> tuple[int, str]:
        """One connection per thread, opened anew when it broke; a client library would cost more than the server."""
        if getattr(self._own, "address", "") != self.url:
            self._own.address, self._own.line = (
                self.url,
                HTTPConnection(urlsplit(self.url).netloc, timeout=20),
            )
        body = json.dumps({"text": f"{key}:路灯不亮", "contact": {"phone": "13912345678"}})
        headers = {"Content-Type": "application/json", "Accept-Language": "zh-hans"}
        headers |= {"Idempotency-Key": key} if self.keyed else {}
        try:
            self._own.line.request("POST", PATH, body.encode(), headers)
            answer = self._own.line.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            self._own.line.close()
            raise

    def ask_again(self) -> None:
        """Whoever got no acknowledgement, or a polite no, sends the same again: then every report is there once."""
        deadline = time.monotonic() + PATIENCE
        for key in sorted(self.unanswered):
            while not self.report(key):
                assert time.monotonic() < deadline, self.surprises
                assert {status for status, _sentence in self.surprises} <= {503}, self.surprises
                time.sleep(0.1)


def nothing_is_lost(reporting: Reporting, before: int) -> None:
    """Every acknowledged report is there once, with its own number, and whole."""
    numbers = reporting.receipts.values()
    assert len(set(numbers)) == len(reporting.receipts), "two reports have one number"
    assert Case.everywhere.filter(number__in=numbers).count() == len(reporting.receipts), "a report was lost"
    assert Case.everywhere.count() - before == len(reporting.receipts), "a report was taken in twice"
    nothing_is_half_done()


def nothing_is_half_done() -> None:
    """Every case has its detail, clock, task and entry; positions have no gap; the store is sound."""
    cases = Case.everywhere.count()
    assert Matter.objects.count() == cases
    assert Entry.objects.filter(name="matters.report").count() == cases
    assert Task.objects.values("case").distinct().count() == cases
    assert Clock.objects.values("case").distinct().count() == cases
    assert Case.everywhere.values("number").distinct().count() == cases
    sequence_all()
    positions = list(Position.objects.order_by("number").values_list("number", flat=True))
    assert positions == [*range(1, Entry.objects.count() + 1)]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
