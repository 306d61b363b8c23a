"""Pushing feeds: batches are made from positions, claimed, sent outside any transaction, retried, at last stuck.

A feed has one unfinished batch at most (the database sees to it), so what failed holds back what comes after it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils import timezone

from linli.base.addresses import NotSent, post
from linli.base.writing import writing
from linli.cases.notices import WAITS
from linli.exchange.feeds.keeping import secret_of
from linli.exchange.feeds.reading import page_of
from linli.exchange.handling import feed_runs
from linli.exchange.models import Batch, Feed

log = logging.getLogger("linli.feeds")
ENTRIES = 200  # in one batch
CLAIM = timedelta(
    minutes=2
)  # longer than the longest request; a sender that died gives its claim up after this
KEPT = timedelta(days=30)  # of batches that were taken


def send_feeds() -> int:
    """Send the next batch of every feed that is pushed (the worker loop calls this); return how many were taken."""
    going = Feed.objects.filter(until=None, paused_at=None, source__until=None).exclude(url="")
    return sum(
        _sent(feed) for feed in going.select_related("source__division", "division") if feed_runs(feed)
    )


def _sent(feed: Feed) -> int:
    """One feed's turn; whatever goes wrong in it does not keep the others waiting."""
    try:
        return send_next(feed)
    except Exception:
        log.exception("The feed of %s could not be pushed; it is tried again", feed.source.code)
        return 0


def send_next(feed: Feed) -> int:
    """Send the next batch of a feed: 1 if it was taken, 0 if there is none or it has to wait."""
    batch = Batch.objects.filter(feed=feed).exclude(state="sent").first() or _made(feed)
    claimed_until = _claimed(batch) if batch else None
    if batch is None or claimed_until is None:
        return 0
    try:
        _send(feed, batch)
    except Exception as trouble:  # noqa: BLE001  a receiver can fail in any way; the row remembers and tries again
        _postpone(batch, claimed_until, trouble)
        return 0
    with writing():
        _mine(batch, claimed_until).update(state="sent", sent_at=timezone.now(), trouble="")
    return 1


def _made(feed: Feed) -> Batch | None:
    """Move the mark and make a batch in one transaction; None where nothing new may leave, or somebody was faster."""
    page = page_of(feed, feed.mark, ENTRIES)
    if page.next == feed.mark:
        return None
    try:
        with writing():
            if not Feed.objects.filter(pk=feed.pk, mark=feed.mark, until=None).update(mark=page.next):
                return None
            if not page.rows:
                return None
            return Batch.objects.create(feed=feed, after=feed.mark, upto=page.next, entries=len(page.rows))
    except IntegrityError:  # another process has one under way
        return None


def _claimed(batch: Batch) -> datetime | None:
    """Mark a batch as being sent, so that no other sender takes it; None where it is not its time, or taken."""
    now = timezone.now()
    due = Batch.objects.filter(pk=batch.pk, state__in=["waiting", "sending"], next_try__lte=now)
    if not due.exists():
        return None
    with writing():
        return now + CLAIM if due.update(state="sending", next_try=now + CLAIM) else None


def _mine(batch: Batch, claimed_until: datetime) -> QuerySet[Batch]:
    return Batch.objects.filter(pk=batch.pk, state="sending", next_try=claimed_until)


def _send(feed: Feed, batch: Batch) -> None:
    body = body_of(feed, batch)
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Linli",
        "Linli-Delivery": str(batch.pk),
        "Linli-Signature": f"t={moment},v1={signature(secret_of(feed), moment, body)}",
    }
    post(feed.url, body, headers)


def body_of(feed: Feed, batch: Batch) -> bytes:
    """What is posted: the entries as a pull between the same positions gives them now."""
    page = page_of(feed, batch.after, ENTRIES, upto=batch.upto)
    said = {
        "delivery": str(batch.pk),
        "feed": feed.source.code,
        "after": batch.after,
        "next": batch.upto,
        "entries": page.rows,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 (hex) over the moment, a full stop and the body."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def _postpone(batch: Batch, claimed_until: datetime, trouble: Exception) -> None:
    said = str(trouble) if isinstance(trouble, NotSent) else f"failed {type(trouble).__name__}"
    log.warning("Batch %s not sent: %s", batch.pk, said)
    attempts = batch.attempts + 1
    stuck = attempts > len(WAITS)
    with writing():
        _mine(batch, claimed_until).update(
            attempts=attempts,
            state="stuck" if stuck else "waiting",
            next_try=timezone.now() + WAITS[min(attempts, len(WAITS)) - 1],
            trouble=said[:100],
        )


def failing() -> QuerySet[Batch]:
    """Batches that are stuck or have failed at least once, of all feeds."""
    unfinished = Batch.objects.filter(Q(state="stuck") | Q(state__in=["waiting", "sending"], attempts__gt=0))
    return unfinished.filter(feed__paused_at=None).select_related("feed__source")


def forget_sent(now: datetime | None = None) -> int:
    """Forget batches that were taken long ago (the worker loop calls this); return how many."""
    old = Batch.objects.filter(state="sent", sent_at__lt=(now or timezone.now()) - KEPT)
    if not old.exists():
        return 0
    with writing():
        return old.delete()[0]
