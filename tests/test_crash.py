"""A stopped server, a full disk, loops under load: what was acknowledged stays, what was not says so."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from linli.cases.models import Case
from linli.ledger.models import Unplaced
from tests.load import NO_LIMIT, Reporting, nothing_is_half_done, nothing_is_lost
from tests.servers import Server

pytestmark = pytest.mark.server
MOST_LAG = 2.0  # seconds


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    """Without the limit of reports per address: all of them come from here."""
    return start_server(LINLI_INTAKE_PER_MINUTE=NO_LIMIT)


def test_a_server_that_is_asked_to_stop_finishes_what_it_began(
    server: Server, start_server: Callable[..., Server]
) -> None:
    before = Case.everywhere.count()
    reporting = Reporting(server.url)
    codes: list[int] = []
    reporting.until(50, then=lambda: codes.append(server.stop()))
    assert codes == [0], server.log.read_text()
    assert reporting.surprises == []
    restarted = start_server(LINLI_INTAKE_PER_MINUTE=NO_LIMIT)
    reporting.url = restarted.url
    reporting.ask_again()
    nothing_is_lost(reporting, before)


class FullDisk:
    """Lets no file of a server grow beyond a size, as a full disk does, until it is lifted."""

    def __init__(self, server: Server, size: int = 1) -> None:
        self._processes = _processes_of(server)
        self._size = size

    def __enter__(self) -> None:
        self._let_files_have(self._size)

    def __exit__(self, *exc: object) -> None:
        self._let_files_have(resource.RLIM_INFINITY)

    def _let_files_have(self, size: int) -> None:
        for process in self._processes:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _processes_of(server: Server) -> list[int]:
    """The server and its workers."""
    children = f"/proc/{server.process.pid}/task/{server.process.pid}/children"
    with open(children, encoding="ascii") as listed:
        return [server.process.pid, *map(int, listed.read().split())]


@pytest.mark.sqlite
def test_a_full_disk_is_a_503_with_a_sentence_and_nothing_half_is_kept(server: Server) -> None:
    reporting = Reporting(server.url)
    before = Case.everywhere.count()
    assert reporting.report("before")
    with FullDisk(server):
        for number in range(4):
            assert not reporting.report(f"while full {number}")
        assert {status for status, _sentence in reporting.surprises} == {503}
        assert all("没有保存" in sentence for _status, sentence in reporting.surprises)
        assert httpx.get(server.url + "/readyz").status_code == 200, "reading goes on"
        assert Case.everywhere.count() == before + 1, "what was refused is not there"
    reporting.ask_again()
    assert reporting.report("after")
    nothing_is_lost(reporting, before)


@pytest.mark.sqlite
def test_wherever_in_a_report_the_disk_fills_up_it_is_kept_whole_or_not_at_all(server: Server) -> None:
    before = Case.everywhere.count()
    reporting = Reporting(server.url)
    log = Path(server.database + "-wal")
    for kilobytes in range(0, 240, 8):
        with FullDisk(server, log.stat().st_size + kilobytes * 1024 if log.exists() else 1):
            reporting.report(f"with {kilobytes} KB left")
    assert {status for status, _sentence in reporting.surprises} == {503}
    assert reporting.receipts, "none fitted"
    assert Case.everywhere.count() - before == len(reporting.receipts), "what was refused is there"
    nothing_is_half_done()
    reporting.ask_again()
    nothing_is_lost(reporting, before)


@pytest.mark.sqlite
def test_a_disk_that_fills_up_under_load_loses_nothing_it_acknowledged(server: Server) -> None:
    before = Case.everywhere.count()
    reporting = Reporting(server.url)
    full = FullDisk(server)
    reporting.until(30, then=full.__enter__)
    full.__exit__()
    assert {status for status, _text in reporting.surprises} == {503}
    reporting.ask_again()
    nothing_is_lost(reporting, before)


def test_positions_follow_within_two_seconds_under_load(server: Server) -> None:
    _let_the_world_settle()
    reporting = Reporting(server.url)
    lags: list[float] = []
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(lags, done))
    watcher.start()
    reporting.until(600, then=server.kill)
    done.set()
    watcher.join()
    print(
        f"{len(reporting.receipts)} reports; the oldest entry without a position was at most {max(lags):.2f} s old"
    )
    assert any(lags), "the watcher saw nothing waiting"
    assert max(lags) <= MOST_LAG


def _let_the_world_settle() -> None:
    """The demo world was built minutes ago and copied; its entries are as old as that until the first turn."""
    end = time.monotonic() + MOST_LAG
    while Unplaced.objects.exists() and time.monotonic() < end:
        time.sleep(0.02)


def _watch(lags: list[float], done: threading.Event) -> None:
    while not done.is_set():
        oldest = (
            Unplaced.objects.order_by("entry__recorded_at")
            .values_list("entry__recorded_at", flat=True)
            .first()
        )
        lags.append((timezone.now() - oldest).total_seconds() if oldest else 0.0)
        time.sleep(0.02)
    connection.close()
