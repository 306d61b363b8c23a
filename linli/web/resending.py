"""What was sent in vain, because the session or the form had grown old, is shown with one button to send it again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.csrf import csrf_failure

from linli.web.typed import OF_THE_FORM, Pairs, keep_typed, take_pairs

KEPT = "web.typed"
SECRET = re.compile(r"password|secret|otp")
CODES = re.compile(r"[\w.:/+=-]*", re.ASCII)  # keys and numbers of choices: nothing anybody would read
_ABOVE = 303  # an address that only takes forms leads whoever comes back to it to the page above


def from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that the form comes from a page of ours; whoever says nothing does not."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(said).netloc == request.get_host()


def grown_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For CSRF_FAILURE_VIEW: a form of our own page is shown again; what another site sent is refused as ever."""
    pairs = _sent(request)
    if not pairs or not from_our_page(request):
        return csrf_failure(request, reason)
    return _page(request, pairs, lost=bool(request.FILES), status=403)


def _sent(request: HttpRequest) -> Pairs:
    """Every field that was sent, but the token; none at all where one is a secret, which no page shows again."""
    pairs = [
        (name, str(value)) for name, values in request.POST.lists() for value in values if name != OF_THE_FORM
    ]
    return [] if any(SECRET.search(name) for name, _value in pairs) else pairs


class Resending:
    """Keeps what somebody sent after their session had ended, and shows it when they come back signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST":
            if _asks_to_sign_in(response) and not getattr(request, "typed_stays", False):
                keep_typed(request, KEPT, request.get_full_path(), pairs=_sent(request))
        elif response.status_code in {200, _ABOVE} and (pairs := _waiting(request, response.status_code)):
            return _page(request, pairs, lost=False, status=200)
        return response


def _waiting(request: HttpRequest, status: int) -> Pairs:
    """What waits for this page; a session that the page did not need is not read for it."""
    looked = request.session.accessed or status == _ABOVE
    if not (looked and KEPT in request.session and request.user.is_authenticated):
        return []
    return take_pairs(request, KEPT, request.get_full_path())


def _asks_to_sign_in(response: HttpResponse) -> bool:
    return response.status_code == 302 and urlsplit(response["Location"]).path == settings.LOGIN_URL


def _page(request: HttpRequest, pairs: Sequence[tuple[str, str]], *, lost: bool, status: int) -> HttpResponse:
    words = [value for _name, value in pairs if value.strip() and not CODES.fullmatch(value)]
    content = {"pairs": pairs, "words": words, "address": request.get_full_path(), "lost": lost}
    response = render(request, "web/resend.html", content, status=status)
    add_never_cache_headers(response)
    return response
