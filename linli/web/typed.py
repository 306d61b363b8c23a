"""What somebody had typed when their session ended in the middle: it waits in the new one, sealed, for half an hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from linli.base.errors import TooMany
from linli.web.limits import check_rate

LONGEST = 8_000  # characters: an address that needs no account must not fill the store
PER_MINUTE = 10  # from one address
FOR = timedelta(minutes=30)
OF_THE_FORM = "csrfmiddlewaretoken"  # the name of what proves that a form is ours
ADDED = {OF_THE_FORM, "version"}  # what the page says, not the person
Pairs = Sequence[tuple[str, str]]  # names and values, as they were sent


def keep_typed(request: HttpRequest, kept: str, page: str, *, pairs: Pairs | None = None) -> None:
    """Keep what was sent in vain for a page, by its address, in the session's place `kept`; not if it is too much.

    Without `pairs` it is what the person typed, the last value of each name.
    """
    try:
        check_rate(request, "typed", PER_MINUTE)
    except TooMany:
        return
    if pairs is None:
        pairs = [(name, str(value)) for name, value in request.POST.dict().items() if name not in ADDED]
    if pairs and sum(len(value) for _name, value in pairs) <= LONGEST:
        request.session[kept] = {"page": page, "at": timezone.now().isoformat(), "pairs": list(pairs)}


def take_back(request: HttpRequest, kept: str, page: str) -> dict[str, str]:
    """What waits for a page, once; empty when there is nothing or it is too old."""
    return dict(take_pairs(request, kept, page))


def take_pairs(request: HttpRequest, kept: str, page: str) -> Pairs:
    """The same with every value of each name."""
    found = request.session.get(kept)
    if not found or found["page"] != page:
        return []
    del request.session[kept]
    fresh = datetime.fromisoformat(found["at"]) > timezone.now() - FOR
    return [(name, value) for name, value in found["pairs"]] if fresh else []
