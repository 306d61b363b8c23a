"""What all pages of this door share: its navigation, and that browsers keep no copy of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.cache import add_never_cache_headers

from linli.posts.actor import PartyActor
from linli.residents.showing import read_by

BASE = "resident/door.html"

View = Callable[..., HttpResponse]
# Residents have a telephone, no password: whoever is not signed in is asked for the number, and comes back.
signed_in = login_required(login_url=reverse_lazy("account_request_login_code"))


def resident_page(view: View) -> View:
    """A view of this door: refusals wear its navigation too, and nothing stays in a shared computer's cache."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        request.door = BASE  # type: ignore[attr-defined]
        read_by(PartyActor("reporter"))  # this door shows nobody anything but their own
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return shown
