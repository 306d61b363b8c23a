"""The key under which a device sent a step: in hand while the step is taken, and stored in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.cases.models import Case, Sending


@dataclass(frozen=True)
class Sent:
    """For which case something was sent, under which key, with which body; and when, as the device's clock said."""

    case: UUID
    key: str
    digest: str
    written_at: datetime | None = None


_in_hand: ContextVar[Sent | None] = ContextVar("sent", default=None)


@contextmanager
def as_sent(sent: Sent) -> Iterator[None]:
    """Take a step as one that was sent under a key."""
    before = _in_hand.set(sent)
    try:
        yield
    finally:
        _in_hand.reset(before)


def facts_sent(case: Case) -> dict[str, Any]:
    """What the entry says of it: when it was written by the device's own clock, apart from when it was taken."""
    sent = _of(case)
    return {"written_at": sent.written_at} if sent and sent.written_at else {}


def rows_sent(case: Case, at: datetime) -> list[Sending]:
    """The unsaved row that keeps the same key from taking a second step; none for what no device sent."""
    sent = _of(case)
    return [Sending(key=sent.key, digest=sent.digest, case=case, at=at)] if sent else []


def _of(case: Case) -> Sent | None:
    """A step may take others with it, in other cases: what was sent is for one."""
    sent = _in_hand.get()
    return sent if sent and sent.case == case.pk else None
