"""The log tells of our own mistakes at length, of what visitors send in one line."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from linli.conf.logs import OneLineForRefusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Any:
    """What the console's handler writes, as the settings make it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["one_line"]
    handler.addFilter(OneLineForRefusals())
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


def test_a_request_that_cannot_be_read_is_one_line(log: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/follow/")
    assert client.post("/follow/", b"x", content_type="multipart/form-data").status_code == 400
    assert "Bad request" in log.getvalue()
    assert "Traceback" not in log.getvalue()


def test_our_own_mistake_keeps_its_traceback(log: Any) -> None:
    try:
        raise ValueError("ours")
    except ValueError:
        logging.getLogger("django.request").exception("failed", extra={"status_code": 500})
    assert "ValueError: ours" in log.getvalue()
