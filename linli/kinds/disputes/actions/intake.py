"""Taking a dispute in: asked for, looked at for safety first, turned down, passed on or merged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Conflict, Invalid
from linli.cases.attachments import keep
from linli.cases.duplicates import follow, followers_of, read_along, read_along_no_more, unfollow
from linli.cases.grouping import open_grouped
from linli.cases.models import Case, Category
from linli.cases.opening import Draft, Opened, Origin
from linli.cases.parties import GivenParty
from linli.cases.placing import unplaced
from linli.cases.taking import Taking, Version, taking
from linli.divisions.models import Division
from linli.documents.making import make
from linli.kinds.disputes.contents import application
from linli.kinds.disputes.models import Dispute, Safety, Session, Source
from linli.kinds.disputes.rounds import RESPONDENT, carry_on, head_of
from linli.kinds.disputes.routing import first_post, home
from linli.kinds.disputes.wording import file_of, tell_ending
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Organisation
from linli.residents.keeping import GivenContact


class Application(TypedDict, total=False):
    """What a request for mediation may say; `text` and `contact` must be there."""

    text: str
    category: Category | None
    division: Division | None
    source: str
    source_number: str
    contact: GivenContact
    other: GivenContact
    photos: Sequence[bytes]
    channel: str


def apply(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Application]
) -> Opened:
    """Take a request for mediation in (申请调解), from a side, or from a post that found it or was told of it."""
    _require_reachable(by, origin, given)
    category = given.get("category")
    place = given.get("division") or unplaced(by, home())
    first = first_post(by, place, category)
    source = given.get("source") or Source.SELF
    detail = Dispute(
        text=given["text"], source=source, source_number=given.get("source_number", ""), chair=first
    )
    draft = Draft(
        kind="disputes",
        by=by,
        division=place,
        detail=detail,
        summary=_summary(category),
        category=category,
        channel=given.get("channel", "web"),
        contact=given.get("contact") or GivenContact(),
        at=at,
        origin=origin,
        facts={"source": str(source)},
        to=first.pk,
        photos=[keep(photo) for photo in given.get("photos", ())],
        parties=[GivenParty(RESPONDENT, other)] if (other := given.get("other")) else [],
    )
    return open_grouped(draft)


def _require_reachable(by: Actor, origin: Origin | None, given: Application) -> None:
    """A dispute has somebody who asks for it to be mediated; whoever cannot be told of it cannot say yes."""
    contact = given.get("contact")
    known = origin is not None and origin.known is not None
    if known or (contact and contact.name and (contact.phone or isinstance(by, PostActor))):
        return
    sentence = _("Mediation needs to know who asks for it: give a name and a telephone number.")
    raise Invalid(sentence, fields={"phone" if contact and contact.name else "name": [sentence]})


def _summary(category: Category | None) -> str:
    """What stands in lists, in the place's own language: never what people are at odds about."""
    with override(settings.LANGUAGE_CODE):
        return _("Dispute: %(about)s") % {"about": category} if category else _("Dispute")


def name_side(
    dispute: Dispute, *, by: Actor, seen: Version, contact: GivenContact, at: datetime | None = None
) -> None:
    """Enter who is on the other side (登记对方当事人), or one more of them; where all are being asked, they are too."""
    with taking("name_side", dispute, by=by, seen=seen, at=at) as now:
        party = now.add_party(RESPONDENT, contact)
        now.tell(*([party.nr] if now.case.stage == "consenting" else []))


class Look(TypedDict, total=False):
    """What a look at the safety comes to; `advice` must be there where the sides may not meet."""

    safety: str
    crime: bool
    advice: str
    category: Category | None


def triage(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Look]
) -> None:
    """Look at the safety before anything else (安全评估): violence, threat, a possible crime."""
    with taking("triage", dispute, by=by, seen=seen, at=at) as now:
        now.case.category = given.get("category") or now.case.category
        _looked_at(now, given)
        _write_application(now)
        carry_on(now)


def _write_application(now: Taking) -> None:
    """Whoever asked for it at a window or by telephone gets the request on paper, to sign (人民调解法 17)."""
    if now.case.opened_by_id:
        wishes = ["请求人民调解委员会依法调解上述纠纷。"]
        make(now, "application", application(file_of(now), now.detail.text, wishes))


def reassess(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Look]
) -> None:
    """Look at the safety again (重新评估安全): what came up later counts as well."""
    with taking("reassess", dispute, by=by, seen=seen, at=at) as now:
        _looked_at(now, given)
        if not _call_off(now):
            now.let_be("remind")
            now.tell()


def _call_off(now: Taking) -> bool:
    """Where it is not safe any more, nobody is to come to a session that both were told of; both hear of it."""
    if now.detail.safety != Safety.APART:
        return False
    together = Session.objects.filter(dispute=now.detail, held_at=None, at__gt=now.at)
    count, _kinds = together.exclude(how=Session.How.APART).delete()
    now.facts(called_off=count)
    return bool(count)


def _looked_at(now: Taking, given: Look) -> None:
    safety, advice, crime = given.get("safety", ""), given.get("advice", ""), given.get("crime", False)
    if safety not in {Safety.CALM, Safety.APART}:
        sentence = _("Say whether the sides may sit at one table.")
        raise Invalid(sentence, fields={"safety": [sentence]})
    if safety == Safety.APART and not advice:
        sentence = _("Write what you advised: where to be safe, whom to call, where to turn.")
        raise Invalid(sentence, fields={"advice": [sentence]})
    if not crime or now.detail.crime:
        now.let_be("report")
    now.detail.safety, now.detail.advice = safety, advice
    now.detail.crime = crime or now.detail.crime
    now.facts(safety=safety, crime=now.detail.crime)
    now.words(advice=advice)


def report_on(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    to: str,
    number: str = "",
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Note that the police or another authority were told of a possible crime (人民调解法 25)."""
    with taking("report_on", dispute, by=by, seen=seen, at=at) as now:
        if not now.detail.crime:
            raise Conflict(_("Nothing was noted that has to be reported. Look at the safety again first."))
        now.detail.reported_at = now.at
        now.words(to=to, number=number, note=note)


def turn_down(dispute: Dispute, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Say why it cannot be mediated (不予受理); the lawful ways are named with it."""
    with taking("turn_down", dispute, by=by, seen=seen, at=at) as now:
        now.detail.why_ended = reason
        now.words(reason=reason)
        tell_ending(now, reason)


def refer(
    dispute: Dispute, *, by: Actor, seen: Version, to: Organisation, reason: str, at: datetime | None = None
) -> None:
    """Pass it on to the body that must own it (转交): "not ours" always names the next owner."""
    with taking("refer", dispute, by=by, seen=seen, at=at) as now:
        now.detail.next_owner, now.detail.why_ended = to, reason
        now.facts(organisation=to.pk)
        now.words(reason=reason, next_owner=to.name)
        tell_ending(now, reason)


def withdraw(
    dispute: Dispute, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """The applicant takes it back (撤回), without having to say why."""
    with taking("withdraw", dispute, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def link_duplicate(
    dispute: Dispute, *, by: Actor, seen: Version, original: Case, note: str = "", at: datetime | None = None
) -> None:
    """Let it follow another dispute that is the same (并案), which the post must be able to see.

    Whoever mediates that one reads this one's papers as well.
    """
    with taking("link_duplicate", dispute, by=by, seen=seen, at=at) as now:
        first = follow(now.case, original, now.at)
        if first.lead:
            read_along([now.case, *followers_of(now.case)], first.lead, now.at)
        now.facts(original=first.number)
        now.words(original=first.number, note=note)


def unlink_duplicate(
    dispute: Dispute, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """It was not the same after all (撤销并案): it goes its own way again."""
    with taking("unlink_duplicate", dispute, by=by, seen=seen, at=at) as now:
        unfollow(now.case)
        read_along_no_more([now.case, *followers_of(now.case)])
        carry_on(now, head_of(now.detail))
        now.words(note=note)


def close_with_original(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """The dispute it was merged into has ended (随主案办结)."""
    with taking("close_with_original", dispute, by=by, seen=seen, at=at):
        pass
