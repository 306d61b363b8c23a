"""Which matters a visitor of the demo has just looked at: the simulator leaves them alone for ten minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

LEAVE_ALONE = timedelta(minutes=10)
MOST = 5000
_NUMBER = re.compile(r"\d{6}-\d\d-\d{5,}-\d")
_seen: dict[str, datetime] = {}


def touch(number: str) -> None:
    """Somebody is looking at this matter now."""
    if len(_seen) > MOST:
        _seen.clear()
    _seen[number] = timezone.now()


def is_held(number: str, now: datetime) -> bool:
    """Whether somebody looked at it within the last ten minutes."""
    seen = _seen.get(number)
    return seen is not None and now - seen < LEAVE_ALONE


class Visits:
    """Middleware of the demo: a number in the address of a request means that somebody is at it."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for number in _NUMBER.findall(request.path):
            touch(number)
        return self.answer(request)
