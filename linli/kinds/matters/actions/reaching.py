"""Speaking with the reporter: whoever deals with a matter asks for a yes, and the reporter says yes, no, or no more."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.cases.taking import Taking, Version, taking
from linli.kinds.matters.conditions import nobody_left_a_number
from linli.kinds.matters.models import Matter
from linli.posts.actor import Actor, PostActor
from linli.residents import consents
from linli.residents.models import Consent


def ask_reach(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Ask the reporter whether one's own body may see name and number for this case (请求联系)."""
    with taking("ask_reach", matter, by=by, seen=seen, at=at) as now:
        contact = now.case.reporter
        if contact is None or not isinstance(by, PostActor):
            raise Conflict(nobody_left_a_number())
        body = by.post.organisation
        wish = consents.Wish(consents.REACH, now.case.pk, now.case.code_now, body)
        consents.ask(contact, wish, post=by.post.pk)
        now.facts(organisation=body.pk)
        now.words(reason=reason)


def allow_reach(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    sheet: bytes = b"",
    at: datetime | None = None,
    **_said: object,
) -> None:
    """The reporter says yes (同意联系), on the own page, or on a signed sheet that a clerk takes in."""
    with taking("allow_reach", matter, by=by, seen=seen, at=at) as now:
        asked = _asked(now)
        how = Consent.How.PAPER if isinstance(by, PostActor) else Consent.How.OWN
        if how is Consent.How.PAPER and not sheet:
            raise Conflict(_("A yes on paper needs the photo of the signed sheet."))
        given = consents.give(asked, at=now.at, how=how, sheet=sheet)
        now.facts(organisation=asked.body, how=str(given), text=asked.text.replace("/", "."))


def refuse_reach(
    matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """The reporter says no (不同意联系); the matter is dealt with all the same."""
    with taking("refuse_reach", matter, by=by, seen=seen, at=at) as now:
        consents.decline(_asked(now), at=now.at)
        now.words(note=note)


def recall_reach(
    matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """The reporter takes the yes back (撤回同意), at once."""
    with taking("recall_reach", matter, by=by, seen=seen, at=at) as now:
        if not consents.recall(now.case.pk, consents.REACH, at=now.at):
            raise Conflict(_("This has ended already."))
        now.words(note=note)


def _asked(now: Taking) -> Consent:
    asked = consents.waiting(now.case.pk, consents.REACH)
    if asked is None:
        raise Conflict(_("Nobody asks for this at the moment."))
    return asked
