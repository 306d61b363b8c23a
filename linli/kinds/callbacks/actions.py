"""What can be done: one function per step of procedure.yaml, and nothing else writes."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from linli.base.errors import Invalid, Unavailable
from linli.cases.grouping import open_grouped
from linli.cases.opening import Draft, Opened, Origin
from linli.cases.taking import Version, taking
from linli.divisions.models import Division
from linli.kinds.callbacks.models import Callback, When
from linli.posts.actor import Actor
from linli.posts.models import Post, PostKind
from linli.residents.keeping import GivenContact

TRIES = 3


class Given(TypedDict, total=False):
    """What may be given when a call is asked for; a telephone number must be in `contact`."""

    when: str
    spoken: str
    text: str
    division: Division | None
    contact: GivenContact
    channel: str


def ask(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Given]
) -> Opened:
    """Note that somebody wants to be called (请求回电)."""
    when = When(given.get("when") or When.ANY)
    draft = Draft(
        kind="callbacks",
        by=by,
        division=given.get("division") or _hotline(),
        detail=Callback(when=when, spoken=given.get("spoken") or "mandarin", text=given.get("text", "")),
        summary=str(when.label),
        channel=given.get("channel", "web"),
        contact=given.get("contact") or GivenContact(),
        at=at,
        origin=origin,
    )
    return open_grouped(draft)


def talk(detail: Callback, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """They were spoken with (已通话); what they raised is taken in as a case of its own."""
    with taking("talk", detail, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def miss(detail: Callback, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """Nobody answered (未接通): it stays to be done, and the try is counted."""
    with taking("miss", detail, by=by, seen=seen, at=at) as now:
        now.detail.tries += 1
        now.facts(tries=now.detail.tries)
        now.words(note=note)


def give_up(
    detail: Callback, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """End it after several tries (多次未接通，结束); the person is told by text message."""
    with taking("give_up", detail, by=by, seen=seen, at=at) as now:
        if now.detail.tries < TRIES:
            raise Invalid(
                _("Ring at least %(tries)s times, at different hours, before you give up.") % {"tries": TRIES}
            )
        now.words(note=note)


def withdraw(
    detail: Callback, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """No call is needed any more (不用回电了)."""
    with taking("withdraw", detail, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def _hotline() -> Division:
    """The widest area with a call-taker: who says no place is called from there."""
    posts = Post.objects.filter(kind=PostKind.CALL_TAKER, until=None).select_related("division")
    found = posts.order_by("division__level", "division__code").first()
    if found is None:
        raise Unavailable
    return found.division
