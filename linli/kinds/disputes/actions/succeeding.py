"""A side that has died: mediation rests, heirs say whether they go on in its place, and what binds goes on binding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.worktime import PLACE_TIME
from linli.cases.attachments import attach, keep
from linli.cases.taking import Taking, Version, taking
from linli.documents.making import void_drafts
from linli.kinds.disputes.actions.saying import Statement
from linli.kinds.disputes.models import Dispute, Said, Session
from linli.kinds.disputes.rounds import (
    APPLICANT,
    HEIR_OF_APPLICANT,
    all_said,
    carry_on,
    head_of,
    require_two,
    said,
    sides_of,
)
from linli.kinds.disputes.wording import tell_ending
from linli.posts.actor import Actor
from linli.residents.keeping import GivenContact

BINDING = ("performing", "confirming")


def note_death(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    whose: int,
    on: date,
    paper: str,
    at: datetime | None = None,
) -> None:
    """Note that a side has died (登记当事人死亡): its code, and who acted for it, end at once, and mediation rests.

    An agreement that is in force stays so, and what is due under it is due to and from the heirs.
    """
    with taking("note_death", dispute, by=by, seen=seen, at=at) as now:
        detail = now.detail
        _check_death(now, whose, on)
        now.let_go(whose)
        detail.died = [*detail.died, whose]
        detail.wishes = {nr: to for nr, to in detail.wishes.items() if nr != str(whose)}
        if now.case.stage in BINDING:
            now.enter(now.case.stage, start=())
            now.let_be("length", "heirs")
        else:
            _rest(now)
        now.facts(side=whose)
        now.words(paper=paper, on=on.isoformat())
        carry_on(now, detail.handler, head_of(detail))


def _check_death(now: Taking, whose: int, on: date) -> None:
    if whose not in {side.nr for side in sides_of(now.case)}:
        sentence = _("Say which side has died.")
        raise Invalid(sentence, fields={"whose": [sentence]})
    if on > now.at.astimezone(PLACE_TIME).date():
        sentence = _("This day is still to come. Enter the day as the certificate has it.")
        raise Invalid(sentence, fields={"on": [sentence]})


def _rest(now: Taking) -> None:
    """Sessions are called off, a draft that names the dead binds nobody, and the time for mediation rests."""
    detail = now.detail
    detail.rested_in = detail.rested_in if now.case.stage == "resting" else now.case.stage
    Session.objects.filter(dispute=detail, held_at=None, at__gt=now.at).delete()
    void_drafts(now.case)
    if any(clock.name == "length" and clock.running for clock in now.clocks):
        now.rest_for("death")
    else:
        now.let_be("length")


def name_heir(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    whose: int,
    contact: GivenContact,
    paper: str,
    at: datetime | None = None,
) -> None:
    """Enter an heir of a side that has died (登记继承人): a party from now on, with a code of their own."""
    with taking("name_heir", dispute, by=by, seen=seen, at=at) as now:
        if whose not in now.detail.died:
            sentence = _("Say whose heir this is; note the death first.")
            raise Invalid(sentence, fields={"whose": [sentence]})
        role = next((each.role for each in now.rows if each.nr == whose), APPLICANT)
        heir = now.add_party(HEIR_OF_APPLICANT if role == APPLICANT else role, contact)
        now.detail.heirs = {**now.detail.heirs, str(heir.nr): whose}
        now.tell(heir.nr)
        now.facts(side=whose, heir=heir.nr)
        now.words(paper=paper)


def take_over(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    whose: int | None = None,
    papers: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """An heir says yes to going on (同意作为继承人参加调解): by their own code, or on a paper a post has witnessed."""
    kept = [keep(paper) for paper in papers]
    with taking("take_over", dispute, by=by, seen=seen, at=at) as now:
        word = Statement.on_paper(now, whose, kept)
        _require_heir(now.detail, word.side)
        word.keep(now, Said.CONSENT)
        attach(now.case, kept, step="take_over", at=now.at)


def step_out(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    whose: int | None = None,
    manner: str = "",
    at: datetime | None = None,
) -> None:
    """An heir does not go on (不作为继承人参加调解), without a reason; the others and the lawful ways stay."""
    with taking("step_out", dispute, by=by, seen=seen, at=at) as now:
        word = Statement.of(now, whose, manner)
        _require_heir(now.detail, word.side)
        now.let_go(word.side)
        now.facts(**word.facts)


def _require_heir(detail: Dispute, nr: int) -> None:
    if str(nr) not in detail.heirs:
        raise Conflict(_("This is for the heirs to say. What the other sides have said still holds."))


def resume(dispute: Dispute, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """Go on with the heirs (恢复调解), once each that was entered has said yes; where it rested it goes on."""
    with taking("resume", dispute, by=by, seen=seen, at=at) as now:
        detail = now.detail
        require_two(now.case)
        heirs = {side.nr for side in sides_of(now.case) if str(side.nr) in detail.heirs}
        if not heirs <= said(detail, Said.CONSENT):
            raise Conflict(
                _("Not every heir has said yet whether they go on. Wait, or note what they told you.")
            )
        _go_on(now)
        now.words(note=note)
        carry_on(now, detail.handler, head_of(detail))


def _go_on(now: Taking) -> None:
    stage = now.detail.rested_in
    if stage == "consenting" and all_said(now.detail, Said.CONSENT):
        stage = "consented"
    if stage in {"consenting", "consented"}:
        now.enter(stage)
    if stage != "consenting":
        now.let_be("consent")
    now.detail.rested_in = ""


def end_resting(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """End it because no heir goes on (无继承人参加，终结调解): at the mediator's word, or when their time is over."""
    with taking("end_resting", dispute, by=by, seen=seen, at=at) as now:
        heirs = {side.nr for side in sides_of(now.case) if str(side.nr) in now.detail.heirs}
        if heirs & said(now.detail, Said.CONSENT):
            raise Conflict(
                _("An heir has said that they go on. Go on with them, or end it without agreement.")
            )
        tell_ending(now)
