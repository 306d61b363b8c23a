"""Which matters a visitor of the demo has just looked at: the simulator leaves them alone for ten minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from mmap import mmap
from struct import Struct
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

LEAVE_ALONE = timedelta(minutes=10)
_NUMBER = re.compile(r"\d{6}-\d\d-\d{5,}-\d")
_SLOTS, _SECONDS = 1 << 16, Struct("d")
_ROOM = mmap(
    -1, _SLOTS * _SECONDS.size
)  # shared with the loops, whose process is forked from where this was read


def touch(number: str) -> None:
    """Somebody is looking at this matter now."""
    _SECONDS.pack_into(_ROOM, _slot(number), timezone.now().timestamp())


def is_held(number: str, now: datetime) -> bool:
    """Whether somebody looked at it within the last ten minutes; rarely also where it was another with its slot."""
    (seen,) = _SECONDS.unpack_from(_ROOM, _slot(number))
    return now.timestamp() - float(seen) < LEAVE_ALONE.total_seconds()


def forget() -> None:
    """Nobody has looked at anything."""
    _ROOM[:] = bytes(len(_ROOM))


def _slot(number: str) -> int:
    return crc32(number.encode()) % _SLOTS * _SECONDS.size


class Visits:
    """Middleware of the demo: a number in the address of a request means that somebody is at it."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for number in _NUMBER.findall(request.path):
            touch(number)
        return self.answer(request)
