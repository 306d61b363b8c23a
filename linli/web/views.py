"""The reader's own choices: language and large type, kept in cookies, large type with an account too."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from linli.posts.accounts import CARE_COOKIE, remember_large_type
from linli.web.limits import limited

YEAR = 365 * 24 * 3600


@require_POST
@limited("preferences", 60)
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language or large type, and go back to the page it was chosen on."""
    response = HttpResponseRedirect(_own_page(request))
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        keep_choice(response, settings.LANGUAGE_COOKIE_NAME, language)
    care = request.POST.get("care")
    if care in {"on", "off"}:
        keep_choice(response, CARE_COOKIE, care)
        if request.user.is_authenticated:
            remember_large_type(request.user, on=care == "on")
    return response


def _own_page(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


def keep_choice(response: HttpResponse, name: str, value: str) -> None:
    """Leave a choice with the browser for a year."""
    response.set_cookie(
        name, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
