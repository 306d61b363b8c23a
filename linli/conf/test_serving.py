"""`linli serve` as people meet it: ready soon, refusing in a sentence, and whole after a kill."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from linli.base.writing import writing
from linli.ledger.models import Position
from linli.ledger.records import By, Line, record
from linli.ledger.triggers import install
from tests import databases
from tests.servers import Server, free_port

Start = Callable[..., Server]


def _of_children() -> float:
    """Seconds of the processor that children have taken, and theirs, that have ended."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


@pytest.mark.server
def test_it_is_ready_once_its_modules_are_loaded_and_ends_when_asked(start_server: Start) -> None:
    """In seconds of the processor, by those of loading alone: how fast and how busy the machine is decides nothing."""
    before, server = _of_children(), start_server()
    assert httpx.get(server.url + "/healthz").text == "alive\n"
    assert server.stop() in {0, -15}
    assert "WARNING" not in server.log.read_text()
    taken, before = _of_children() - before, _of_children()
    subprocess.run([sys.executable, "-c", "import django; django.setup()"], check=True)
    loading = _of_children() - before
    assert 0 < taken < 3 * loading  # the web and the loops beside it, and a little to spare


@pytest.mark.server
def test_the_loops_run_beside_it_begin_anew_when_they_die_and_end_with_it(server: Server) -> None:
    first = _loops_of(server)
    os.kill(first, signal.SIGKILL)
    _until(lambda: first not in _below(server.process.pid) and _loops_of(server) != first)
    with writing():
        record(Line("posts.found", By("system"), division=0))
    _until(Position.objects.exists)
    second = _loops_of(server)
    os.kill(server.process.pid, signal.SIGKILL)
    _until(lambda: not Path(f"/proc/{second}").exists())


@pytest.mark.server
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two processors")
def test_who_answers_and_the_loops_stay_on_a_processor_each(server: Server) -> None:
    """All their threads, so that none wakes another processor."""
    assert httpx.get(server.url + "/").status_code == 200
    answering = next(each for each in _below(server.process.pid) if not _below(each))
    ours, theirs = _processors(answering), _processors(_loops_of(server))
    assert (len(ours), len(theirs), ours & theirs) == (1, 1, set())


def _processors(process: int) -> set[str]:
    """Where any thread of a process may run, as the system writes it."""
    told = (each / "status" for each in Path(f"/proc/{process}/task").iterdir())
    return {
        next(line for line in each.read_text().splitlines() if "Cpus_allowed_list" in line) for each in told
    }


def _loops_of(server: Server) -> int:
    """The process below the one that looks after it; no other child has children."""
    return next((each for child in _below(server.process.pid) for each in _below(child)), 0)


def _below(process: int) -> list[int]:
    return [*map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())]


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.server
def test_it_comes_back_after_a_kill(start_server: Start) -> None:
    first = start_server()
    port = int(first.url.rpartition(":")[2])
    first.kill()
    assert httpx.get(start_server(port=port).url + "/readyz").status_code == 200


def test_a_port_that_is_taken_is_named(fresh_database: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=str(port)):
            call_command("serve", port=port)


@pytest.mark.sqlite
def test_a_second_process_is_refused_on_sqlite(fresh_database: str) -> None:
    with pytest.raises(CommandError, match="SQLite"):
        call_command("serve", port=free_port(), processes=2)


@pytest.mark.sqlite
def test_an_empty_database_is_not_served(tmp_path: Path) -> None:
    told = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "LINLI_LANGUAGE": "en"}
    refused = subprocess.run(
        [sys.executable, "-m", "django", "serve", "--port", str(free_port())],
        env=told, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "linli init" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_health_does_not_ask_the_database(client: Client) -> None:
    """No `django_db` mark: any query would fail this test."""
    assert client.get("/healthz").content == b"alive\n"


@pytest.mark.django_db
def test_it_is_ready_when_the_triggers_are_there(client: Client) -> None:
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_who_watches_need_not_know_the_name_of_the_place(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["linli.example.cn"]
    assert client.get("/readyz", headers={"host": "127.0.0.1:8000"}).status_code == 200
    assert client.get("/", headers={"host": "127.0.0.1:8000"}).status_code == 400


@pytest.mark.sqlite
def test_it_is_not_ready_while_a_trigger_is_missing(fresh_database: str, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_entry_no_update")
    answer = client.get("/readyz")
    assert (answer.status_code, b"triggers" in answer.content) == (503, True)
    install()
    assert client.get("/readyz").status_code == 200


@pytest.mark.sqlite
def test_it_is_not_ready_when_the_database_is_gone(
    tmp_path: Path, client: Client, fresh_database: str
) -> None:
    with databases.pointing_at(str(tmp_path / "no" / "such" / "folder.sqlite3")):
        assert client.get("/readyz").status_code == 503
