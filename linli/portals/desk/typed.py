"""What somebody had typed when their session or appointment ended in the middle of a call: back after signing in."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import wraps
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from linli.base.errors import TooMany
from linli.residents.hats import Given, Opened
from linli.web.limits import check_rate

KEPT = "desk.typed"
LONGEST = 8_000  # characters: an address that needs no account must not fill the store
PER_MINUTE = 10  # from one address
FOR = timedelta(minutes=30)


def typed_stays(page: Opened[Given]) -> Opened[Given]:
    """Around a page of the desk: what was sent to it in vain waits in the session, sealed, for half an hour."""

    @wraps(page)
    def kept(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        response = page(request, *args, **kwargs)
        if request.method == "POST" and not hasattr(request, "desk"):
            _keep(request)
        return response

    return cast("Opened[Given]", kept)


def _keep(request: HttpRequest) -> None:
    try:
        check_rate(request, "typed", PER_MINUTE)
    except TooMany:
        return
    fields = {name: value for name, value in request.POST.dict().items() if name != "csrfmiddlewaretoken"}
    if sum(len(value) for value in fields.values()) <= LONGEST:
        kept = {"page": request.path, "at": timezone.now().isoformat(), "fields": fields}
        request.session[KEPT] = kept


def take_back(request: HttpRequest) -> dict[str, str]:
    """What waits for this page, once; empty when there is nothing or it is too old."""
    kept = request.session.get(KEPT)
    if not kept or kept["page"] != request.path:
        return {}
    del request.session[KEPT]
    fresh = datetime.fromisoformat(kept["at"]) > timezone.now() - FOR
    return dict(kept["fields"]) if fresh else {}
