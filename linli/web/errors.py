"""How a refusal looks: a page that says what is wrong and what to do next, or JSON for the API."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from linli.base.errors import NotFound, NotYours, Refusal, TooLarge, Unavailable
from linli.base.writing import is_store_trouble
from linli.web.context import every_page

API = ("/api/", "/open311/", "/exchange/")  # read by machines
WAIT_SECONDS = {429: 60, 503: 120}


@dataclass(frozen=True)
class Advice:
    """The heading of a message page, and what the reader does next."""

    title: str | Promise
    then: str | Promise


OTHERWISE = Advice(
    _("This was not done"), _("Go back, change what is needed and try again. Nothing was saved.")
)
ADVICE = {
    403: Advice(
        _("You may not do this here"),
        _("If this is your work, check which post you are signed in with, or ask your administrator."),
    ),
    404: Advice(
        _("Nothing found here"),
        _("Check the address or the number for typing mistakes, or start again from the home page."),
    ),
    409: Advice(
        _("Things have moved on"),
        _("Open the page again: it shows how things stand now. What you did here was not saved."),
    ),
    413: Advice(
        _("This is too large"),
        _("Go back and choose fewer or smaller files, or shorten the text. Nothing was saved."),
    ),
    422: Advice(
        _("Please check what you entered"),
        _("Go back with your browser: what you wrote is usually still there."),
    ),
    429: Advice(_("Too many at once"), _("Wait a minute, then go back and send it again.")),
    503: Advice(
        _("We cannot save anything just now"),
        _("Keep what you wrote and try again in a few minutes. If it is urgent, telephone."),
    ),
}


class _Facts(DjangoJSONEncoder):
    """Facts are for machines, but an odd one must not turn a refusal into a failure."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: at the machines' doors, or a page's own script, of which the view says so."""
    return request.path.startswith(API) or getattr(request, "by_script", False)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as the reader can use it: JSON for programs, else a page with the right status."""
    if wants_json(request):
        error = {**refusal.facts, "code": refusal.code, "sentence": refusal.sentence}
        response: HttpResponse = JsonResponse({"error": error}, encoder=_Facts, status=refusal.status)
    else:
        response = HttpResponse(_page(request, refusal), status=refusal.status)
    if refusal.status in WAIT_SECONDS:
        response["Retry-After"] = str(refusal.facts.get("retry_after", WAIT_SECONDS[refusal.status]))
    return response


def _page(request: HttpRequest, refusal: Refusal) -> str:
    content = {
        "status": refusal.status,
        "advice": ADVICE.get(refusal.status, OTHERWISE),
        "sentence": refusal.sentence,
        "points": _points(refusal.facts.get("fields")),
        "back": _page_before(request),
    }
    if refusal.status >= 500:  # the store may be gone: no session, no account
        return render_to_string("web/frame_failure.html", {**every_page(request), **content})
    return render_to_string("web/frame_message.html", content, request=request)


def _points(fields: object) -> list[str]:
    """What is wrong where, flattened to sentences."""
    if isinstance(fields, dict):
        return [sentence for found in fields.values() for sentence in _points(found)]
    if isinstance(fields, list | tuple):
        return [str(sentence) for sentence in fields]
    return [str(fields)] if fields else []


def _page_before(request: HttpRequest) -> str:
    """The page the reader came from, if it is one of ours and not this very page."""
    before = request.headers.get("Referer", "")
    ours = {urlsplit(f"//{request.META.get('HTTP_HOST', '')}").netloc}
    if not url_has_allowed_host_and_scheme(before, allowed_hosts=ours):
        return ""
    parts = urlsplit(before)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "" if request.method == "GET" and path == request.get_full_path() else path


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For handler400: a request that could not be read."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return answer(request, TooLarge())
    return answer(request, Refusal(_("The request could not be read.")))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For handler403."""
    return answer(request, NotYours())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For handler404."""
    return answer(request, NotFound())


def failed(request: HttpRequest) -> HttpResponse:
    """For handler500: our own mistake, or a store that is gone. Needs no database."""
    trouble = sys.exc_info()[1]
    if isinstance(trouble, OperationalError) and is_store_trouble(trouble):
        return answer(request, Unavailable())
    sentence = _("Something went wrong on our side. It has been recorded.")
    if wants_json(request):
        return JsonResponse({"error": {"code": "failed", "sentence": str(sentence)}}, status=500)
    return HttpResponse(
        render_to_string("500.html", {**every_page(request), "sentence": sentence}), status=500
    )
