"""The machine's clock jumps, by hours back or years ahead: nothing is lost, given twice or left without a position."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from linli.cases.models import Case
from tests.load import NO_LIMIT, Reporting, nothing_is_lost
from tests.servers import Server

HOUR, YEAR = 3600, 365 * 86_400
JUMPS = (0, -2 * HOUR, 5 * YEAR, -2 * HOUR, 0)  # seconds ahead of the machine


@pytest.mark.server
def test_reports_go_on_whatever_the_clock_does(start_server: Callable[..., Server], tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    before = Case.everywhere.count()
    server = start_server(
        DJANGO_SETTINGS_MODULE="tests.moved_clock",
        LINLI_TEST_CLOCK=str(clock),
        LINLI_INTAKE_PER_MINUTE=NO_LIMIT,
    )
    reporting = Reporting(server.url)
    for number, ahead in enumerate(JUMPS):
        part = clock.with_suffix(".part")
        part.write_text(str(ahead))
        part.replace(clock)
        for report in range(8):
            assert reporting.report(f"at {number}.{report}"), reporting.surprises
        time.sleep(0.3)
    server.stop()
    nothing_is_lost(reporting, before)
    log = server.log.read_text()
    assert "Traceback" not in log, log[-3000:]
