"""What devices send that work without signal: each step and each photo is taken once, however often it comes."""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.base.errors import Conflict, Invalid, Refusal
from linli.base.writing import writing
from linli.cases.attachments import Cleaned, cleaned_photo, drop, keep, path_of
from linli.cases.models import Case, Sending, SentPhoto
from linli.cases.sent import Sent, as_sent
from linli.cases.steps import take
from linli.posts.actor import PostActor

WAITS = timedelta(days=7)  # for its step; sent again after that, which costs the device only time
BATCH = 100


class SentOtherwise(Conflict):
    """A key came a second time, with something else."""

    code = "sent_otherwise"
    sentence = gettext_lazy(
        "This was received before with other content. What was received stands; enter the rest as something new."
    )


class PhotosMissing(Conflict):
    """The photos with these keys (`photos` in facts) have not come, or waited too long: they are to be sent again."""

    code = "photos_missing"
    sentence = gettext_lazy("Some photos have not arrived. They are sent again by themselves.")


@dataclass(frozen=True)
class Step:
    """A step as a device sends it: the case, the step's name, the version that was seen, and what was filled in."""

    case: Case
    name: str
    seen: int
    data: Mapping[str, Any]
    files: Any


def take_once(step: Step, sent: Sent, *, by: PostActor) -> bool:
    """Take a step unless the same key took it before; whether it had. SentOtherwise for a key with another body."""
    if _taken_before(sent):
        return True
    try:
        with as_sent(sent):
            take(step.case, step.name, step.data, by=by, seen=step.seen, files=step.files)
    except (Refusal, IntegrityError):
        if _taken_before(sent):  # it was sent twice in one moment, and the other was faster
            return True
        raise
    return False


def _taken_before(sent: Sent) -> bool:
    row = Sending.objects.filter(key=sent.key).first()
    if row is None:
        return False
    if row.case_id != sent.case or not hmac.compare_digest(row.digest, sent.digest):
        raise SentOtherwise
    return True


class Damaged(Invalid):
    """Other bytes arrived than were sent."""

    code = "damaged"
    sentence = gettext_lazy("The photo did not arrive whole. It is sent again by itself.")


def keep_photo(key: UUID, raw: bytes, received: str, *, by: PostActor) -> None:
    """Take a photo in ahead of its step: looked through, cleaned, and durable on disk before this returns.

    `received` is the SHA-256 that the device counted; Damaged where something else arrived.
    """
    account = by.holding.account_id
    row = SentPhoto.objects.filter(key=key).first()
    if row and (row.account_id != account or not hmac.compare_digest(row.received, received)):
        raise SentOtherwise
    if row and path_of(row.digest).is_file():
        return
    if not hmac.compare_digest(hashlib.sha256(raw).hexdigest(), received):
        raise Damaged
    photo = keep(cleaned_photo(io.BytesIO(raw)))
    given = {"account_id": account, "received": received, "digest": photo.digest, "at": timezone.now()}
    with writing():
        SentPhoto.objects.update_or_create(key=key, defaults=given)


def photos_sent(keys: Sequence[UUID], *, by: PostActor) -> list[Cleaned]:
    """The photos that came ahead, in this order; PhotosMissing names those that are not here (any more)."""
    rows = SentPhoto.objects.filter(key__in=keys, account=by.holding.account_id)
    paths = {row.key: path_of(row.digest) for row in rows}
    missing = [str(key) for key in keys if key not in paths or not paths[key].is_file()]
    if missing:
        raise PhotosMissing(photos=missing)
    return [Cleaned(paths[key].read_bytes()) for key in keys]


def forget_photos(now: datetime | None = None) -> int:
    """Throw away photos whose step never came, and the rows of those whose step did (a loop calls this)."""
    past = SentPhoto.objects.filter(at__lt=(now or timezone.now()) - WAITS)
    rows = list(past[:BATCH])
    if not rows:
        return 0
    with writing():
        SentPhoto.objects.filter(pk__in=[row.pk for row in rows]).delete()
    drop({row.digest for row in rows}, now or timezone.now())
    return len(rows)
