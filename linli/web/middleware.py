"""The one place where a refusal becomes an answer; and what only pages need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.exception import convert_exception_to_response
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseRedirectBase
from django.urls import is_valid_path
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Busy, Refusal, Unavailable
from linli.base.writing import is_store_trouble
from linli.residents.showing import forget, sheet
from linli.web.errors import API, answer
from linli.web.limits import UNKNOWN, client_address

Answer = Callable[[HttpRequest], HttpResponse]
_HOOKS = ("process_view", "process_exception", "process_template_response")
_DOCUMENTATION = "/docs"
_READING = {"GET", "HEAD", "OPTIONS"}
_EMPTY = {204, 301, 302, 303, 304, 307, 308}  # they lead elsewhere, and show nothing
_UNCHANGED = 304
_SAID = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}
_NUL = "NUL (0x00)"
COME_AGAIN = 2  # seconds; what was let in is served in less


class NotThisWay(Refusal):
    """The address exists, but is not opened like this (405)."""

    status = 405
    code = "not_this_way"
    sentence = gettext_lazy("This address cannot be opened like this.")


class Shell:
    """What every answer says to a browser, whoever gave it: a page, JSON, a file, a redirect, a refusal.

    An answer that says nothing of its own is kept by nobody, framed by nobody, and nothing in it runs or loads.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in _SAID.items():
            response.headers.setdefault(name, value)
        if response.status_code != _UNCHANGED:  # what was kept stays as it was kept
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Pages:
    """Runs settings.PAGE_MIDDLEWARE around pages; the API, which has neither session nor script, goes past it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.page: Any = get_response
        for path in reversed(settings.PAGE_MIDDLEWARE):
            around = import_string(path)(self.page)
            if any(hasattr(around, hook) for hook in _HOOKS):
                raise ImproperlyConfigured(f"{path} has a hook that Django calls: name it in MIDDLEWARE.")
            self.page = convert_exception_to_response(around)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path
        for_machines = path.startswith(API) and not path.endswith(_DOCUMENTATION)
        return (self.get_response if for_machines else self.page)(request)


class Room:
    """Gives four fifths of the web threads to requests that write, and asks the next to come again (503).

    The threads left over answer who reads, so a storm of reports keeps nobody from working; and what waits in the
    process is bounded. One address gets a quarter of these places: a body that never ends holds its place for as
    long as its sender likes, and no server of ours can break it off (a proxy that buffers does).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._left = max(1, settings.WEB_THREADS * 4 // 5)
        self._share = max(1, self._left // 4)
        self._held: Counter[str] = Counter()
        self._guard = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in _READING:
            return self.get_response(request)
        address = client_address(request)
        if not self._taken(address):
            return answer(request, Busy(retry_after=COME_AGAIN))
        try:
            return self.get_response(request)
        finally:
            self._given_back(address)

    def _taken(self, address: str) -> bool:
        with self._guard:
            if not self._left or (self._held[address] >= self._share and not _is_everybody(address)):
                return False
            self._left -= 1
            self._held[address] += 1
            return True

    def _given_back(self, address: str) -> None:
        with self._guard:
            self._left += 1
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]


def _is_everybody(address: str) -> bool:
    """A proxy that does not say for whom it asks, or a trial on this machine."""
    return address == UNKNOWN or ip_address(address).is_loopback


class NotRecorded(Unavailable):
    """What would have been shown cannot be written into the record of readings, so it is not shown."""

    code = "not_recorded"
    sentence = gettext_lazy(
        "Whoever reads what residents gave us is recorded, and that cannot be done at the moment. So nothing is shown; "
        "please try again in a few minutes."
    )


class MapPolicy:
    """Lets a page with a map, and no other, start the map's worker and load the background, if the place has one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "has_map", False):
            allowed = {"worker-src": ["'self'", "blob:"]}
            if settings.MAP_TILES:
                host = urlsplit(settings.MAP_TILES)
                allowed["connect-src"] = [f"{host.scheme}://{host.netloc}"]
            response._csp_update = allowed  # type: ignore[attr-defined]
        return response


class Recorded:
    """Has a row written for everybody whose record a request showed, before the answer leaves; else it is refused."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with sheet() as shown:
            response = self.get_response(request)
            if response.status_code in _EMPTY:
                return response
            try:
                shown.keep()
            except Unavailable:
                return answer(request, NotRecorded())
            return response


class SeeAbove(HttpResponseRedirectBase):
    """To the page a form stands on, for whoever opens the address it is sent to (303)."""

    status_code = 303


def _above(path: str) -> str:
    """The nearest address above one that exists; the home page lies above all."""
    parts = path.strip("/").split("/")
    for left in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:left])}/"
        if is_valid_path(above):
            return above
    return "/"


class Refusals:
    """Turns refusals raised in views, and trouble with the store, into pages or JSON.

    After an error the page has the address its form was sent to. Whoever comes back to it, by the choice of a language
    or from the history, comes to the page above it; machines are told 405.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            if request.method in {"GET", "HEAD"} and not request.path.startswith(API):
                return SeeAbove(_above(request.path))
            page = answer(request, NotThisWay())
            page["Allow"] = response.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what is ours to answer; everything else stays an error of the program."""
        forget()  # a refusal shows nobody's record
        if isinstance(exception, Refusal):
            return answer(request, exception)
        if isinstance(exception, OperationalError) and is_store_trouble(exception):
            return answer(request, Unavailable())
        if isinstance(exception, DataError) and _NUL in str(exception):  # PostgreSQL keeps no such character
            return answer(request, Refusal(_("Null characters are not allowed.")))
        if isinstance(exception, UnreadablePostError):
            return answer(request, Refusal(_("The request broke off before it was complete.")))
        return None
