"""The log tells of our own mistakes at length, of what visitors send in one line."""

from __future__ import annotations

import io
import json
import logging
import time
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from linli.conf.logs import Json, Line, OneLineForRefusals

pytestmark = pytest.mark.once


@pytest.fixture
def log() -> Any:
    """What the console's handler writes, as the settings make it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["one_line"]
    handler.addFilter(OneLineForRefusals())
    written.formatter = handler.setFormatter  # type: ignore[attr-defined]
    # The logger itself: what other tests start in this process may have quietened it, or what stands above it.
    speaking = logging.getLogger("django.request")
    before = speaking.level, speaking.disabled
    threshold = logging.root.manager.disable
    speaking.addHandler(handler)
    speaking.level, speaking.disabled = logging.WARNING, False
    logging.disable(logging.NOTSET)
    yield written
    speaking.removeHandler(handler)
    speaking.level, speaking.disabled = before
    logging.disable(threshold)


@pytest.mark.django_db
def test_a_request_that_cannot_be_read_is_one_line(log: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/follow/")
    assert client.post("/follow/", b"x", content_type="multipart/form-data").status_code == 400
    assert "Bad request" in log.getvalue()
    assert "Traceback" not in log.getvalue()


def test_our_own_mistake_tells_its_way_through_the_code_and_none_of_its_words(log: Any) -> None:
    log.formatter(Json())
    try:
        raise ValueError("invalid literal: 李小芳 13912345678")
    except ValueError:
        logging.getLogger("django.request").exception("failed", extra={"status_code": 500})
    told = json.loads(log.getvalue())
    assert (told["exception"], told["status"], told["level"]) == ("ValueError", 500, "ERROR")
    assert "test_logs.py" in told["way"][-1]
    assert "李小芳" not in log.getvalue()


@pytest.mark.parametrize(
    "personal",
    ["13912345678", "139 1234 5678", "+86 139-1234-5678", "11010519491231002X", "/follow/?code=K7Q2M9&x=1"],
)
def test_numbers_of_people_and_secrets_are_taken_out_of_every_line(log: Any, personal: str) -> None:
    log.formatter(Json())
    logging.getLogger("django.request").warning("found %s here", personal)
    told = json.loads(log.getvalue())["message"]
    assert not any(part in told for part in ("1234", "1949", "K7Q2M9"))
    assert told.startswith("found ")


@pytest.mark.parametrize(
    "harmless", ["320831-26-00042-7", "01a21437e83778c0873db242686b9e44", "20261125-191912"]
)
def test_numbers_of_cases_and_keys_stay(log: Any, harmless: str) -> None:
    log.formatter(Line())
    logging.getLogger("django.request").warning("found %s", harmless)
    assert harmless in log.getvalue()


@pytest.mark.server
def test_nothing_that_people_gave_reaches_the_log_of_a_server(start_server: Any) -> None:
    """Name, number, words, follow code, and wrong input; at the most talkative level but debugging."""
    server = start_server(LINLI_LOG_LEVEL="INFO", LINLI_LOG_FORMAT="json")
    planted = {"name": "欧阳植标记", "phone": "13800138000"}
    words = "路灯坏了植入的话"
    taken = httpx.post(f"{server.url}/api/v1/matters", json={"text": words, "contact": planted}).json()
    httpx.post(
        f"{server.url}/api/v1/matters", json={"text": words, "contact": {**planted, "phone": "1380013800O"}}
    )
    httpx.post(f"{server.url}/api/v1/matters", content=json.dumps(planted).encode()[:-3])
    httpx.get(f"{server.url}/follow/", params={"number": taken["number"], "code": taken["follow_code"]})
    httpx.get(f"{server.url}/nothing/13800138000/", params=planted)
    deadline = time.monotonic() + 30
    while "SMS to 138****8000" not in server.log.read_text():  # the loops send the notice
        assert time.monotonic() < deadline, "the loops said nothing"
        time.sleep(0.05)
    server.stop()
    told = server.log.read_text()
    for marker in ("欧阳", "13800138000", "1380013800O", "植入的话", taken["follow_code"]):
        assert marker not in told, marker
    for line in told.splitlines():
        if line.startswith("{"):
            json.loads(line)
