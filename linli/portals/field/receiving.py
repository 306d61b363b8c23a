"""What devices send: one step, one opening, one photo at a time, each under a key of its own, each with a receipt.

The addresses are this door's own and not the API's: who sends is whoever is signed in on the device (a session, with
its protection against forged forms), and the API knows no sessions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, NotFound, NotYours, Stale, TooLarge
from linli.cases.attachments import MAX_BYTES, MAX_PER_STEP, Cleaned
from linli.cases.kinds import step_of
from linli.cases.models import Case
from linli.cases.offering import channel_of, openable
from linli.cases.opening import Origin, SentBefore
from linli.cases.reading import case_for
from linli.cases.receiving import SentOtherwise, Step, keep_photo, photos_sent, take_once
from linli.cases.sent import Sent
from linli.cases.steps import open_case, steps_open_to
from linli.portals.field.acting import as_shown, story
from linli.portals.field.forms import lost_to_somebody_faster
from linli.portals.field.seating import as_json, by_device
from linli.posts.actor import PostActor

LARGEST = 256 * 1024
MOST_FIELDS = 200
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class Item:
    """One thing that was written on a device: fields as a form sends them, and keys of photos by field."""

    opens: str
    number: str
    step: str
    seen: int
    fields: list[tuple[str, str]]
    photos: list[tuple[str, UUID]]
    written_at: datetime | None

    def data(self, **more: str) -> QueryDict:
        """The fields as a page's form would have sent them."""
        data = QueryDict(mutable=True)
        for name, value in self.fields:
            data.appendlist(name, value)
        for name, value in more.items():
            data[name] = value
        return data

    def files(self, by: PostActor) -> MultiValueDict[str, Cleaned]:
        """The photos that came ahead, by the field they were chosen in."""
        found = photos_sent([key for _field, key in self.photos], by=by)
        files: MultiValueDict[str, Cleaned] = MultiValueDict()
        for (field, _key), photo in zip(self.photos, found, strict=True):
            files.appendlist(field, photo)
        return files


@by_device("POST", per_minute=240)
def receive(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Take in one thing written on a device: 201 with its receipt, 200 if this key had brought it before."""
    item = _item(request)
    origin = Origin.of(f"field/{by.holding.account_id}", str(key), request.body)
    if item.opens:
        number, again = _opened(item, by, replace(origin, written_at=item.written_at))
    else:
        found = case_for(by, item.number)
        rule = step_of(found.kind, item.step)
        sent = Sent(found.pk, origin.key, origin.digest, item.written_at)
        step = Step(found, rule.name, item.seen, item.data(), item.files(by))
        try:
            number, again = found.number, take_once(step, sent, by=by)
        except (Stale, NotYours) as refusal:
            found = case_for(by, item.number)
            lost = found.version > item.seen and lost_to_somebody_faster(rule, found, by)
            if isinstance(refusal, NotYours) and not lost:
                raise
            return _overtaken(found, item, by)
    return as_json({"key": str(key), "number": number}, status=200 if again else 201)


def _opened(item: Item, by: PostActor, origin: Origin) -> tuple[str, bool]:
    kind = openable(item.opens, by)
    data = item.data(channel=channel_of(by))
    try:
        opened = open_case(kind.name, data, by=by, origin=origin, files=item.files(by))
    except SentBefore as refusal:
        raise SentOtherwise(number=refusal.number) from refusal
    except NotFound as refusal:
        raise Invalid(_("This place is not in your area. Choose another, or leave it open.")) from refusal
    return opened.number, opened.again


def _overtaken(found: Case, item: Item, by: PostActor) -> HttpResponse:
    """Somebody was faster: the case as it is now, to stand beside what was written; a person decides."""
    shown = {**as_shown(found, by), "changes": story(found, by, item.seen)}
    error = {
        "code": Stale.code,
        "sentence": str(Stale.sentence),
        "version": found.version,
        "open": item.step in {each.name for each in steps_open_to(by, found)},
        "html": render_to_string("field/overtaken.html", shown),
    }
    return as_json({"error": error}, status=Stale.status)


@by_device("PUT", per_minute=480)
def photo(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Take in a photo ahead of what it belongs to, under its own key and with its SHA-256 in `X-SHA256`."""
    digest = request.headers.get("X-SHA256", "")
    if not _SHA256.fullmatch(digest):
        raise Invalid(_("A photo comes with its SHA-256 in the header X-SHA256."))
    raw = request.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise TooLarge(_("A photo may have at most 10 MB. Please send a smaller one."))
    keep_photo(key, raw, digest, by=by)
    return as_json({"key": str(key), "sha256": digest})


def _item(request: HttpRequest) -> Item:
    """What was sent, as far as it has the right shape; Invalid otherwise, before anything is looked up."""
    raw = request.body
    if len(raw) > LARGEST:
        raise TooLarge
    try:
        given = json.loads(raw)
        item = Item(
            opens=_word(given.get("opens", "")),
            number=str(given.get("number", ""))[:30],
            step=_word(given.get("step", "")),
            seen=_version(given.get("seen", 0)),
            fields=[(str(name), _text(value)) for name, value in given["fields"]],
            photos=[(_word(field), UUID(key)) for field, key in given["photos"]],
            written_at=_moment(given.get("written_at")),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as trouble:
        raise Invalid(_("What the device sent cannot be read.")) from trouble
    if len(item.fields) > MOST_FIELDS or len(item.photos) > MAX_PER_STEP * 3 or not (item.opens or item.step):
        raise Invalid(_("What the device sent cannot be read."))
    return item


def _word(given: Any) -> str:
    if given != "" and not (isinstance(given, str) and _WORD.fullmatch(given)):
        raise ValueError(given)
    return str(given)


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(given)
    return given


def _version(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 10**9:
        raise ValueError(given)
    return given


def _moment(given: Any) -> datetime | None:
    """When it was written by the device's clock, in milliseconds; a clock that is far off is no reason to refuse."""
    if not isinstance(given, int | float) or isinstance(given, bool):
        return None
    try:
        return datetime.fromtimestamp(given / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
