"""More reports than there is room for, a line that breaks, a gateway that is gone: acknowledged is stored, once."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from urllib.parse import urlsplit

import pytest

from linli.cases.models import Case, Notice
from tests.load import NO_LIMIT, Reporting, nothing_is_lost
from tests.servers import Server, free_port

pytestmark = pytest.mark.server


def test_who_finds_no_room_is_told_so_and_is_taken_in_when_coming_again(
    start_server: Callable[..., Server], at_once: Callable[[list[Callable[[], object]]], list[object]]
) -> None:
    server = start_server(LINLI_INTAKE_PER_MINUTE=NO_LIMIT, LINLI_THREADS="10")
    before = Case.everywhere.count()
    reporting = Reporting(server.url)
    at_once([partial(reporting.report, f"report-{number}") for number in range(40)])
    assert {status for status, _sentence in reporting.surprises} == {503}, "there was room for all"
    assert all("几秒" in sentence for _status, sentence in reporting.surprises)
    reporting.ask_again()
    nothing_is_lost(reporting, before)


class BreakingLine:
    """A line to a server that is cut now and then: before the request arrives, or before the answer does."""

    def __init__(self, target: str, chance: Random) -> None:
        self._target, self._chance = urlsplit(target), chance
        self._entrance = socket.create_server(("127.0.0.1", free_port()))
        self.url = f"http://127.0.0.1:{self._entrance.getsockname()[1]}"
        self.cuts = {"request": 0, "answer": 0}

    def close(self) -> None:
        """Let nobody in any more."""
        self._entrance.close()

    def carry(self) -> None:
        """Take every connection, in a thread of its own, until closed."""
        while True:
            try:
                client, _address = self._entrance.accept()
            except OSError:
                return
            threading.Thread(target=self._between, args=(client,), daemon=True).start()

    def _between(self, client: socket.socket) -> None:
        server = socket.create_connection((self._target.hostname, self._target.port))
        with client, server:
            while True:
                for ready in select.select([client, server], [], [], 30)[0]:
                    piece = ready.recv(65536)
                    if not piece or self._cut("request" if ready is client else "answer"):
                        return
                    (server if ready is client else client).sendall(piece)

    def _cut(self, what: str) -> bool:
        cut = self._chance.random() < 0.1
        self.cuts[what] += cut
        return cut


@contextmanager
def breaking_line(server: Server) -> Iterator[BreakingLine]:
    """The line, carrying."""
    line = BreakingLine(server.url, Random(311))
    carrier = threading.Thread(target=line.carry, daemon=True)
    carrier.start()
    yield line
    line.close()


@pytest.mark.thorough
def test_a_line_that_breaks_loses_no_report_and_doubles_none(start_server: Callable[..., Server]) -> None:
    server = start_server(LINLI_INTAKE_PER_MINUTE=NO_LIMIT)
    before = Case.everywhere.count()
    with breaking_line(server) as line:
        reporting = Reporting(line.url)
        keys = [f"report-{number}" for number in range(200)]
        for key in keys:
            while not reporting.report(key):
                assert not reporting.surprises
    assert min(line.cuts.values()) > 5, "the line hardly broke"
    assert set(reporting.receipts) == set(keys)
    nothing_is_lost(reporting, before)


def test_a_gateway_that_is_gone_holds_up_no_report(start_server: Callable[..., Server]) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/"
    server = start_server(
        LINLI_INTAKE_PER_MINUTE=NO_LIMIT,
        LINLI_SMS_BACKEND="linli.residents.sms.HttpSms",
        LINLI_SMS_URL=nobody,
    )
    before = Case.everywhere.count()
    reporting = Reporting(server.url)
    assert all(reporting.report(f"before {number}") for number in range(30))
    _let_the_sender_try(30)
    assert all(reporting.report(f"after {number}") for number in range(30))
    nothing_is_lost(reporting, before)
    assert not Notice.objects.filter(state="sent", case__number__in=reporting.receipts.values()).exists()


def _let_the_sender_try(enough: int, patience: float = 30.0) -> None:
    """Until so many notices have failed once."""
    end = time.monotonic() + patience
    while Notice.objects.filter(attempts__gt=0).exclude(trouble="").count() < enough:
        assert time.monotonic() < end, "nobody tried to send"
        time.sleep(0.1)
