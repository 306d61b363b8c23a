"""Agreeing to be mediated at all, and by whom: each side for itself, with the other lawful ways shown before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.cases.attachments import attach, keep
from linli.cases.duplicates import followers_of, read_along
from linli.cases.sight import keep_from
from linli.cases.taking import Taking, Version, taking
from linli.documents.making import make
from linli.kinds.disputes.actions.saying import Statement
from linli.kinds.disputes.contents import consent as consent_paper
from linli.kinds.disputes.models import Dispute, Said
from linli.kinds.disputes.rounds import (
    all_said,
    carry_on,
    head_of,
    refuse_unreported,
    require_fit,
    require_two,
    sides_of,
)
from linli.kinds.disputes.routing import mediators_for, told_apart
from linli.kinds.disputes.wording import file_of, lines_of, show_ways, tell_ending
from linli.posts.actor import Actor
from linli.posts.models import Post


def invite(dispute: Dispute, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """Offer mediation to both sides (征求双方意愿), with the other lawful ways, which are kept as they are shown."""
    with taking("invite", dispute, by=by, seen=seen, at=at) as now:
        require_two(now.case)
        refuse_unreported(now.detail)
        show_ways(now)
        make(now, "consent", consent_paper(file_of(now), lines_of(now.detail.ways)))
        now.words(note=note)
        carry_on(now)


def consent(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    whose: int | None = None,
    papers: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """A side agrees to mediation (同意调解): by its own channel, or on a paper that a post has witnessed."""
    kept = [keep(paper) for paper in papers]
    with taking("consent", dispute, by=by, seen=seen, at=at) as now:
        Statement.on_paper(now, whose, kept).keep(now, Said.CONSENT)
        attach(now.case, kept, step="consent", at=now.at)
        if not all_said(now.detail, Said.CONSENT):
            now.enter("consenting")
            now.let_be("consent")
        carry_on(now, head_of(now.detail))


def refuse(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    whose: int | None = None,
    manner: str = "",
    at: datetime | None = None,
) -> None:
    """A side does not agree to mediation (不同意调解); nobody asks why."""
    with taking("refuse", dispute, by=by, seen=seen, at=at) as now:
        now.facts(**Statement.of(now, whose, manner).facts)
        tell_ending(now)


def stay_silent(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Somebody has not answered in time (逾期未答复): silence is no consent."""
    with taking("stay_silent", dispute, by=by, seen=seen, at=at) as now:
        tell_ending(now)


def prefer(dispute: Dispute, *, by: Actor, seen: Version, to: Post, at: datetime | None = None) -> None:
    """A side says whom it would like as mediator (选择调解员); the body's head follows where both wish the same."""
    with taking("prefer", dispute, by=by, seen=seen, at=at) as now:
        require_fit(now, to)
        now.detail.wishes = {**now.detail.wishes, str(Statement.of(now).side): to.pk}
        now.facts(side=Statement.of(now).side, mediator=to.pk)


def appoint(
    dispute: Dispute, *, by: Actor, seen: Version, to: Post, reason: str = "", at: datetime | None = None
) -> None:
    """Name the mediator (确定调解员), by the body's head; not one who declared a tie, or whom a side has refused."""
    with taking("appoint", dispute, by=by, seen=seen, at=at) as now:
        require_fit(now, to)
        _say_why_another(now, to, reason)
        now.detail.handler = now.case.lead = to
        now.hand_to(to)
        read_along(followers_of(now.case), to, now.at)
        now.facts(mediator=to.pk)
        now.words(reason=reason)


def _say_why_another(now: Taking, to: Post, reason: str) -> None:
    """Where all sides wish for the same mediator, naming another one needs its reason (人民调解法 19)."""
    wishes = set(now.detail.wishes.values())
    agreed = len(wishes) == 1 and len(now.detail.wishes) == len(sides_of(now.case))
    if agreed and to.pk not in wishes and not reason:
        sentence = _("Both sides wish for another mediator. Say why it is not that one.")
        raise Invalid(sentence, fields={"reason": [sentence]})


def replace_mediator(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """A side wants another mediator (要求更换调解员); it need not say why (人民调解法 23)."""
    with taking("replace_mediator", dispute, by=by, seen=seen, at=at) as now:
        now.facts(side=Statement.of(now).side)
        _without_mediator(now)


def recuse(dispute: Dispute, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """The mediator steps aside (回避), and knows no more of it from then on."""
    with taking("recuse", dispute, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)
        _without_mediator(now)


def _without_mediator(now: Taking) -> None:
    gone, head = now.detail.handler, head_of(now.detail)
    if gone is None:
        raise Conflict(_("Nobody mediates this at the moment."))
    now.facts(mediator=gone.pk)
    now.detail.refused = [*now.detail.refused, gone.pk]
    now.detail.handler = now.case.lead = None
    if head is None or head.pk == gone.pk:
        offers = mediators_for(now.case, apart=told_apart(now.case), without=now.detail.refused)
        head = offers[0].mediator.holding.post if offers else head
    now.detail.chair = head
    if head is not None and head.pk != gone.pk:
        for each in (now.case, *followers_of(now.case)):
            keep_from(each, [gone.pk])
    carry_on(now, head)
