"""What all pages of the entrance share: the frame of whoever is signed in, no copies, and somebody who is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.base.errors import NotYours
from linli.posts.accounts import CARE_COOKIE
from linli.residents.accounts import resident_of
from linli.residents.proving import freshly_proven
from linli.web.views import keep_choice

View = Callable[..., HttpResponse]


def entrance(view: View) -> View:
    """A page of the entrance; who is signed in keeps the frame of their own door."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            resident = resident_of(request.user)
            request.door = "resident/door.html" if resident else "desk/base.html"  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)
        response = view(request, *args, **kwargs)
        _bring_large_type(request, response)
        return response

    return cast(View, never_cache(shown))


def _bring_large_type(request: HttpRequest, response: HttpResponse) -> None:
    """Whoever has just signed in finds large type as they left it elsewhere, unless this browser has a choice."""
    if CARE_COOKIE not in request.COOKIES and getattr(request.user, "large_type", False):
        keep_choice(response, CARE_COOKIE, "on")


def own(view: View) -> View:
    """A page about the account of whoever is signed in."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        return view(request, *args, **kwargs)

    return entrance(checked)


def own_and_proven(view: View) -> View:
    """The same, after fresh proof: it changes how somebody signs in. The accounts of the demo are everybody's."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if settings.DEMO:
            raise NotYours(
                _("In the demo nobody has a password or a second factor, so there is none to change.")
            )
        return view(request, *args, **kwargs)

    return entrance(freshly_proven(checked))
