"""Dealing with a matter: done, asked about, returned, disclaimed, given more time, made to wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.cases.attachments import Photo, attach, keep
from linli.cases.taking import Taking, Version, taking
from linli.kinds.matters.models import Matter
from linli.posts.actor import Actor
from linli.posts.models import Post

MOST_PHOTOS = 18  # of one matter, beside those of the report: three times as many as one step takes


def handle(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    result: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """Say what was done (处置); when lead and helpers all have, somebody else checks it."""
    kept = [keep(photo) for photo in photos]
    with taking("handle", matter, by=by, seen=seen, at=at) as now:
        if now.by_post == now.case.lead_id or not now.detail.result:
            now.detail.result = result
        attach(now.case, kept, step="handle", at=now.at)
        now.facts(photos=len(kept))
        now.words(result=result)


def ask(matter: Matter, *, by: Actor, seen: Version, question: str, at: datetime | None = None) -> None:
    """Ask the reporter through Linli (询问): who deals with it still learns neither name nor number."""
    with taking("ask", matter, by=by, seen=seen, at=at) as now:
        now.words(question=question)


def answer(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    reply: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """The reporter answers, or adds something, while it is being handled (答复)."""
    kept = [keep(photo) for photo in photos]
    with taking("answer", matter, by=by, seen=seen, at=at) as now:
        _attach_more(now, kept)
        now.words(answer=reply)


def add(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    more: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """The reporter adds something while nobody is at work on it: before it is dispatched, or after (补充情况)."""
    kept = [keep(photo) for photo in photos]
    with taking("add", matter, by=by, seen=seen, at=at) as now:
        _attach_more(now, kept)
        now.words(more=more)


def _attach_more(now: Taking, kept: Sequence[Photo]) -> None:
    """Tie photos that came later to the case; they have an end, because these steps can be taken again and again."""
    there = now.case.attachments.filter(step__in=("add", "answer")).count() if kept else 0
    if there + len(kept) > MOST_PHOTOS:
        sentence = _(
            "This matter has room for %(most)d photos that are sent later. Say in words what else there is."
        )
        raise Conflict(sentence % {"most": MOST_PHOTOS})
    attach(now.case, kept, step=now.step.name, at=now.at)
    now.facts(photos=len(kept))


def decline(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """A helper says why it cannot help (协办退回); the dispatcher finds another or goes on without."""
    with taking("decline", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def excuse(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Go on without the helper that declined (不再需要协办)."""
    with taking("excuse", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def send_back(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Return a matter that was dispatched to the wrong post, with the reason (退回)."""
    with taking("send_back", matter, by=by, seen=seen, at=at) as now:
        now.facts(handler=now.case.lead_id)
        now.case.lead = None
        now.words(reason=reason)


def disclaim(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    reason: str,
    whose: Post | None = None,
    at: datetime | None = None,
) -> None:
    """Object that it is not one's own (职责异议), and say whose it is; the centre rules."""
    with taking("disclaim", matter, by=by, seen=seen, at=at) as now:
        now.facts(handler=now.case.lead_id, whose=whose.pk if whose else None)
        now.words(reason=reason, whose=whose.title if whose else "")


def request_extension(
    matter: Matter, *, by: Actor, seen: Version, amount: int, reason: str, at: datetime | None = None
) -> None:
    """Ask for more time, in the unit of the limit (申请延时); somebody else grants it."""
    with taking("request_extension", matter, by=by, seen=seen, at=at) as now:
        now.facts(amount=amount)
        now.words(reason=reason)


def extend(
    matter: Matter, *, by: Actor, seen: Version, amount: int, reason: str, at: datetime | None = None
) -> None:
    """Grant more time (批准延时); the reporter is told why, and the figures keep the first promise."""
    with taking("extend", matter, by=by, seen=seen, at=at) as now:
        now.extend_by("promise", amount)
        now.words(reason=reason)


def deny_extension(
    matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """Deny more time (不同意延时)."""
    with taking("deny_extension", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def suspend(
    matter: Matter, *, by: Actor, seen: Version, because: str, note: str = "", at: datetime | None = None
) -> None:
    """Let the clock rest for a listed reason (中止)."""
    with taking("suspend", matter, by=by, seen=seen, at=at) as now:
        now.rest_for(because)
        now.words(note=note)


def park(
    matter: Matter, *, by: Actor, seen: Version, because: str, note: str = "", at: datetime | None = None
) -> None:
    """Park what cannot be done for now (挂账); the figures are always shown with and without."""
    with taking("park", matter, by=by, seen=seen, at=at) as now:
        now.rest_for(because)
        now.words(note=note)


def resume(matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """Go on after a rest (恢复)."""
    with taking("resume", matter, by=by, seen=seen, at=at) as now:
        if not any(clock.resting for clock in now.clocks):
            raise Conflict(_("The clock of this case is not resting."))
        now.words(note=note)
