"""The line between people and the server is cut while they wait for an answer: sent again, everything is there once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from linli.cases.models import Case
from tests import databases
from tests.load import NO_LIMIT, Reporting, nothing_is_lost
from tests.servers import REPOSITORY

pytestmark = [pytest.mark.privileged, pytest.mark.thorough]
FEW, MANY = 6, 150  # reports of each client


def _run(database: str, home: Path, count: int) -> None:
    if not all(map(shutil.which, ("ip", "nsenter", "unshare"))):
        pytest.skip("needs ip, nsenter and unshare: apt-get install iproute2 util-linux")
    apart = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-r", "-n"]
    if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs root, or user namespaces, for a network of its own")
    before = Case.everywhere.count()
    reached = _without_network(database)
    connection.close()
    told = {
        **os.environ, "DATABASE_URL": reached, "LINLI_HOME": str(home),
        "LINLI_INTAKE_PER_MINUTE": NO_LIMIT, "LINLI_HOSTS": "localhost",
    }  # fmt: skip
    done = subprocess.run(
        [*apart, sys.executable, "-m", "tests.faults.partition", str(count)],
        env=told, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    said = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{len(said['receipts'])} acknowledged over {said['cuts']} cuts, {said['unanswered']} without an answer"
    )
    assert said["unanswered"], "no cut hit a request"
    reporting = Reporting("")
    reporting.receipts = said["receipts"]
    nothing_is_lost(reporting, before)


def _without_network(database: str) -> str:
    """Its address for a server whose network leads to no other one: PostgreSQL is reached by its socket in a folder."""
    url = databases.url_of(database)
    if connection.vendor == "sqlite":
        return url
    with connection.cursor() as cursor:
        cursor.execute("SHOW unix_socket_directories")
        folder = cursor.fetchone()[0].split(",")[0].strip()
    given = urlsplit(url)
    return f"{given.scheme}://{given.username}@:{given.port or 5432}{given.path}?host={folder}"


def test_over_a_line_that_is_cut_every_report_is_there_once(fresh_database: str, tmp_path: Path) -> None:
    _run(fresh_database, tmp_path, FEW)


@pytest.mark.nightly
def test_over_a_line_that_is_cut_very_often_every_report_is_there_once(
    fresh_database: str, tmp_path: Path
) -> None:
    _run(fresh_database, tmp_path, MANY)
