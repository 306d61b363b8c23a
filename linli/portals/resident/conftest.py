"""The residents' door is tested on matters in each state; counts of requests begin anew with every test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from linli.cases.follow import follow_code
from linli.kinds.matters.conftest import (  # noqa: F401  fixtures are found by their names here
    accepted_matter,
    checked_matter,
    closed_matter,
    dispatched_matter,
    handled_matter,
    reported_matter,
    reporter_of,
)
from linli.residents.sms import Sms

SENT: list[tuple[str, str]] = []


class Pocket(Sms):
    """Keeps text messages where the test can read them."""

    def send(self, phone: str, text: str) -> None:
        """Keep it."""
        SENT.append((phone, text))


class NoSignal(Sms):
    """A gateway that is down."""

    def send(self, phone: str, text: str) -> None:
        """Fail as a gateway does."""
        raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def messages_sent(settings: Any) -> list[tuple[str, str]]:
    """Every text message sent in this test: (number, text)."""
    settings.SMS_BACKEND = f"{__name__}.Pocket"
    SENT.clear()
    return SENT


@pytest.fixture
def unlocking() -> Any:
    """A browser that has typed a matter's number and code."""

    def unlocked(matter: Any) -> Client:
        client = Client()
        client.post("/follow/", {"number": matter.case.number, "code": follow_code(matter.pk)})
        return client

    return unlocked
