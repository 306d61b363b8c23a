"""What somebody had typed when their session ended in the middle: it waits in the new one, sealed, for half an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from linli.base.errors import TooMany
from linli.web.limits import check_rate

LONGEST = 8_000  # characters: an address that needs no account must not fill the store
PER_MINUTE = 10  # from one address
FOR = timedelta(minutes=30)
ADDED = {"csrfmiddlewaretoken", "version"}  # what the page says, not the person


def keep_typed(request: HttpRequest, kept: str, page: str) -> None:
    """Keep what was sent in vain for a page, by its address, in the session's place `kept`; not if it is too much."""
    try:
        check_rate(request, "typed", PER_MINUTE)
    except TooMany:
        return
    fields = {name: value for name, value in request.POST.dict().items() if name not in ADDED}
    if sum(len(value) for value in fields.values()) <= LONGEST:
        request.session[kept] = {"page": page, "at": timezone.now().isoformat(), "fields": fields}


def take_back(request: HttpRequest, kept: str, page: str) -> dict[str, str]:
    """What waits for a page, once; empty when there is nothing or it is too old."""
    found = request.session.get(kept)
    if not found or found["page"] != page:
        return {}
    del request.session[kept]
    fresh = datetime.fromisoformat(found["at"]) > timezone.now() - FOR
    return dict(found["fields"]) if fresh else {}
