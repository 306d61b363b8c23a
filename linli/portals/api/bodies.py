"""Reading what was sent: one JSON object of bounded size, or a sentence that says what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, Refusal, TooLarge

LARGEST = 256 * 1024  # 6,000 characters, each escaped, are 72 KB
LONGEST_KEY = 200
_RANDOM = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[\w+/=-]{22,}", re.IGNORECASE)
_LEAST_VARIED = 10  # different characters; 22 random ones have fewer once in millions


class Malformed(Refusal):
    """The body is no JSON object (400)."""

    code = "malformed"


class NoLength(Refusal):
    """The body came in pieces of unknown length, which WSGI cannot read (411)."""

    status = 411
    code = "no_length"


class WrongType(Refusal):
    """The body is something else than JSON (415)."""

    status = 415
    code = "wrong_type"


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The body as an object. Size and type are looked at before anything is parsed."""
    if request.content_type != "application/json":
        raise WrongType(_("Send JSON, with the header Content-Type: application/json."))
    if _length(request) > LARGEST:
        raise TooLarge(_("The body is larger than %(most)d KB.") % {"most": LARGEST // 1024})
    if not _length(request) and "Transfer-Encoding" in request.headers:
        raise NoLength(_("Send the body in one piece, with the header Content-Length."))
    if not request.body:
        raise Malformed(_('The body is empty. Send a JSON object such as {"text": "…"}.'))
    return _object(request.body)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = _decoder.decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as trouble:
        raise Malformed(_("The body is not readable as JSON in UTF-8.")) from trouble
    if not isinstance(given, dict):
        raise Malformed(_('The body is JSON, but not an object such as {"text": "…"}.'))
    return given


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Malformed(_("A name stands twice in one JSON object: %(name)s") % {"name": name[:60]})
        found[name] = value
    return found


def _no_number(word: str) -> Any:
    raise Malformed(_("%(word)s is not a number in JSON.") % {"word": word})


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def idempotency_key(request: HttpRequest) -> str:
    """The client's key for this request, or nothing."""
    key: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return ""
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid(
            _("Idempotency-Key must be 1 to %(most)d printable ASCII characters, such as a random UUID.")
            % {"most": LONGEST_KEY}
        )
    return key


def cannot_be_guessed(key: str) -> bool:
    """Whether a key looks random: a UUID, or 22 and more characters of many sorts, letters and digits mixed."""
    mixed = any(each.isdigit() for each in key) and any(each.isalpha() for each in key)
    return bool(_RANDOM.fullmatch(key)) and mixed and len(set(key)) >= _LEAST_VARIED
