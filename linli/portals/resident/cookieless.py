"""Reporting in a browser that keeps no cookies, as some in-app browsers do: number and code are the answer itself.

A report needs no account, so a forged one gains nothing that the open API does not give; what is left to check is
that the browser says the form was sent from our own page.
"""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from linli.portals.resident.door import View
from linli.web.resending import from_our_page

_MARK = "cookieless"


def cookies_optional(view: View) -> View:
    """Around a form anybody may send: the usual check where the browser keeps our cookie, else where it came from."""
    check = CsrfViewMiddleware(view)

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        refusal = check.process_view(request, view, args, kwargs)  # type: ignore[arg-type]
        if refusal is not None:
            if settings.CSRF_COOKIE_NAME in request.COOKIES or not from_our_page(request):
                return refusal
            setattr(request, _MARK, True)
        return view(request, *args, **kwargs)

    return csrf_exempt(checked)


def keeps_no_cookies(request: HttpRequest) -> bool:
    """Whether nothing that is put into this browser's session will ever come back."""
    return getattr(request, _MARK, False)
