"""PostgreSQL is struck down or cut off: acknowledged is stored once, and what was not says so politely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import connection

from linli.cases.models import Case
from tests import servers
from tests.faults.cluster import Cluster
from tests.lines import BreakingLine, CutAtCommit, carrying
from tests.load import NO_LIMIT, Reporting, nothing_is_half_done, nothing_is_lost

pytestmark = [pytest.mark.postgres, pytest.mark.server, pytest.mark.thorough]
BLOWS = {
    "a backend is killed": Cluster.kill_a_backend,
    "stopped in immediate mode": Cluster.stop_at_once,
    "all of it is killed": Cluster.kill,
}


@pytest.fixture(scope="module")
def _cluster(django_test_environment: None, django_db_blocker: Any) -> Iterator[Cluster]:
    """One for all tests here."""
    with TemporaryDirectory(prefix="linli_test_") as folder, django_db_blocker.unblock():
        Path(folder).chmod(0o755)  # PostgreSQL does not run as root
        made = Cluster(Path(folder) / "data")
        made.fill()
        yield made
        made.close()


@pytest.fixture
def cluster(_cluster: Cluster, django_db_blocker: Any) -> Iterator[Cluster]:
    """With the county as it was in the beginning, to which this process's connections now go."""
    _cluster.renew()
    with django_db_blocker.unblock(), _cluster.pointed_at():
        yield _cluster


@pytest.fixture
def serve(cluster: Cluster, tmp_path: Path) -> Iterator[Callable[..., servers.Server]]:
    """Starts Linli on the cluster, perhaps over a line."""
    started: list[servers.Server] = []

    def start(port: int = 0) -> servers.Server:
        connection.close()
        started.append(
            servers.start("", home=tmp_path, DATABASE_URL=cluster.url(port), LINLI_INTAKE_PER_MINUTE=NO_LIMIT)
        )
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.mark.parametrize("blow", BLOWS)
def test_what_postgresql_acknowledged_before_it_was_struck_down_is_there(
    cluster: Cluster, serve: Callable[..., servers.Server], blow: str
) -> None:
    before = Case.everywhere.count()
    reporting = Reporting(serve().url)
    for _time in range(2):
        reporting.until(15, then=lambda: BLOWS[blow](cluster))
        connection.close()
        assert {status for status, _sentence in reporting.surprises} <= {503}
        assert reporting.unanswered, "the blow hit no report"
        reporting.surprises.clear()
        reporting.ask_again()
    nothing_is_lost(reporting, before)


@pytest.mark.nightly
def test_over_a_line_to_postgresql_that_breaks_every_report_is_there_once(
    cluster: Cluster, serve: Callable[..., servers.Server]
) -> None:
    before = Case.everywhere.count()
    with carrying(BreakingLine(cluster.port, share=0.01)) as line:
        reporting = Reporting(serve(line.port).url)
        for number in range(100):
            while not reporting.report(f"over the line {number}"):
                assert reporting.surprises.pop()[0] == 503
    assert min(line.cuts.values()) > 3, "the line hardly broke"
    nothing_is_lost(reporting, before)


def test_a_commit_whose_answer_is_lost_is_not_done_again(
    cluster: Cluster, serve: Callable[..., servers.Server]
) -> None:
    """Reports without a key, one after the other: one transaction each, so what is there twice was tried twice."""
    before = Case.everywhere.count()
    with carrying(CutAtCommit(cluster.port, share=0.3)) as line:
        reporting = Reporting(serve(line.port).url, keyed=False)
        for number in range(40):
            reporting.report(f"without a key {number}")
    assert {status for status, _sentence in reporting.surprises} == {503}
    assert before + len(reporting.receipts) <= Case.everywhere.count() <= before + 40
    nothing_is_half_done()
