"""The court's confirmation: both sides ask for it within thirty days, and what the court says is kept."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.worktime import PLACE_TIME
from linli.cases.taking import Taking, Version, taking
from linli.documents.making import data_of, make
from linli.documents.models import Document
from linli.kinds.disputes.actions.saying import Statement
from linli.kinds.disputes.clauses import clause_from
from linli.kinds.disputes.contents import Agreed, confirmation, represented
from linli.kinds.disputes.earlier import agents_before
from linli.kinds.disputes.models import AtCourt, Dispute, Said
from linli.kinds.disputes.rounds import all_said, carry_on
from linli.kinds.disputes.wording import file_of
from linli.posts.actor import Actor

PROLONGED_BY = 10  # days (法释〔2011〕5号 5)


def ask_confirmation(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """A side asks for the court's confirmation (申请司法确认); with the last yes the joint application is made."""
    with taking("ask_confirmation", dispute, by=by, seen=seen, at=at) as now:
        _require_confirmable(now)
        Statement.of(now).keep(now, Said.COURT)
        if all_said(now.detail, Said.COURT):
            effective = now.detail.effective_at.astimezone(PLACE_TIME).date()
            file = represented(file_of(now), _agents(now.detail))
            make(now, "confirmation", confirmation(file, _agreed(now.detail), effective))


def _agents(detail: Dispute) -> dict[int, str]:
    """Who acted for whom in the agreement: they ask the court for them as well."""
    found = Document.objects.filter(pk=detail.document).first() if detail.document else None
    return agents_before(data_of(found)) if found else {}


def _agreed(detail: Dispute) -> Agreed:
    clauses = tuple(clause_from(each) for each in detail.clauses)
    return Agreed("", clauses, detail.agreed)


def _require_confirmable(now: Taking) -> None:
    """Not for status, adoption or marriage; not a second time; not after thirty days from effect."""
    if not now.detail.confirmable:
        raise Conflict(
            _(
                "A court does not confirm this agreement: it is about status, marriage, adoption or whose a right is. "
                "It binds all the same; if it is not kept, you may sue at the people's court."
            )
        )
    if now.detail.at_court:
        raise Conflict(_("This agreement has been before the court already."))
    running = [clock for clock in now.clocks if clock.name == "confirm" and clock.running]
    if not running or running[0].due_at < now.at:
        raise Conflict(
            _(
                "The thirty days for asking the court to confirm it have passed. The agreement still binds: if it is "
                "not kept, you may sue at the people's court (People's Mediation Law, article 32), or make a new "
                "agreement with the other side."
            )
        )


def file_confirmation(
    dispute: Dispute, *, by: Actor, seen: Version, court: str, at: datetime | None = None
) -> None:
    """Note that the joint application went to the court (登记已递交法院)."""
    with taking("file_confirmation", dispute, by=by, seen=seen, at=at) as now:
        _require_confirmable(now)
        if not all_said(now.detail, Said.COURT):
            raise Conflict(_("Both sides must ask for it, each for itself. One has not done so yet."))
        now.detail.at_court, now.detail.court = AtCourt.FILED, court
        now.words(court=court)
        carry_on(now, now.detail.handler)


def court_accepts(
    dispute: Dispute, *, by: Actor, seen: Version, number: str, at: datetime | None = None
) -> None:
    """Note that the court has accepted the application (登记法院已受理)."""
    with taking("court_accepts", dispute, by=by, seen=seen, at=at) as now:
        if now.detail.at_court != AtCourt.FILED:
            raise Conflict(_("The court has accepted it already."))
        now.detail.at_court, now.detail.court_number = AtCourt.ACCEPTED, number
        now.words(number=number)


def court_prolongs(
    dispute: Dispute, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """Note that the court takes ten days more (登记法院延长期限), once."""
    with taking("court_prolongs", dispute, by=by, seen=seen, at=at) as now:
        if any(clock.extra for clock in now.clocks if clock.name == "court_decide"):
            raise Conflict(_("The court can take ten days more only once."))
        now.extend_by("court_decide", PROLONGED_BY)
        now.words(note=note)


def court_decides(
    dispute: Dispute, *, by: Actor, seen: Version, ruling: str, note: str = "", at: datetime | None = None
) -> None:
    """Note what the court decided (登记法院裁定): confirmed, or not, in which case the ordinary ways are open."""
    with taking("court_decides", dispute, by=by, seen=seen, at=at) as now:
        if ruling not in {AtCourt.CONFIRMED, AtCourt.REJECTED}:
            sentence = _("Say whether the court confirmed the agreement or not.")
            raise Invalid(sentence, fields={"ruling": [sentence]})
        now.detail.at_court = AtCourt(ruling)
        now.facts(ruling=ruling)
        now.words(note=note)
        carry_on(now, now.detail.handler)
