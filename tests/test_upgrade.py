"""An upgrade ends well, or the place is as it was: a migration that fails, loses something, or is killed half-way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from linli.base.writing import writing
from linli.conf.backups.contents import Contents, contents_of, ledger_digest
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from tests import databases, servers
from tests.servers import A_CLERK, REPOSITORY, Server

pytestmark = pytest.mark.thorough

BEFORE_THIS_ISSUE = "adde653"
PATIENCE = 120.0
LINLI = "from linli.conf.cli import main; main()"


@pytest.fixture
def place(committed_world: Any, tmp_path: Path) -> dict[str, str]:
    """A place with some matters in it: the environment of its commands."""
    home = tmp_path / "home"
    home.mkdir()
    grid = committed_world.place("东门社区第一网格")
    for number in range(3):
        said = GivenContact("李小芳", f"1391234567{number}")
        with writing():  # by this thread: another one would keep the database open
            actions.report(by=PartyActor("reporter"), text=f"路灯坏了 {number}", division=grid, contact=said)
    sequence_all()
    name = str(connection.settings_dict["NAME"])
    connection.close()
    return {
        **os.environ,
        "DATABASE_URL": databases.url_of(name),
        "LINLI_HOME": str(home),
        "LINLI_LANGUAGE": "en",
        "PYTHONPATH": str(REPOSITORY),
        "DJANGO_SETTINGS_MODULE": "tests.planted.settings",
    }


def _all() -> tuple[Contents, str]:
    """What the database holds, without what the running of commands itself leaves."""
    try:
        found = contents_of(connection)
        return found, ledger_digest(connection, found.positions)
    finally:
        connection.close()


def _upgrade(place: dict[str, str], how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "django", "upgrade"],
        env={**place, "LINLI_TEST_PLANTED": how},
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip


def _nothing_is_left_of_it(place: dict[str, str], before: tuple[Contents, str]) -> None:
    assert _all() == before
    assert "planted_row" not in connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE summary LIKE 'changed%' OR stage = 'nowhere'")
        assert cursor.fetchone()[0] == 0
    connection.close()
    assert not (Path(place["LINLI_HOME"]) / "upgrading.json").exists()


@pytest.mark.parametrize(("how", "said"), [("fails", "made to fail"), ("loses", "positions_gap_free")])
def test_an_upgrade_that_goes_wrong_is_taken_back(place: dict[str, str], how: str, said: str) -> None:
    before = _all()
    done = _upgrade(place, how)
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
    _nothing_is_left_of_it(place, before)


def test_an_upgrade_that_goes_well_keeps_everything(place: dict[str, str]) -> None:
    before = _all()
    done = _upgrade(place, "well")
    assert done.returncode == 0, done.stdout + done.stderr
    after, ledger = _all()
    assert ledger == before[1]
    migrations = {"django_migrations": before[0].counts.get("django_migrations")}
    assert {**after.counts, **migrations} == {**before[0].counts, **migrations}


def test_an_upgrade_that_is_killed_half_way_is_taken_back_by_the_next(
    place: dict[str, str], tmp_path: Path
) -> None:
    before, there = _all(), tmp_path / "half-way"
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "upgrade"],
        env={**place, "LINLI_TEST_PLANTED": str(there)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + PATIENCE
    while not there.exists() and time.monotonic() < end and process.poll() is None:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert there.exists(), "it did not come that far"
    _is_not_served(place)
    done = _upgrade(place, "fails")
    assert "interrupted" in done.stdout, done.stdout + done.stderr
    _nothing_is_left_of_it(place, before)


def _is_not_served(place: dict[str, str]) -> None:
    """Neither by the release to come nor by the former one."""
    refused = subprocess.run(
        [sys.executable, "-m", "django", "serve", "--port", str(servers.free_port())],
        env={**place, "DJANGO_SETTINGS_MODULE": "linli.conf.settings", "LINLI_TEST_PLANTED": "well"},
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert (refused.returncode, "interrupted" in refused.stderr) == (1, True), refused.stderr


@pytest.mark.server
def test_a_place_that_is_served_is_not_upgraded(
    start_server: Callable[..., Server], place: dict[str, str]
) -> None:
    start_server(home=Path(place["LINLI_HOME"]))
    before = _all()
    done = _upgrade(place, "well")
    assert (done.returncode, "Stop the server" in done.stderr) == (1, True), done.stdout + done.stderr
    assert _all()[0].counts["cases_case"] == before[0].counts["cases_case"]


@pytest.mark.history
@pytest.mark.sqlite
@pytest.mark.server
def test_a_place_from_before_backups_were_sealed_is_upgraded_with_all_it_holds(
    fresh_database: str, tmp_path: Path
) -> None:
    """Made and filled by the code of that time, with a place's own linli.env; then upgraded by this one."""
    old, home = tmp_path / "old", tmp_path / "home"
    _check_out(BEFORE_THIS_ISSUE, old)
    told = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DATABASE"))}
    told |= {"LINLI_HOME": str(home), "LINLI_LANGUAGE": "en", "LINLI_PLAIN_HTTP": "1"}
    _run(told, old, LINLI, "init", "--place", "320831")
    _run({**told, "DJANGO_SETTINGS_MODULE": "linli.conf.settings"}, old, A_CLERK)
    numbers = _reported(told, old, home)
    told |= {"DJANGO_SETTINGS_MODULE": "tests.planted.settings", "LINLI_TEST_PLANTED": "well"}
    done = _run(told, REPOSITORY, LINLI, "upgrade")
    assert "fail" not in done, done
    assert "LINLI_BACKUP_KEY=" in (home / "linli.env").read_text()
    name = str(home / "linli.sqlite3")
    with databases.pointing_at(name):
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM cases_case")
            assert {row[0] for row in cursor.fetchall()} == numbers
        sequence_all()
        assert contents_of(connection).counts["ledger_entry"] >= len(numbers)
    for verb in ("backup", "drill"):
        assert "fail" not in _run(told, REPOSITORY, LINLI, verb)


def _check_out(commit: str, folder: Path) -> None:
    archive = folder.with_suffix(".tar")
    done = subprocess.run(
        ["git", "-C", str(REPOSITORY), "archive", f"--output={archive}", commit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"needs the history of the repository (commit {commit}): {done.stderr.strip()}")
    folder.mkdir()
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    for compiled in (REPOSITORY / "linli").rglob("*.mo"):
        target = folder / compiled.relative_to(REPOSITORY)
        if target.parent.is_dir():
            shutil.copy(compiled, target)


def _run(told: dict[str, str], code: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", *words],
        env={**told, "PYTHONPATH": str(code)},
        cwd=code, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _reported(told: dict[str, str], code: Path, home: Path) -> set[str]:
    """Let the server of that time take some reports in; the numbers it acknowledged."""
    port = servers.free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", LINLI, "serve", "--port", str(port)],
        env={**told, "PYTHONPATH": str(code)}, cwd=code, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", "", process, home / "server.log")
    try:
        end = time.monotonic() + PATIENCE
        while not _answers(server) and time.monotonic() < end:
            time.sleep(0.1)
        body = {"text": "路灯坏了", "contact": {"name": "李小芳", "phone": "13912345678"}}
        answers = [httpx.post(f"{server.url}/api/v1/matters", json=body) for _number in range(5)]
        assert {answer.status_code for answer in answers} == {201}, answers[0].text
        return {answer.json()["number"] for answer in answers}
    finally:
        server.stop()


def _answers(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/readyz").status_code == 200
    except httpx.HTTPError:
        return False
