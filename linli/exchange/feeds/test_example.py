"""The receiver in docs/feeds.md does what it says."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from linli.exchange.feeds.conftest import accepted
from linli.exchange.feeds.sending import send_feeds, signature

PAGE = Path(__file__).resolve().parents[3] / "docs" / "feeds.md"


@pytest.fixture
def is_from_linli() -> Any:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code.group(1), names)
    return names["is_from_linli"]


@pytest.mark.django_db
def test_the_example_knows_what_we_sent_and_nothing_else(world, pushed, receiver, is_from_linli):
    accepted(world)
    send_feeds()
    ((headers, body),) = receiver.got
    signed = headers["Linli-Signature"]
    assert is_from_linli(receiver.secret, signed, body)
    assert not is_from_linli("another", signed, body)
    assert not is_from_linli(receiver.secret, signed, body + b" ")
    assert not is_from_linli(receiver.secret, signed.replace("t=", "t=1"), body)


def test_the_example_takes_no_old_delivery_for_a_new_one(is_from_linli):
    old = str(int(time.time()) - 3600)
    assert not is_from_linli("s", f"t={old},v1={signature('s', old, b'{}')}", b"{}")
