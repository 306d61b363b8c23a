"""Pulling a feed by position, and its data dictionary. Never a session: the key says which system asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from linli.base.errors import Invalid
from linli.exchange.feeds.dictionary import dictionary_of
from linli.exchange.feeds.keeping import running_feed_of
from linli.exchange.feeds.reading import LARGEST, page_of
from linli.exchange.models import Feed
from linli.exchange.sources import require_rate, source_of
from linli.posts.tokens import Unknown
from linli.web.limits import check_rate

WRONG_KEYS = 60  # in a minute, per address
USUAL = 200  # rows of a page


@require_safe
@conditional_page
def feed(request: HttpRequest) -> JsonResponse:
    """What happened after a position: `entries`, `next` to go on from, and whether `more` lies there."""
    found = _feed_of(request)
    page = page_of(
        found, _number(request, "after", 0), _number(request, "limit", USUAL, least=1, most=LARGEST)
    )
    return _said({"feed": found.source.code, "entries": page.rows, "next": page.next, "more": page.more})


@require_safe
@conditional_page
def dictionary(request: HttpRequest) -> JsonResponse:
    """What each field means and which codes there are, in both languages."""
    return _said(dictionary_of(_feed_of(request)))


def _feed_of(request: HttpRequest) -> Feed:
    """The feed of the system whose key came with the request, counted against what it may ask."""
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        check_rate(request, "feed-key", WRONG_KEYS)
        raise Unknown(_("Send this system's key: Authorization: Bearer …"))
    try:
        source = source_of(secret.strip())
    except Unknown:
        check_rate(request, "feed-key", WRONG_KEYS)
        raise
    require_rate(source, f"GET {request.path}")
    return running_feed_of(source)


def _number(request: HttpRequest, name: str, usual: int, *, least: int = 0, most: int = 2**63 - 1) -> int:
    given = request.GET.get(name, "")
    if not given:
        return usual
    if not (given.isascii() and given.isdigit() and len(given) < 20 and least <= int(given) <= most):
        raise Invalid(
            fields={name: [_("A whole number from %(least)d to %(most)d.") % {"least": least, "most": most}]}
        )
    return int(given)


def _said(content: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, no-cache"
    return response
