"""The outbox: notices are rows written with the step, claimed and sent after it, retried, and shown when stuck."""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.base.writing import writing
from linli.cases.channels import CHANNELS, Message
from linli.cases.models import Case, Notice
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import Actor
from linli.posts.may import require

log = logging.getLogger("linli.notices")
BATCH = 25  # measured: by 100 an eighth less work, but whoever writes meanwhile waits 0.14 s instead of 0.04
CLAIM = timedelta(minutes=5)  # a sender that died gives its claim up after this
SPELL = 0.2  # seconds
# What a message is written from: whole cases and contacts would take twice the time, a thousand times a minute.
_READ = [
    "id", "channel", "step", "attempts", "about", "told_of", "case__number", "case__kind", "case__summary",
    "case__code_now", "case__category", "case__reporter", "case__opened_by", "case__closed_at", "contact__phone_sealed",
    "contact__key_version", "contact__language", "post__title",
]  # fmt: skip
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]


def register_entries() -> None:
    """Make the outbox's own ledger name known; called when the app starts."""
    register("notices.resend", label=lambda: gettext("Notice tried again"), redaction=Redaction.NO_WORDS)


def send_waiting(limit: int = BATCH) -> int:
    """Claim and send what waits (the worker loop calls this); return how many went out."""
    begun = timezone.now()
    if not _waiting(begun).exists():
        return 0
    ready, sent = deque(_ready(begun, limit)), 0
    while ready and timezone.now() < begun + CLAIM / 2:
        sent += _one_spell(ready)
    if ready:  # the gateway is slow: nobody else may find these claimed and never sent
        _give_back([notice for notice, _send in ready])
    return sent


def _one_spell(ready: deque[tuple[Notice, Message]]) -> int:
    """Send for a moment, then mark what went out: no more than this goes out twice when the sender dies."""
    end, sent = monotonic() + SPELL, []
    while ready:
        notice, send = ready.popleft()
        if _went_out(notice, send):
            sent.append(notice.pk)
        if monotonic() >= end:
            break
    if sent:
        with writing():
            Notice.objects.filter(pk__in=sent).update(state="sent", sent_at=timezone.now(), trouble="")
    return len(sent)


def _give_back(notices: list[Notice]) -> None:
    with writing():
        claimed = Notice.objects.filter(pk__in=[notice.pk for notice in notices], state="sending")
        claimed.update(state="waiting", next_try=timezone.now())


def _waiting(now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(Q(state="waiting") | Q(state="sending"), next_try__lte=now)


def _claim(now: datetime, limit: int) -> list[Notice]:
    """Mark notices as being sent, so that no other sender takes them; a dead sender's claim runs out.

    What they are about is read for these few only, not for all that wait.
    """
    with writing():
        first = _waiting(now).select_for_update(skip_locked=True).order_by("next_try")
        keys = list(first.values_list("pk", flat=True)[:limit])
        Notice.objects.filter(pk__in=keys).update(state="sending", next_try=now + CLAIM)
        read = Notice.objects.select_related("case", "contact", "post").only(*_READ)
        return list(read.filter(pk__in=keys).order_by("pk"))


def _ready(now: datetime, limit: int) -> list[tuple[Notice, Message]]:
    """Claim notices and write their messages in one transaction, so that one flush of the disk serves them all."""
    by_channel: dict[str, list[Notice]] = defaultdict(list)
    with writing():
        for notice in _claim(now, limit):
            by_channel[notice.channel].append(notice)
        return [each for channel, notices in by_channel.items() for each in _written(channel, notices)]


def _written(channel: str, notices: list[Notice]) -> list[tuple[Notice, Message]]:
    """What sends each notice; where one cannot be written, each is written alone, so that it holds up no other."""
    try:
        with writing():
            return list(zip(notices, CHANNELS[channel](notices), strict=True))
    except Exception as trouble:  # noqa: BLE001  whatever it was, it is met in that notice's turn
        if len(notices) == 1:
            return [(notices[0], partial(_meet, trouble))]
        return [each for notice in notices for each in _written(channel, [notice])]


def _meet(trouble: Exception) -> None:
    raise trouble


def _went_out(notice: Notice, send: Message) -> bool:
    try:
        send()
    except Exception as trouble:  # noqa: BLE001  a gateway can fail in any way; the row remembers and tries again
        _postpone(notice, trouble)
        return False
    return True


def _postpone(notice: Notice, trouble: Exception) -> None:
    log.warning("Notice %s not sent: %s", notice.pk, type(trouble).__name__)
    attempts = notice.attempts + 1
    stuck = attempts > len(WAITS)
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    with writing():
        Notice.objects.filter(pk=notice.pk).update(
            attempts=attempts,
            state="stuck" if stuck else "waiting",
            next_try=timezone.now() + wait,
            trouble=f"{type(trouble).__name__}: {trouble}"[:200],
        )


def hold_back(case: Case, until: datetime | None) -> None:
    """Let no message about a case go to its reporter before a moment, where telling at once would endanger somebody."""
    if until is not None:
        waiting = Notice.objects.filter(case=case, state="waiting", contact__isnull=False, next_try__lt=until)
        waiting.update(next_try=until)


def stuck_within(span: tuple[int, int]) -> QuerySet[Notice]:
    """What could not be sent about the cases of an area or to its posts, newest first; given up, or being tried."""
    waiting = Notice.objects.filter(Q(state="stuck") | Q(state__in=["waiting", "sending"], attempts__gt=0))
    here = Q(case__code_now__gte=span[0], case__code_now__lt=span[1])
    told = Q(case=None, post__division__code__gte=span[0], post__division__code__lt=span[1])
    return waiting.filter(here | told).select_related("case", "post__division").order_by("-id")


def resend(notice: Notice, *, by: Actor) -> None:
    """Try a notice again at once, with as many tries as at first."""
    require(by, "notices.resend", within=notice.place)
    with writing():
        waiting = Notice.objects.filter(pk=notice.pk).exclude(state="sent")
        again = waiting.update(state="waiting", attempts=0, next_try=timezone.now())
        if not again:
            raise Conflict(_("This notice has been sent meanwhile."))
        line = Line("notices.resend", by.by(), notice.place, facts={"notice": notice.pk})
        record(line)
