"""More reports than there is room for, a line that breaks, a gateway that is gone: acknowledged is stored, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import pytest

from linli.cases.models import Case, Notice
from tests.lines import BreakingLine, carrying
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


@pytest.mark.thorough
def test_a_line_that_breaks_loses_no_report_and_doubles_none(start_server: Callable[..., Server]) -> None:
    server = start_server(LINLI_INTAKE_PER_MINUTE=NO_LIMIT)
    before = Case.everywhere.count()
    with carrying(BreakingLine(urlsplit(server.url).port or 0, share=0.1)) as line:
        reporting = Reporting(f"http://127.0.0.1:{line.port}")
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
