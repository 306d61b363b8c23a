"""Mediating: sessions, minutes, options, an expert's opinion; and ending it without an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.cases.procedure import ASKED
from linli.cases.scans import enclose_scan, keep_scan
from linli.cases.taking import Taking, Version, taking
from linli.documents.making import make
from linli.kinds.disputes.actions.saying import Statement
from linli.kinds.disputes.contents import Sitting, minutes
from linli.kinds.disputes.models import Dispute, Said, Session, Yes
from linli.kinds.disputes.rounds import all_said, sides_of
from linli.kinds.disputes.wording import file_of, subject_of, tell_ending
from linli.posts.actor import Actor
from linli.posts.models import Post

REMINDED_BEFORE = timedelta(hours=20)
LONGEST_AHEAD = timedelta(days=180)
PROLONGED_BY = 30  # days


class Meeting(TypedDict, total=False):
    """A session to come: when, how the sides meet, and in which room or by which link."""

    when: datetime
    how: str
    place: str
    link: str


def convene(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Meeting]
) -> None:
    """Set a session (约定调解时间) and remind both sides of it; no joint one where it would not be safe."""
    with taking("convene", dispute, by=by, seen=seen, at=at) as now:
        when, how = given["when"], given["how"]
        _require_safe(now, how)
        if not now.at < when <= now.at + LONGEST_AHEAD:
            sentence = _("Choose a time in the next six months.")
            raise Invalid(sentence, fields={"when": [sentence]})
        place, link = given.get("place", ""), given.get("link", "")
        session = Session.objects.create(dispute=now.detail, at=when, how=how, place=place, link=link)
        now.run_until("remind", max(now.at, when - REMINDED_BEFORE))
        now.facts(session=session.pk, how=how)
        now.words(place=place)


def _require_safe(now: Taking, how: str) -> None:
    if how != Session.How.APART and not now.detail.joint:
        raise Conflict(
            _(
                "There was violence or a threat, so the sides do not meet, neither in a room nor by video. "
                "Speak with one after the other, or in two rooms."
            )
        )


def remind_session(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """A session is near (提醒调解时间)."""
    with taking("remind_session", dispute, by=by, seen=seen, at=at):
        pass


class Minutes(TypedDict, total=False):
    """What the minutes of a session say: how the sides met, who was there and when, what was said, what came of it."""

    how: str
    present: Sequence[int]
    held_at: datetime | None
    text: str
    result: str


def hold(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Minutes]
) -> None:
    """Keep the minutes of a session (登记调解笔录); those who were there read and sign them."""
    with taking("hold", dispute, by=by, seen=seen, at=at) as now:
        how, present, held = given["how"], given["present"], given.get("held_at") or now.at
        _require_safe(now, how)
        _check_minutes(now, present, held)
        _check_private(how, present)
        coming = Session.objects.filter(dispute=now.detail, held_at=None, at__lte=held + timedelta(hours=12))
        row = coming.order_by("-at").first() or Session(dispute=now.detail, at=held)
        sitting = Sitting(
            held,
            row.place,
            subject_of(now),
            given["text"],
            given.get("result", ""),
            apart=how == Session.How.APART,
            nr=Session.objects.filter(dispute=now.detail, held_at__isnull=False).count() + 1,
            sides=frozenset(present),
        )
        document = make(now, "minutes", minutes(file_of(now), sitting))
        row.how, row.held_at, row.minutes = how, held, document.pk
        row.save()
        now.facts(session=row.pk, how=how, present=sorted(present))


def _check_minutes(now: Taking, present: Sequence[int], held: datetime) -> None:
    if not present or not set(present) <= {side.nr for side in sides_of(now.case)}:
        sentence = _("Say which sides were there.")
        raise Invalid(sentence, fields={"present": [sentence]})
    if held > now.at:
        sentence = _("Minutes are kept of what has been said already.")
        raise Invalid(sentence, fields={"held_at": [sentence]})


def _check_private(how: str, present: Sequence[int]) -> None:
    """What a side says apart from the other stands in minutes of its own, which the other never reads."""
    if how == Session.How.APART and len(present) > 1:
        sentence = _(
            "Keep minutes of their own for each side: what one says apart is not for the other to read."
        )
        raise Invalid(sentence, fields={"present": [sentence]})


def enclose(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    scan: UploadedFile[bytes],
    what: str,
    at: datetime | None = None,
) -> None:
    """Add a scanned paper to the file (归入卷宗材料); the sides do not see it."""
    kept = keep_scan(scan)
    with taking("enclose", dispute, by=by, seen=seen, at=at) as now:
        enclose_scan(now.case, kept, step="enclose", at=now.at)
        now.facts(digest=kept.digest, size=kept.size)
        now.words(note=what)


def suggest(dispute: Dispute, *, by: Actor, seen: Version, options: str, at: datetime | None = None) -> None:
    """Put options to both sides (提出调解方案); they bind nobody."""
    with taking("suggest", dispute, by=by, seen=seen, at=at) as now:
        now.detail.options = options
        now.words(options=options)


def consult(
    dispute: Dispute, *, by: Actor, seen: Version, to: Post, question: str, at: datetime | None = None
) -> None:
    """Ask a post that knows the field for its opinion (征求专业意见); it reads the question only."""
    with taking("consult", dispute, by=by, seen=seen, at=at) as now:
        now.detail.question = question
        now.hand_to(to, ASKED, mandatory=False)
        now.facts(asked=to.pk)
        now.words(question=question)


def advise(dispute: Dispute, *, by: Actor, seen: Version, opinion: str, at: datetime | None = None) -> None:
    """Give the opinion that was asked for (提供专业意见)."""
    with taking("advise", dispute, by=by, seen=seen, at=at) as now:
        now.detail.opinion = opinion
        now.words(opinion=opinion)


def prolong(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """A side agrees to go on longer (同意延长调解); with the last side's yes it is thirty days more."""
    with taking("prolong", dispute, by=by, seen=seen, at=at) as now:
        Statement.of(now).keep(now, Said.PROLONG)
        if all_said(now.detail, Said.PROLONG):
            Yes.objects.filter(
                dispute=now.detail, turn=now.detail.turn, to=Said.PROLONG
            ).delete()  # once more later
            now.extend_by("length", PROLONGED_BY)
        else:
            now.let_be("length")


def fail(dispute: Dispute, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """End without agreement (调解不成), and name the lawful ways (人民调解法 26)."""
    with taking("fail", dispute, by=by, seen=seen, at=at) as now:
        now.detail.why_ended = reason
        now.words(reason=reason)
        tell_ending(now, reason)


def halt(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    whose: int | None = None,
    manner: str = "",
    at: datetime | None = None,
) -> None:
    """A side stops mediation (退出调解), at any moment and without a reason."""
    with taking("halt", dispute, by=by, seen=seen, at=at) as now:
        now.facts(**Statement.of(now, whose, manner).facts)
        tell_ending(now)


def go_to_court(
    dispute: Dispute, *, by: Actor, seen: Version, number: str = "", at: datetime | None = None
) -> None:
    """Note that a side has sued (登记已起诉); mediation of the same ends with that."""
    with taking("go_to_court", dispute, by=by, seen=seen, at=at) as now:
        now.detail.court_number = number
        now.words(number=number)
        tell_ending(now)
