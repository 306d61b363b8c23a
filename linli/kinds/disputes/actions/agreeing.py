"""Agreeing: by word of mouth in one go, or in writing with everybody's signature; and a signature that is denied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Category
from linli.cases.taking import Taking, Version, taking
from linli.documents.making import count_as, make, replace_others, void_others
from linli.documents.models import Document, Signature, State
from linli.documents.signing import deny, missing, restore
from linli.kinds.disputes.actions.saying import Statement
from linli.kinds.disputes.clauses import Clause, clause_from, may_be_confirmed, plan_of, wrong_day
from linli.kinds.disputes.contents import Agreed, agreement, oral_record, represented
from linli.kinds.disputes.models import AtCourt, Dispute, Form, Obligation, Safety, Said, Yes
from linli.kinds.disputes.rounds import (
    carry_on,
    head_of,
    refuse_unreported,
    remind_of_next,
    require_fit,
    require_two,
)
from linli.kinds.disputes.routing import reviewer
from linli.kinds.disputes.wording import file_of, subject_of
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.posts.models import PostKind

AGREEMENTS = ("agreement", "oral")


class Oral(TypedDict, total=False):
    """An agreement by word of mouth: about what, what was agreed, how both said yes, and by when it is to be kept."""

    facts: str
    agreed: str
    manner: str
    by_day: Any
    confirmable: bool
    calm: bool
    category: Category | None


def settle_orally(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Oral]
) -> None:
    """Record an oral agreement (口头协议登记): it binds from this moment (人民调解法 28, 30), and is kept too."""
    with taking("settle_orally", dispute, by=by, seen=seen, at=at) as now:
        detail = now.detail
        require_two(now.case)
        refuse_unreported(detail)
        _require_calm(detail, calm=given.get("calm", False))
        if isinstance(now.by, PostActor) and now.by.post.kind == PostKind.MEDIATOR:
            require_fit(now, now.by.post)
        now.case.category = given.get("category") or now.case.category
        detail.handler = now.case.lead = getattr(now.by, "post", None)
        detail.form, detail.agreed = Form.ORAL, given["agreed"]
        said = Agreed(given.get("facts") or subject_of(now), words=given["agreed"])
        detail.document = make(now, "oral", oral_record(file_of(now), said)).pk
        if day := given.get("by_day"):
            _require_to_come(now, day)
            _owe(now, [{"who": None, "whom": None, "on": day, "act": given["agreed"][:300]}])
        _take_effect(now, confirmable=given.get("confirmable", True))
        now.facts(manner=given["manner"])
        carry_on(now)


def _require_calm(detail: Dispute, *, calm: bool) -> None:
    """Where nobody has looked at the safety yet, whoever records it must have; where it is unsafe, nothing is oral."""
    if detail.safety == Safety.APART:
        raise Conflict(
            _(
                "There was violence or a threat, so nothing is settled on the spot. Mediate apart, and in writing."
            )
        )
    if not (calm or detail.safety == Safety.CALM):
        sentence = _("Say that there was no violence and no threat. Otherwise look at the safety first.")
        raise Invalid(sentence, fields={"calm": [sentence]})
    detail.safety = Safety.CALM


def _require_to_come(now: Taking, day: date) -> None:
    if sentence := wrong_day(day, now.at.astimezone(PLACE_TIME).date()):
        raise Invalid(sentence, fields={"by_day": [sentence]})


class Written(TypedDict, total=False):
    """A written agreement: about what, clause by clause, where it is performed; who acts for a side, by its number."""

    facts: str
    clauses: Sequence[Clause]
    place: str
    agents: Mapping[int, str]


def draft_agreement(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Written]
) -> None:
    """Draw up the agreement (拟定调解协议); an earlier version, and what was signed of it, no longer counts."""
    with taking("draft_agreement", dispute, by=by, seen=seen, at=at) as now:
        refuse_unreported(now.detail)
        clauses, agents = given["clauses"], given.get("agents", {})
        if not clauses:
            raise Invalid(_("An agreement says at least one thing that somebody is to do."))
        now.detail.clauses = [each.as_data() for each in clauses]
        now.detail.form = Form.WRITTEN
        said = Agreed(given["facts"], tuple(clauses), place=given.get("place", ""))
        file = represented(file_of(now), agents)
        paper = agreement(file, said, attempt=now.detail.turn)
        now.facts(represented=sorted(each.nr for each in file.people if each.agent))
        now.detail.document = make(now, "agreement", paper, state=State.DRAFT).pk
        carry_on(now, now.detail.handler)


def seal(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Set the seal when everybody has signed (盖章生效): from now on the agreement binds (人民调解法 29)."""
    with taking("seal", dispute, by=by, seen=seen, at=at) as now:
        document = _agreement_of(now.detail)
        if lacking := missing(document):
            raise Conflict(
                _("Not everybody has signed yet: %(who)s. The seal comes last.")
                % {"who": _(", ").join(each["label"] for each in lacking)}
            )
        clauses = [clause_from(each) for each in now.detail.clauses]
        _owe(
            now,
            [
                {
                    "who": each.who,
                    "whom": each.whom,
                    "on": each.day,
                    "fen": each.fen,
                    "act": _act(clauses[each.clause - 1]),
                }
                for each in plan_of(clauses)
            ],
        )
        count_as(now, document, State.FINAL)
        _take_effect(now, confirmable=may_be_confirmed(clauses))
        carry_on(now, now.detail.handler)


def _act(clause: Clause) -> str:
    """What stands in the plan beside the sum: the clause's own words, else what sort of thing it is, as on paper."""
    if clause.text or clause.fen:
        return clause.text
    with override("zh-hans"):
        return str(clause.sort.label)


def _agreement_of(detail: Dispute) -> Document:
    found = Document.objects.filter(pk=detail.document, case=detail.case).first() if detail.document else None
    if found is None:
        raise NotFound(_("There is no agreement yet. Draw one up first."))
    return found


def _owe(now: Taking, rows: Sequence[Mapping[str, Any]]) -> None:
    """Enter what is due when, in place of an earlier plan of this attempt."""
    turn = now.detail.turn
    Obligation.objects.filter(dispute=now.detail, turn=turn).delete()
    Obligation.objects.bulk_create(
        [Obligation(dispute=now.detail, turn=turn, number=nr, **row) for nr, row in enumerate(rows, 1)]
    )
    now.facts(due=len(rows))


def _take_effect(now: Taking, *, confirmable: bool) -> None:
    replace_others(now, now.detail.document, AGREEMENTS)
    now.detail.effective_at, now.detail.confirmable = now.at, confirmable
    now.detail.at_court = AtCourt.NONE
    if not confirmable:
        now.let_be("confirm")
    now.let_be("report")
    remind_of_next(now)
    now.facts(form=str(now.detail.form), confirmable=confirmable)


def deny_signature(
    dispute: Dispute, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """A side says that a signature is not its own (否认签名): somebody who did not mediate looks into it.

    Until then nobody may rely on the agreement, and the time for asking the court rests.
    """
    with taking("deny_signature", dispute, by=by, seen=seen, at=at) as now:
        detail = now.detail
        if detail.at_court == AtCourt.CONFIRMED:
            raise Conflict(
                _("The court has confirmed this agreement. Whoever doubts it now turns to that court.")
            )
        deny(_signature_of(now), reason, by=now.by)
        if now.case.stage != "signing":
            count_as(now, _agreement_of(detail), State.DRAFT)
        detail.denied_in = now.case.stage
        _let_the_court_wait(now)
        to = reviewer(now.case.code_now, [post.pk for post in (detail.handler,) if post])
        now.hand_to(to or head_of(detail) or detail.handler)
        now.facts(side=Statement.of(now).side)
        now.words(reason=reason)


def _signature_of(now: Taking) -> Signature:
    by = now.by
    if not isinstance(by, PartyActor):
        raise NotFound
    side = Statement.of(now).side
    rows = Signature.objects.filter(document=now.detail.document, denied_at=None)
    found = rows.filter(relation=by.role, seat=side).first()
    if found is None:
        raise Conflict(_("There is no signature of yours on this agreement, so there is nothing to deny."))
    return found


def _let_the_court_wait(now: Taking) -> None:
    """Let the time for asking the court rest, if it runs: what was used of it stays used."""
    if any(clock.name == "confirm" and clock.running for clock in now.clocks):
        now.rest_for("denied")
    else:
        now.let_be("confirm")


def uphold_signature(
    dispute: Dispute, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """Find that the signature is genuine, with reasons (核实签名有效); the agreement binds as before."""
    with taking("uphold_signature", dispute, by=by, seen=seen, at=at) as now:
        detail = now.detail
        document = _agreement_of(detail)
        restore(now, document)
        if detail.denied_in == "signing":
            now.enter("signing", start=())
        else:
            count_as(now, document, State.FINAL)
            remind_of_next(now)
        detail.denied_in = ""
        now.words(reason=reason)
        carry_on(now, detail.handler)


def void_agreement(
    dispute: Dispute, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """Find that the signature is not genuine, with reasons (协议不生效): nothing binds, and mediation goes on.

    What the sides said of this agreement, to the court or that it is settled, they have not said of the next one.
    """
    with taking("void_agreement", dispute, by=by, seen=seen, at=at) as now:
        detail = now.detail
        count_as(now, _agreement_of(detail), State.VOID)
        detail.effective_at, detail.document, detail.form = None, None, Form.NONE
        detail.denied_in, detail.confirmable = "", False
        Obligation.objects.filter(dispute=detail, turn=detail.turn).delete()
        void_others(now, ["confirmation"])
        Yes.objects.filter(dispute=detail, turn=detail.turn, to__in=[Said.COURT, Said.SETTLED]).delete()
        now.words(reason=reason)
        carry_on(now, detail.handler)
