"""Finding a matter done: checked by somebody else, then the reporter has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linli.cases.attachments import attach, keep
from linli.cases.taking import Version, taking
from linli.kinds.matters.models import Matter
from linli.kinds.matters.rounds import promise, rework
from linli.posts.actor import Actor
from linli.posts.lookup import superior, topmost
from linli.posts.models import Post, PostKind

REOPENINGS = 2  # from the second reopening on, an upper post decides


def check(matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """Find it done, on site or by the papers (核查通过); now the reporter has the last word."""
    with taking("check", matter, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def fail(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Find it not done (核查不通过): the same post handles it again (返工)."""
    with taking("fail", matter, by=by, seen=seen, at=at) as now:
        rework(now)
        now.words(reason=reason)


def confirm(matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """The reporter says that it is solved, also through an independent call-back (确认已解决)."""
    with taking("confirm", matter, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def contest(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    reason: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """The reporter says that it is not solved: the same post handles it again, and a new limit runs (返工)."""
    kept = [keep(photo) for photo in photos]
    with taking("contest", matter, by=by, seen=seen, at=at) as now:
        attach(now.case, kept, step="contest", at=now.at)
        promise(now)
        if now.case.lead:
            rework(now)
        else:  # settled on the spot: nobody was given it yet
            now.enter("accepted", start=("promise",))
            now.hand_to_nearest(PostKind.DISPATCHER)
        now.words(reason=reason)


def lapse(matter: Matter, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Nobody answered in time: closed as unconfirmed (未确认), never as satisfied."""
    with taking("lapse", matter, by=by, seen=seen, at=at):
        pass


def reopen(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    reason: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """The reporter wants a finished matter taken up again (要求重办); after the second time an upper post decides."""
    kept = [keep(photo) for photo in photos]
    with taking("reopen", matter, by=by, seen=seen, at=at) as now:
        attach(now.case, kept, step="reopen", at=now.at)
        now.detail.rounds += 1
        now.detail.reopened += 1
        now.detail.next_owner = None
        promise(now)
        upper = _upper_head(now.case.lead, now.case.code_now)
        if now.detail.reopened >= REOPENINGS and upper:
            now.enter("deciding")
            now.hand_to(upper)
        now.facts(reopened=now.detail.reopened)
        now.words(reason=reason)


def _upper_head(lead: Post | None, code: int) -> Post | None:
    """The head above who dealt with it; failing one, the highest there is, so that somebody decides."""
    span = lead.division.span if lead else (code, code + 1)
    return superior(PostKind.HEAD, span) or topmost(PostKind.HEAD, code)


def redo(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """The upper level has it done again (责令重办)."""
    with taking("redo", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def uphold(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """The upper level upholds the result, with reasons (维持); that the reporter disagrees stays on record."""
    with taking("uphold", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)
