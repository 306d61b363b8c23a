"""How often one address may ask: a small fixed window, counted in this process's cache."""

from __future__ import annotations

import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.base.errors import TooMany

MINUTE = 60
IPV6_NETWORK = 64  # one household or office has a whole /64 of addresses


def check_rate(request: HttpRequest, what: str, per_minute: int) -> None:
    """Count one more request of this sort from the client's address; TooMany when the minute is full.

    Several processes count apart, so with N of them the limit is at most N times as high.
    """
    now = int(time.time())
    key = f"rate/{what}/{client_address(request)}/{now // MINUTE}"
    if _counted(key) > per_minute:
        raise TooMany(
            _("Too many requests from your connection. Please wait a minute and try again."),
            retry_after=MINUTE - now % MINUTE,
        )


def _counted(key: str) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the first of this minute, or the cache was full and dropped the key
        return 1 if cache.add(key, 1, 2 * MINUTE) else _counted(key)


def client_address(request: HttpRequest) -> str:
    """The client's address; behind our own proxy the last one it put into X-Forwarded-For."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    given = forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network(f"{address}/{IPV6_NETWORK}", strict=False).network_address)
