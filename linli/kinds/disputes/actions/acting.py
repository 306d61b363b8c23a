"""Who acts for a side (代理): entered on a paper that was seen, changed, and ended by the side at once."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotYours
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Basis, Party
from linli.cases.parties import Powers, agents_in
from linli.cases.scans import enclose_scan, keep_scan
from linli.cases.taking import Taking, Version, taking
from linli.kinds.disputes.models import Dispute
from linli.kinds.disputes.rounds import sides_of
from linli.posts.actor import Actor, PartyActor
from linli.residents.keeping import GivenContact


class Named(TypedDict, total=False):
    """Who acts for which side (its number), how far, and on which paper that was seen; `scan`: a copy for the file."""

    whose: int
    contact: GivenContact
    powers: Powers
    paper: str
    scan: UploadedFile[bytes] | None


def name_agent(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Named]
) -> None:
    """Enter who acts for a side (登记代理人): with a code of their own, as far and as long as the paper says."""
    scan = given.get("scan")
    kept = keep_scan(scan) if scan else None
    with taking("name_agent", dispute, by=by, seen=seen, at=at) as now:
        whose, powers = given["whose"], given["powers"]
        _check_term(now, powers)
        if whose not in {side.nr for side in sides_of(now.case)}:
            raise Invalid(_("Say for which side."), fields={"whose": [_("Say for which side.")]})
        agent = now.add_agent(whose, given["contact"], powers)
        if kept:
            enclose_scan(now.case, kept, step="name_agent", at=now.at)
        now.facts(side=whose, **_facts(agent))
        now.words(paper=given["paper"])


def _check_term(now: Taking, powers: Powers) -> None:
    """A power of attorney says until when; nobody is entered whose time is over."""
    today = now.at.astimezone(PLACE_TIME).date()
    sentence = ""
    if powers.basis == Basis.ATTORNEY and powers.ends is None:
        sentence = _("Enter the last day of the power of attorney, as it stands there.")
    elif powers.ends and powers.ends < max(today, powers.begins or today):
        sentence = _("This term is over, or ends before it begins. Look at the dates on the paper again.")
    if sentence:
        raise Invalid(sentence, fields={"ends": [sentence]})


def _facts(agent: Party) -> dict[str, object]:
    """As the ledger keeps it: which number, by what, how far, until when; never who it is."""
    until = agent.acts_until.isoformat() if agent.acts_until else ""
    return {"acts": agent.nr, "basis": agent.basis, "special": agent.special, "until": until}


class Renewed(TypedDict, total=False):
    """What a new paper says of somebody who acts already, by their number in the case."""

    nr: int
    powers: Powers
    paper: str


def renew_agent(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Renewed]
) -> None:
    """Change how far and until when somebody acts (变更代理权限), on a new paper that was seen; the code stays."""
    with taking("renew_agent", dispute, by=by, seen=seen, at=at) as now:
        agent, powers = _agent(now, given["nr"]), given["powers"]
        _check_term(now, powers)
        agent.basis, agent.special = powers.basis, powers.special
        agent.acts_from, agent.acts_until = powers.begins, powers.ends
        agent.save(update_fields=["basis", "special", "acts_from", "acts_until"])
        now.tell(0, *(side.nr for side in sides_of(now.case)))
        now.facts(side=agent.acts_for, **_facts(agent))
        now.words(paper=given["paper"])


def _agent(now: Taking, nr: int) -> Party:
    found = next((each for each in agents_in(now.rows) if each.nr == nr), None)
    if found is None:
        raise Conflict(_("This has ended already: they act for nobody here any more."))
    return found


def end_agent(
    dispute: Dispute, *, by: Actor, seen: Version, nr: int, note: str = "", at: datetime | None = None
) -> None:
    """End that somebody acts for a side (终止代理), at once: by the side, by themselves, or at a post's word."""
    with taking("end_agent", dispute, by=by, seen=seen, at=at) as now:
        agent = _agent(now, nr)
        if isinstance(by, PartyActor):
            _require_own(agent, by)
        now.let_go(nr)
        now.facts(side=agent.acts_for, acts=nr)
        now.words(note=note)


def _require_own(agent: Party, by: PartyActor) -> None:
    """Raise NotYours for somebody else's: a side ends its own power of attorney, who acts ends their own part."""
    own = agent.nr == by.agency.nr if by.agency else agent.acts_for == by.nr
    if not own:
        raise NotYours(_("They do not act for you, so this is not yours to end."))
    if not by.agency and agent.basis == Basis.GUARDIAN:
        raise NotYours(
            _("A guardian acts by law. Speak with the mediator if somebody else is the guardian now.")
        )
