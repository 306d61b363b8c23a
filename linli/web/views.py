"""The reader's own choices: language and large type, kept in cookies, without an account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from linli.web.context import CARE_COOKIE
from linli.web.limits import limited

YEAR = 365 * 24 * 3600


@require_POST
@limited("preferences", 60)
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language or large type, and go back to the page it was chosen on."""
    response = HttpResponseRedirect(_own_page(request))
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    care = request.POST.get("care")
    if care in {"on", "off"}:
        _keep(response, CARE_COOKIE, care)
    return response


def _own_page(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
