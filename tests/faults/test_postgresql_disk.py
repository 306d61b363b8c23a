"""PostgreSQL's disk is full: a polite no, pages are read on, and with room again reports go in by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from django.db import connection

from linli.cases.models import Case
from tests import servers
from tests.faults.cluster import Cluster
from tests.faults.small_disks import SmallDisks, may_mount, small_disks
from tests.load import NO_LIMIT, Reporting, nothing_is_lost

pytestmark = [pytest.mark.postgres, pytest.mark.server, pytest.mark.privileged, pytest.mark.nightly]
PAGES = ("/", "/report/", "/follow/", "/account/login/")


@dataclass
class Place:
    """A county on a cluster whose data and whose log lie on a small disk each, and a server on it."""

    cluster: Cluster
    disks: SmallDisks
    server: servers.Server

    @property
    def data(self) -> Path:
        """The disk of the tables."""
        return self.cluster.folder

    @property
    def log(self) -> Path:
        """The disk of the log, to which every commit is written first."""
        return self.cluster.folder.with_name("log")


@pytest.fixture
def place(django_test_environment: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[Place]:
    if not may_mount():
        pytest.skip("needs root and namespaces, to mount small disks")
    with TemporaryDirectory(prefix="linli_test_") as folder, django_db_blocker.unblock():
        Path(folder).chmod(0o755)  # PostgreSQL does not run as root
        data, log = Path(folder) / "data", Path(folder) / "log"
        data.mkdir()
        log.mkdir()
        with small_disks(data, log) as disks:
            cluster = Cluster(data, log=log, inside=disks.inside, root=disks.root)
            cluster.fill()
            cluster.renew()
            with cluster.pointed_at():
                connection.close()
                server = servers.start(
                    "", home=tmp_path, DATABASE_URL=cluster.url(), LINLI_INTAKE_PER_MINUTE=NO_LIMIT
                )
                yield Place(cluster, disks, server)
                server.kill()
            cluster.close()


def _refused_with_a_sentence(reporting: Reporting) -> bool:
    """Whether there was no other answer than a polite no; they are forgotten."""
    found, reporting.surprises = set(reporting.surprises), []
    return {status for status, _sentence in found} == {503} and all(sentence for _status, sentence in found)


def test_on_a_full_disk_of_tables_pages_are_read_and_what_was_acknowledged_is_there(place: Place) -> None:
    before, reporting = Case.everywhere.count(), Reporting(place.server.url)
    connection.close()
    reporting.until(15, then=lambda: place.disks.leave(place.data, 0))
    assert _refused_with_a_sentence(reporting)
    for page in PAGES:
        assert httpx.get(place.server.url + page).status_code == 200, page
    place.disks.leave(place.data, 200)
    reporting.ask_again()
    assert reporting.report("with room again")
    nothing_is_lost(reporting, before)


def test_on_a_full_disk_of_the_log_all_is_refused_until_there_is_room_and_nothing_is_lost(
    place: Place,
) -> None:
    """PostgreSQL gives up then, and whoever runs it starts it again; Linli stays and goes on by itself."""
    before, reporting = Case.everywhere.count(), Reporting(place.server.url)
    place.cluster.hold_its_log()
    connection.close()
    reporting.until(15, then=lambda: place.disks.leave(place.log, 1))
    assert _refused_with_a_sentence(reporting)
    for page in PAGES:
        answer = httpx.get(place.server.url + page, timeout=60)
        assert (answer.status_code in {200, 503}, bool(answer.text)) == (True, True), page
    place.disks.leave(place.log, 200)
    place.cluster.stop_at_once()
    reporting.ask_again()
    assert reporting.report("with room again")
    connection.close()
    nothing_is_lost(reporting, before)
