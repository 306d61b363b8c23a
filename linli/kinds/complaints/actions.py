"""What can be done with a complaint: one function per step of procedure.yaml, and nothing else writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Conflict, Invalid
from linli.cases.attachments import keep
from linli.cases.grouping import open_grouped
from linli.cases.opening import Draft, Opened, Origin
from linli.cases.procedure import ASKED
from linli.cases.sight import keep_from, keep_no_longer, kept_posts
from linli.cases.taking import Taking, Version, taking
from linli.divisions.models import Division
from linli.kinds.complaints.models import Complaint, Finding
from linli.kinds.complaints.routing import Route, caller, kept_from, may_handle, place_of, route, upper
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Organisation, Post
from linli.residents.keeping import GivenContact


class Complain(TypedDict, total=False):
    """What a complaint may say; `text` must be there, and `about` (the post) or `named` (which post, in words)."""

    text: str
    about: Post | None
    named: str
    division: Division | None
    mentions: str
    photos: Sequence[bytes]
    contact: GivenContact
    channel: str


def complain(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Complain]
) -> Opened:
    """Take a complaint in (投诉) and give it to somebody outside the line of the post; refused where nobody is."""
    about = given.get("about")
    division = given.get("division") or place_of(about, by)
    kept = kept_from(about)
    if isinstance(by, PostActor) and by.post.pk in kept:
        raise Conflict(
            _(
                "This complaint is about your own post or one you are in charge of. Somebody else has to take it in."
            )
        )
    found = route(about, division.code)
    named = given.get("named", "")
    detail = Complaint(
        text=given["text"], about=about, named=named, mentions=given.get("mentions", ""), way=found.way
    )
    detail.handler_id = found.post
    draft = Draft(
        kind="complaints",
        by=by,
        division=division,
        detail=detail,
        summary=_summary(about),
        channel=given.get("channel", "web"),
        contact=given.get("contact") or GivenContact(),
        at=at,
        origin=origin,
        facts={"way": str(found.way)},
        photos=[keep(photo) for photo in given.get("photos", ())],
        to=found.post,
        kept_from=kept,
    )
    return open_grouped(draft)


def _summary(about: Post | None) -> str:
    """What stands in lists and messages: neither words nor language of the complainant, which could tell who it is."""
    with override(settings.LANGUAGE_CODE):
        return (
            _("Complaint about: %(post)s") % {"post": about.title} if about else _("Complaint about a post")
        )


def accept(
    complaint: Complaint,
    *,
    by: Actor,
    seen: Version,
    about: Post | None = None,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Take it on (受理), and say which post it is about, where that was only described."""
    with taking("accept", complaint, by=by, seen=seen, at=at) as now:
        _identify(now, about)
        now.keep_it()
        now.words(note=note)


def refuse(
    complaint: Complaint, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """Say why it is not taken on (不予受理); the complainant reads the reason and may ask to reopen."""
    with taking("refuse", complaint, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def pass_on(
    complaint: Complaint,
    *,
    by: Actor,
    seen: Version,
    to: Organisation,
    reason: str,
    at: datetime | None = None,
) -> None:
    """Pass it on to the body that must own it (移交); never to the body it is about."""
    with taking("pass_on", complaint, by=by, seen=seen, at=at) as now:
        if now.detail.about and now.detail.about.organisation_id == to.pk:
            raise Invalid(_("A complaint is not passed on to the body it is about. Choose another one."))
        now.detail.next_owner = to
        now.facts(organisation=to.pk)
        now.words(reason=reason, next_owner=to.name)


def recuse(
    complaint: Complaint,
    *,
    by: Actor,
    seen: Version,
    reason: str,
    about: Post | None = None,
    at: datetime | None = None,
) -> None:
    """Step aside (回避): somebody else outside the line deals with it, and it is kept from whoever stepped aside."""
    with taking("recuse", complaint, by=by, seen=seen, at=at) as now:
        if about:
            _point_at(now, about)
        keep_from(now.case, [by.post.pk] if isinstance(by, PostActor) else [])
        _give_to(now, route(now.detail.about, now.case.code_now, apart=kept_posts(now.case)))
        now.words(reason=reason)


def withdraw(
    complaint: Complaint, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """The complainant takes it back (撤回)."""
    with taking("withdraw", complaint, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def inquire(
    complaint: Complaint, *, by: Actor, seen: Version, found: str, at: datetime | None = None
) -> None:
    """Record what was found (调查记录); neither the post nor the complainant reads it."""
    with taking("inquire", complaint, by=by, seen=seen, at=at) as now:
        now.words(found=found)


def ask(complaint: Complaint, *, by: Actor, seen: Version, question: str, at: datetime | None = None) -> None:
    """Ask the complainant, without learning who it is (询问投诉人)."""
    with taking("ask", complaint, by=by, seen=seen, at=at) as now:
        now.words(question=question)


def add(complaint: Complaint, *, by: Actor, seen: Version, more: str, at: datetime | None = None) -> None:
    """The complainant adds something, asked or not (补充情况); the post that is heard does not read it."""
    with taking("add", complaint, by=by, seen=seen, at=at) as now:
        now.words(more=more)


def hear(
    complaint: Complaint,
    *,
    by: Actor,
    seen: Version,
    question: str,
    about: Post | None = None,
    at: datetime | None = None,
) -> None:
    """Ask the post to answer (听取说明): from now on it sees what it is asked, and not who complained."""
    with taking("hear", complaint, by=by, seen=seen, at=at) as now:
        _identify(now, about)
        if now.detail.about is None:
            raise Invalid(_("Say first which post it is about."))
        keep_no_longer(now.case, kept_from(now.detail.about))
        now.detail.question = question
        now.hand_to(now.detail.about, ASKED)
        now.keep_it()
        now.words(question=question)


def answer(complaint: Complaint, *, by: Actor, seen: Version, reply: str, at: datetime | None = None) -> None:
    """The post says its side (作出说明)."""
    with taking("answer", complaint, by=by, seen=seen, at=at) as now:
        now.words(reply=reply)


def stay_silent(complaint: Complaint, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """The post has not answered in time: it goes on without (逾期未作说明)."""
    with taking("stay_silent", complaint, by=by, seen=seen, at=at):
        pass


def decide(
    complaint: Complaint,
    *,
    by: Actor,
    seen: Version,
    finding: str,
    reasons: str,
    measures: str = "",
    at: datetime | None = None,
) -> None:
    """Say whether it is true, why, and what is done about it (处理决定); a post that is known was heard before."""
    with taking("decide", complaint, by=by, seen=seen, at=at) as now:
        _found(now, finding, reasons, measures)
        if now.case.reporter_id and (calling := caller(now.detail.about, now.case.code_now)):
            now.hand_to(Post.objects.get(pk=calling), ASKED)


def confirm(
    complaint: Complaint, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """The complainant accepts the decision, also through an independent call-back (认可)."""
    with taking("confirm", complaint, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def contest(
    complaint: Complaint, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """The complainant does not accept it, once: the upper level decides (复查); without one it ends as disputed."""
    with taking("contest", complaint, by=by, seen=seen, at=at) as now:
        now.detail.contested += 1
        if above := _upper(now):
            _give_to(now, above)
        else:
            now.enter("closed", start=())
        now.words(reason=reason)


def lapse(complaint: Complaint, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Nobody answered in time: closed as unconfirmed (未确认), never as content."""
    with taking("lapse", complaint, by=by, seen=seen, at=at):
        pass


def conclude(
    complaint: Complaint,
    *,
    by: Actor,
    seen: Version,
    finding: str,
    reasons: str,
    measures: str = "",
    at: datetime | None = None,
) -> None:
    """The upper level decides anew, with reasons (复查决定)."""
    with taking("conclude", complaint, by=by, seen=seen, at=at) as now:
        _found(now, finding, reasons, measures)


def reopen(
    complaint: Complaint, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """The complainant wants it taken up again (要求重办); what was not taken on goes to the upper level, if any."""
    with taking("reopen", complaint, by=by, seen=seen, at=at) as now:
        now.detail.reopened += 1
        now.detail.next_owner = None
        if now.case.stage == "closed":
            if now.detail.handler.until is None:
                now.hand_to(now.detail.handler)
            else:
                _give_to(now, route(now.detail.about, now.case.code_now, apart=kept_posts(now.case)))
        else:
            now.enter("received", start=("register",))
            _give_to(
                now, _upper(now) or route(now.detail.about, now.case.code_now, apart=kept_posts(now.case))
            )
        now.facts(reopened=now.detail.reopened)
        now.words(reason=reason)


def _identify(now: Taking, about: Post | None) -> None:
    """Say which post it is about; whoever deals with it must be outside its line."""
    if about is None or about.pk == now.detail.about_id:
        return
    _point_at(now, about)
    if isinstance(now.by, PostActor) and not may_handle(now.by.post, about, now.case.code_now):
        raise Conflict(
            _("A complaint about %(post)s goes to somebody else. Step aside, and name this post there.")
            % {"post": about.title}
        )


def _point_at(now: Taking, about: Post) -> None:
    """Now it is this post it is about, and this post and its superior it is kept from."""
    keep_no_longer(now.case, kept_from(now.detail.about))
    now.detail.about = about
    keep_from(now.case, kept_from(about))
    now.facts(about=about.pk)


def _upper(now: Taking) -> Route | None:
    return upper(now.detail.about, now.case.code_now, now.detail.handler, apart=kept_posts(now.case))


def _give_to(now: Taking, found: Route) -> None:
    now.detail.handler = Post.objects.get(pk=found.post)
    now.detail.way = found.way
    now.facts(way=str(found.way))
    now.hand_to(now.detail.handler)


def _found(now: Taking, finding: str, reasons: str, measures: str) -> None:
    if finding != Finding.NOT_UPHELD and not measures:
        sentence = _("Say what is done about it.")
        raise Invalid(sentence, fields={"measures": [sentence]})
    now.detail.finding, now.detail.reasons, now.detail.measures = finding, reasons, measures
    now.facts(finding=finding)
    now.words(finding=str(Finding(finding).label), reasons=reasons, measures=measures)
