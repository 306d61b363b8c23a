"""Opening from a request: cases that arrive at the same time share one commit."""

from __future__ import annotations

from django.db import connection

from linli.base.together import Together
from linli.cases.books import in_hand
from linli.cases.opening import Draft, Opened, open_many, open_one

_writer: Together[Draft, Opened] = Together("opening", do_all=open_many, do_one=open_one)


def open_grouped(draft: Draft) -> Opened:
    """Open one case from a request thread, sharing the commit with requests that arrive at the same time."""
    opened: Opened | None = in_hand().opened(draft)
    if opened:
        return opened
    if connection.in_atomic_block:
        return open_one(draft)
    return _writer.do(draft)
