"""What the page says of its own age is what somebody outside measures with a watch."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from statistics import median
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.test import Client

from linli.analytics.models import Progress
from linli.base.writing import writing
from tests.signing_in import prove

pytestmark = [pytest.mark.server, pytest.mark.thorough]
TIMES, PATIENCE, BETWEEN = 5, 60, 0.05  # reports; seconds until one must be counted; between two looks
HELD = 3.0  # seconds for which folding is kept from going on: else the lag is as short as what looking takes
APART = 1.0  # seconds: looking takes time too
ROUNDED = 1.25  # the shown ones are rounded up by a quarter
OPENED = re.compile(r'id="tile-opened"[^>]*><strong>(\d+)</strong>')
AS_OF = re.compile(r'<time datetime="([^"]+)"')
STEP = re.compile(r'class="asof__step">[^<]*?([\d.]+) s[^<]*?([\d.]+) s')


@pytest.fixture
def look(committed_world, start_server):
    """A function that reads the picture of the county over HTTP, and one that reports a matter there."""
    client = Client()
    prove(client, committed_world.by("county_dispatcher").holding.account)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    grid = committed_world.place("东门社区第一网格").trimmed
    server = start_server()

    def read():
        asked = Request(f"{server.url}/command/?part=1", headers={"Cookie": cookie, "Accept-Language": "en"})
        return urlopen(asked, timeout=PATIENCE).read().decode()

    def report(number):
        body = json.dumps({"text": f"路灯不亮（{number}）", "division": grid}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"lag-{number}"}
        assert urlopen(Request(f"{server.url}/api/v1/matters", body, headers), timeout=PATIENCE).status == 201

    return read, report


def test_the_lag_that_is_shown_is_the_lag_that_is_measured_from_outside(look):
    read, report = look
    before = opened(read())
    report(TIMES)
    while opened(read()) == before:  # what was there before the server began is folded too, then
        time.sleep(BETWEEN)
    with writing():
        Progress.objects.update(lags={})
    measured = []
    for number in range(TIMES):
        before = opened(read())
        report(number)
        told = time.time()
        hold_folding()
        while opened(page := read()) == before:
            assert as_of(page) <= told  # a picture without the matter does not pretend to be of later
            assert time.time() - told < PATIENCE
            time.sleep(BETWEEN)
        measured.append(time.time() - told)
    half, most = map(float, STEP.search(read()).groups())
    assert median(measured) >= HELD
    assert median(measured) - APART <= half <= median(measured) * ROUNDED + APART, (measured, half)
    assert max(measured) - APART <= most, (
        measured,
        most,
    )  # other steps than these reports may have taken longer


def hold_folding():
    """Nobody folds for a while: who would must write here, and wait for this."""
    with writing():
        Progress.objects.select_for_update().first()
        time.sleep(HELD)


def opened(page):
    return int(OPENED.search(page).group(1))


def as_of(page):
    return datetime.fromisoformat(AS_OF.search(page).group(1)).timestamp()
