"""Fresh proof of who sits there, asked again before something sensitive is shown or changed.

An open session proves that somebody signed in this morning, not who reads the screen now.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from linli.base.errors import NotYours

PROOF_LASTS = 15 * 60  # seconds
READING = {"GET", "HEAD"}
Given = ParamSpec("Given")
Page = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def recently_proven(request: HttpRequest) -> bool:
    """Whether this session's person signed in, or proved again who they are, within the last quarter of an hour.

    In the demo nobody has anything to prove it with, so there it is always true.
    """
    if not request.user.is_authenticated:
        return False
    if settings.DEMO:
        return True
    now = time.time()
    records = get_authentication_records(request, request.user)
    return any(0 <= now - record.get("at", 0) < PROOF_LASTS for record in records)


def freshly_proven(page: Page[Given]) -> Page[Given]:
    """Around a page that needs fresh proof: the person is asked for it, and comes back to the page afterwards.

    Residents give a code from their telephone or a passkey; staff their password, a code or a passkey.
    """

    @wraps(page)
    def checked(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(_page_to_come_back_to(request), reverse("account_login"))
        if recently_proven(request):
            return page(request, *args, **kwargs)
        return _asked(request)

    return cast("Page[Given]", checked)


def _asked(request: HttpRequest) -> HttpResponse:
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        raise NotYours(_("This page is for somebody who signed in just now. Sign out, and in again."))
    if request.method not in READING:
        messages.info(request, _("First show that it is you. Then do it once more: nothing has changed yet."))
    return redirect(f"{methods[0]['url']}?{urlencode({'next': _page_to_come_back_to(request)})}")


def _page_to_come_back_to(request: HttpRequest) -> str:
    """The page itself; for a form that was sent, the page it stood on."""
    if request.method in READING:
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return (urlsplit(came_from).path if ours else "") or "/"
