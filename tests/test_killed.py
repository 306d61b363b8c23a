"""Nothing acknowledged is lost: the server is killed again and again while people report."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linli.cases.models import Case
from tests.amounts import fewer_by_day
from tests.load import NO_LIMIT, Reporting, nothing_is_lost
from tests.servers import Server, free_port

MEANWHILE = 15


@fewer_by_day("kills", 6, 20)
@pytest.mark.server
def test_kills_under_load_lose_nothing_that_was_acknowledged(
    start_server: Callable[..., Server], kills: int
) -> None:
    port = free_port()
    before = Case.everywhere.count()
    reporting = Reporting(f"http://127.0.0.1:{port}")
    for _kill in range(kills):
        server = start_server(port=port, LINLI_INTAKE_PER_MINUTE=NO_LIMIT)
        reporting.until(MEANWHILE, then=server.kill)
    start_server(port=port, LINLI_INTAKE_PER_MINUTE=NO_LIMIT)
    assert reporting.surprises == []
    assert reporting.unanswered, "no kill hit a request"
    reporting.ask_again()
    nothing_is_lost(reporting, before)
