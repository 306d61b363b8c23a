"""How often one address may ask, or be wrong: small fixed windows, counted in this process's cache.

Every limit ends by itself, so nobody can be locked out for ever by somebody else.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
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
_TO_ONE_NUMBER = gettext_lazy(
    "A code was sent there just now, or too many were. Please wait a few minutes and try again."
)
_WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
UNKNOWN = "unknown"
IPV6_NETWORK = 64  # one household or office has a whole /64 of addresses
READING = {"GET", "HEAD", "OPTIONS"}
Given = ParamSpec("Given")
Page = Callable[Concatenate[HttpRequest, Given], HttpResponse]


@dataclass(frozen=True)
class Tries:
    """Wrong answers about one subject (a case's number, an account) in a window of so many seconds.

    `from_one` counts those from one address, `from_all` those from everywhere (0: no such limit); the second is
    wide, so that somebody with one connection cannot keep anybody else out.
    """

    what: str
    from_one: int
    from_all: int
    window: int

    def full(self, request: HttpRequest, subject: str) -> bool:
        """Whether there were too many; the answer that comes now must not count, right or wrong."""
        return any(int(cache.get(key) or 0) >= most for key, most in self._counts(request, subject))

    def wrong(self, request: HttpRequest, subject: str) -> bool:
        """Count one more wrong answer; True for the one that fills a limit."""
        counted = [(_counted(key, 2 * self.window), most) for key, most in self._counts(request, subject)]
        return any(now == most for now, most in counted)

    def _counts(self, request: HttpRequest, subject: str) -> Iterator[tuple[str, int]]:
        key = f"{self.what}/{subject}/{int(time.time()) // self.window}"
        yield f"{key}/{client_address(request)}", self.from_one
        if self.from_all:
            yield key, self.from_all


FOLLOWING = Tries("code", from_one=WRONG_CODES, from_all=0, window=HOUR)
PASSWORDS = Tries("password", from_one=10, from_all=100, window=15 * MINUTE)
# Six digits, and whoever gets this far has the password already: few tries, whatever the address.
FACTORS = Tries("factor", from_one=5, from_all=10, window=HOUR)


def limited(what: str, per_minute: int, *, reading: bool = False) -> Callable[[Page[Given]], Page[Given]]:
    """Around a page: so many forms (`reading`: requests of any sort) of this sort from one address in a minute."""

    def around(page: Page[Given]) -> Page[Given]:
        @wraps(page)
        def checked(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            if reading or request.method not in READING:
                check_rate(request, what, per_minute)
            return page(request, *args, **kwargs)

        return cast("Page[Given]", checked)

    return around


def check_rate(request: HttpRequest, what: str, per_minute: int) -> None:
    """Count one more request of this sort from the client's address; TooMany when the minute is full.

    Several processes count apart, so with N of them the limit is at most N times as high.
    """
    _check_minute(f"{what}/{client_address(request)}", per_minute, _FROM_ONE_ADDRESS)


def check_source_rate(source: str, per_minute: int) -> None:
    """The same for an outside system, by its code, whatever addresses its requests come from."""
    _check_minute(f"source/{source}", per_minute, _FROM_ONE_SOURCE)


def check_device_rate(account: int, what: str, per_minute: int) -> None:
    """The same for what somebody's own device sends by itself, whatever network it is in."""
    _check_minute(f"device/{what}/{account}", per_minute, _FROM_ONE_SOURCE)


def check_number(number: str) -> None:
    """Count one more code to this telephone number (or mailbox), whoever asks: one in a minute, six in an hour."""
    now = int(time.time())
    for window, most in ((MINUTE, 1), (HOUR, 6)):
        if _counted(f"number/{number}/{window}/{now // window}", 2 * window) > most:
            raise TooMany(_TO_ONE_NUMBER, retry_after=window - now % window)


def check_reports_for(number: object, per_hour: int) -> None:
    """Count one more report that leaves this telephone number: each sends it a message, also to who never reported."""
    digits = "".join(each for each in half_width(str(number or "")) if each.isdecimal())[:LONGEST_NUMBER]
    now = int(time.time())
    if digits and _counted(f"reports/{digits}/{now // HOUR}", 2 * HOUR) > per_hour:
        raise TooMany(
            _("Too many reports with this telephone number. Leave it out, or wait an hour."),
            retry_after=HOUR - now % HOUR,
        )


def this_minute() -> int:
    """The minute that limits count in now, by its number since 1970."""
    return int(time.time()) // MINUTE


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
    digits = "".join(each for each in half_width(number) if each.isdecimal())[:LONGEST_NUMBER]
    if FOLLOWING.full(request, digits):
        raise TooMany(
            _(
                "Too many wrong codes for this number. Please compare it with your receipt and try again in an hour."
            ),
            retry_after=HOUR - int(time.time()) % HOUR,
        )
    try:
        yield
    except NotFound:
        FOLLOWING.wrong(request, digits)
        raise


def _counted(key: str, kept: int = 2 * MINUTE) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the first of its time, or the cache was full and dropped the key
        return 1 if cache.add(key, 1, kept) else _counted(key, kept)


def client_address(request: HttpRequest) -> str:
    """The client's address; behind our own proxy the last one it put into X-Forwarded-For."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return _whole(forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=128)  # several limits ask for it within one request
def _whole(given: str) -> str:
    """The address to count by."""
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
