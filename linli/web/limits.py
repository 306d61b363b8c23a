"""How often one address may ask: a small fixed window, counted in this process's cache."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import NotFound, TooMany
from linli.base.text import half_width

MINUTE = 60
HOUR = 60 * MINUTE
WRONG_CODES = 10  # for one number from one address within an hour; a code has 36 bits
LONGEST_NUMBER = 30
_FROM_ONE_ADDRESS = gettext_lazy(
    "Too many requests from your connection. Please wait a minute and try again."
)
_FROM_ONE_SOURCE = gettext_lazy(
    "More requests in a minute than agreed for this system. Please wait a minute and go on."
)
_WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
UNKNOWN = "unknown"
IPV6_NETWORK = 64  # one household or office has a whole /64 of addresses


def check_rate(request: HttpRequest, what: str, per_minute: int) -> None:
    """Count one more request of this sort from the client's address; TooMany when the minute is full.

    Several processes count apart, so with N of them the limit is at most N times as high.
    """
    _check_minute(f"{what}/{client_address(request)}", per_minute, _FROM_ONE_ADDRESS)


def check_source_rate(source: str, per_minute: int) -> None:
    """The same for an outside system, by its code, whatever addresses its requests come from."""
    _check_minute(f"source/{source}", per_minute, _FROM_ONE_SOURCE)


def _check_minute(who: str, per_minute: int, sentence: object) -> None:
    now = int(time.time())
    if _counted(f"rate/{who}/{now // MINUTE}") > per_minute:
        raise TooMany(sentence, retry_after=MINUTE - now % MINUTE)


def check_post_rate(post: int, what: str, *, per_minute: int, per_hour: int) -> None:
    """Count one more request of this sort from a post, wherever it sits; TooMany when minute or hour is full."""
    now = int(time.time())
    for window, most in ((MINUTE, per_minute), (HOUR, per_hour)):
        if _counted(f"post/{what}/{post}/{window}/{now // window}", 2 * window) > most:
            raise TooMany(
                _("Too many look-ups from this post. Please take the call without one, or wait a while."),
                retry_after=window - now % window,
            )


@contextmanager
def trying_code(request: HttpRequest, number: str) -> Iterator[None]:
    """Around a look-up by a case's number and follow code: NotFound counts as a wrong code for that number.

    TooMany once there were too many from this address; other addresses go on, so that nobody can lock a reporter out.
    """
    now = int(time.time())
    digits = "".join(each for each in half_width(number) if each.isdecimal())[:LONGEST_NUMBER]
    key = f"code/{digits}/{client_address(request)}/{now // HOUR}"
    if int(cache.get(key) or 0) >= WRONG_CODES:
        raise TooMany(
            _(
                "Too many wrong codes for this number. Please compare it with your receipt and try again in an hour."
            ),
            retry_after=HOUR - now % HOUR,
        )
    try:
        yield
    except NotFound:
        _counted(key, 2 * HOUR)
        raise


def _counted(key: str, kept: int = 2 * MINUTE) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the first of its time, or the cache was full and dropped the key
        return 1 if cache.add(key, 1, kept) else _counted(key, kept)


def client_address(request: HttpRequest) -> str:
    """The client's address; behind our own proxy the last one it put into X-Forwarded-For."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    given = forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
    address = _readable(given)
    if address is None:
        return UNKNOWN
    # A socket for both families says so: else all old addresses were one.
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network(f"{address}/{IPV6_NETWORK}", strict=False).network_address)


def _readable(given: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, also with the port that some proxies write behind it."""
    with_port = _WITH_PORT.fullmatch(given)
    bare = (with_port.group(1) or with_port.group(2)) if with_port else given
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        return None
