"""What can be done with a request about own data: one function per step of procedure.yaml, and nothing else writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Conflict, Invalid
from linli.base.worktime import PLACE_TIME
from linli.cases.clocks import term_of
from linli.cases.grouping import open_grouped
from linli.cases.opening import Draft, Opened, Origin
from linli.cases.placing import unplaced
from linli.cases.procedure import ASKED
from linli.cases.sight import keep_from, keep_no_longer, kept_posts
from linli.cases.taking import Taking, Version, taking
from linli.kinds.datarequests.carrying_out import (
    Granted,
    asked_for,
    carried_out,
    carried_out_for_ward,
    finish,
    forget,
    look_of_ward,
)
from linli.kinds.datarequests.models import Answer, DataRequest, Proof, Wanted
from linli.kinds.datarequests.routing import caller, home, route, upper
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.posts.lines import line_of
from linli.posts.models import Post
from linli.residents.accounts import records_of
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Access, Contact, Person
from linli.residents.rights import look_within, scope_of

COPY_DAYS = 14


class Claim(TypedDict, total=False):
    """What a request may say; `wanted` must be there. `right`: the values that are to stand in place of wrong ones."""

    wanted: str
    text: str
    look: UUID | None
    ward: UUID | None
    document: str
    right: Mapping[str, str]
    contact: GivenContact
    channel: str


def claim(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Claim]
) -> Opened:
    """Take a request in (提出请求), from somebody who has shown who they are, and give it to whoever may answer it."""
    known, proof = _known(by, given)
    asking_for = given.get("ward")
    ward = asked_for(asking_for, known, proof) if asking_for else None
    look = (
        _look(given, known, whole=proof is not Proof.CODE, ward=ward)
        if given["wanted"] == Wanted.ASK_WHY
        else None
    )
    about = Post.objects.filter(pk=look.post).first() if look and look.post else None
    place = unplaced(by, home())
    kept = line_of(about)
    if isinstance(by, PostActor) and by.post.pk in kept:
        raise Conflict(
            _(
                "This request is about your own post or one you are in charge of. Somebody else has to take it in."
            )
        )
    right = _right(given)
    detail = DataRequest(
        wanted=given["wanted"],
        text=given.get("text", ""),
        proof=proof,
        document=given.get("document", ""),
        look=look.pk if look else None,
        ward=ward,
        about=about,
        fields=",".join(given.get("right", {})) if right else "",
        right=right,
        handler=route(about, place.code),
    )
    why = {"answer": term_of("datarequests", "why", (at or timezone.now()).astimezone(PLACE_TIME).date())}
    draft = Draft(
        kind="datarequests",
        by=by,
        division=place,
        detail=detail,
        summary=_summary(given["wanted"]),
        channel=given.get("channel", "web"),
        contact=GivenContact() if known else given["contact"],
        known=known,
        sealed=[right] if right else [],
        at=at,
        origin=origin,
        terms=why if given["wanted"] == Wanted.ASK_WHY else {},
        facts={"wanted": given["wanted"], "proof": str(proof)},
        to=detail.handler_id,
        kept_from=kept,
    )
    return open_grouped(draft)


def _known(by: Actor, given: Claim) -> tuple[Contact | None, Proof]:
    """Whom the door knows, or whom a post has seen the identity document of; Invalid for anybody else."""
    if isinstance(by, PartyActor) and by.person:
        return Contact.objects.get(pk=by.person), Proof(by.proof)
    if (
        isinstance(by, PostActor)
        and given.get("document")
        and given.get("contact")
        and given["contact"].phone
    ):
        return None, Proof.WINDOW
    raise Invalid(
        _(
            "First show whose data it is: sign in with your number, or open one of your reports with its number and "
            "code. Without a telephone, come to the window with your identity document."
        )
    )


def _look(given: Claim, known: Contact | None, *, whole: bool, ward: Person | None) -> Access | None:
    """The look somebody asks about; it must be about them. At the window the words say which one it was."""
    key = given.get("look")
    if key is None and (known is None or given.get("text")):
        return None
    found = None
    if key and known:
        found = (
            look_of_ward(key, ward)
            if ward
            else look_within(key, scope_of(known, whole=whole), records_of(known) if whole else [])
        )
    if found is None:
        raise Invalid(
            _(
                "Choose the line in “Who looked at my data”, and ask from there; or say in your words which one."
            )
        )
    return found


def _right(given: Claim) -> Contact | None:
    values = given.get("right") or {}
    if given["wanted"] != Wanted.CORRECTION or not values:
        return None
    return sealed_contact(
        GivenContact(values.get("name", ""), values.get("phone", ""), values.get("address", ""))
    )


def _summary(wanted: str) -> str:
    """What stands in lists and messages, in the place's own language: it could tell who it is."""
    with override(settings.LANGUAGE_CODE):
        return _("Own data: %(wanted)s") % {"wanted": Wanted(wanted).label}


def question(
    request: DataRequest, *, by: Actor, seen: Version, question: str, at: datetime | None = None
) -> None:
    """Ask the requester (询问请求人)."""
    with taking("question", request, by=by, seen=seen, at=at) as now:
        now.words(question=question)


def add(request: DataRequest, *, by: Actor, seen: Version, more: str, at: datetime | None = None) -> None:
    """The requester adds something (补充情况)."""
    with taking("add", request, by=by, seen=seen, at=at) as now:
        now.words(more=more)


def hear(
    request: DataRequest, *, by: Actor, seen: Version, question: str, at: datetime | None = None
) -> None:
    """Ask the post that looked to explain (请查阅岗位说明): it sees the question, and not who asks."""
    with taking("hear", request, by=by, seen=seen, at=at) as now:
        keep_no_longer(now.case, line_of(now.detail.about))
        now.detail.question = question
        now.hand_to(now.detail.about, ASKED)
        now.keep_it()
        now.words(question=question)


def explain(
    request: DataRequest, *, by: Actor, seen: Version, reply: str, at: datetime | None = None
) -> None:
    """The post says why it looked (说明查阅原因)."""
    with taking("explain", request, by=by, seen=seen, at=at) as now:
        now.words(reply=reply)


def stay_silent(request: DataRequest, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """The post has not explained in time: it is answered without (逾期未作说明)."""
    with taking("stay_silent", request, by=by, seen=seen, at=at):
        pass


def recuse(
    request: DataRequest, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """Step aside (回避): somebody else answers, and it is kept from whoever stepped aside."""
    with taking("recuse", request, by=by, seen=seen, at=at) as now:
        keep_from(now.case, [by.post.pk] if isinstance(by, PostActor) else [])
        now.detail.handler = route(now.detail.about, now.case.code_now, apart=kept_posts(now.case))
        now.hand_to(now.detail.handler)
        now.words(reason=reason)


class Answering(TypedDict, total=False):
    """What an answer says; a "no" must have `reasons` and `turn_to`. `parts`: the fields that are put right."""

    answer: str
    reasons: str
    turn_to: str
    parts: Sequence[str]
    entire: bool


def decide(
    request: DataRequest, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Answering]
) -> None:
    """Answer (作出答复), and carry out at once what is granted."""
    with taking("decide", request, by=by, seen=seen, at=at) as now:
        _answered(now, given)
        if now.case.reporter_id and (calling := caller(now.detail.about, now.case.code_now)):
            now.hand_to(calling, ASKED)


def confirm(
    request: DataRequest, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """The requester accepts the answer, also through an independent call-back (认可)."""
    with taking("confirm", request, by=by, seen=seen, at=at) as now:
        finish(now.detail)
        now.words(note=note)


def contest(
    request: DataRequest, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """The requester does not accept it: somebody above answers anew; where nobody is, it ends as disputed (复查)."""
    with taking("contest", request, by=by, seen=seen, at=at) as now:
        above = upper(now.detail.about, now.case.code_now, now.detail.handler, apart=kept_posts(now.case))
        if above:
            now.detail.handler = above
            now.hand_to(above)
        else:
            now.enter("closed", start=())
            finish(now.detail)
        now.words(reason=reason)


def lapse(request: DataRequest, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Nobody answered in time: closed as unconfirmed (未确认), never as content."""
    with taking("lapse", request, by=by, seen=seen, at=at) as now:
        finish(now.detail)


def withdraw(
    request: DataRequest, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """The requester takes it back (撤回)."""
    with taking("withdraw", request, by=by, seen=seen, at=at) as now:
        forget(now.detail)
        now.words(note=note)


def conclude(
    request: DataRequest, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Answering]
) -> None:
    """The upper level answers anew, and what it grants is carried out (复查答复)."""
    with taking("conclude", request, by=by, seen=seen, at=at) as now:
        _answered(now, given)
        finish(now.detail)


def _answered(now: Taking, given: Answering) -> None:
    detail, answer = now.detail, Answer(given["answer"])
    reasons, turn_to = given.get("reasons", ""), given.get("turn_to", "")
    missing = {"reasons": reasons, "turn_to": turn_to} if answer is not Answer.GRANTED else {}
    if faults := {
        name: [_("A “no” says why, and where to turn.")] for name, text in missing.items() if not text
    }:
        raise Invalid(fields=faults)
    detail.answer, detail.reasons, detail.turn_to = answer, reasons, turn_to
    detail.done = ""
    if answer is not Answer.REFUSED:
        until = now.at + timedelta(days=COPY_DAYS)
        granted = Granted(until, given.get("parts") or detail.wrong, entire=given.get("entire", False))
        done = (
            carried_out_for_ward(detail, granted, by=now.by) if detail.ward else carried_out(detail, granted)
        )
        detail.done = done.words
        now.facts(**done.facts)
    now.facts(answer=str(answer))
    now.words(answer=str(answer.label), reasons=reasons, done=detail.done, turn_to=turn_to)
