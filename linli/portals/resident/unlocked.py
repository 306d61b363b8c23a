"""Which cases this browser may see: those whose code was shown or typed here, and the signed-in resident's own.

Only ids are kept in the session, never a code: codes are derived when a receipt is shown.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from linli.base.errors import NotFound
from linli.base.text import tidy
from linli.cases.follow import Way, ways_into
from linli.cases.models import Case
from linli.cases.permission import require_term
from linli.cases.reading import numbered
from linli.cases.sensitive import is_private
from linli.posts.actor import PartyActor
from linli.residents.accounts import contacts_of, resident_of
from linli.residents.mandates import REPRESENTATIVE, may_act
from linli.residents.proving import PROOF_LASTS, recently_proven
from linli.residents.showing import read_by

UNLOCKED, UNLOCKED_AT = "cases", "cases_at"
RECEIPT = "receipt"
MOST = 30


def unlock(request: HttpRequest, case: UUID, by: PartyActor | None = None) -> None:
    """Let this session see a case from now on, as its reporter or as another party; the newest come first."""
    key = _key(case, by)
    others = [each for each in _ids(request) if each != key]
    request.session[UNLOCKED] = [key, *others][:MOST]
    times = {**request.session.get(UNLOCKED_AT, {}), key: int(time.time())}
    request.session[UNLOCKED_AT] = {each: times[each] for each in _ids(request) if each in times}


def _key(case: UUID, by: PartyActor | None) -> str:
    """What the session keeps: the case, and the party's present row if there is one, so that it ends with the code."""
    row = by.row if by else None
    return f"{case}/{row.key}" if row else str(case)


def lock_all(request: HttpRequest) -> None:
    """Forget every case on this device."""
    for kept in (UNLOCKED, UNLOCKED_AT, RECEIPT):
        request.session.pop(kept, None)


def unlocked_ways(request: HttpRequest) -> list[tuple[Case, Way]]:
    """The cases this session has opened, the newest first, each as the party whose code was typed and still holds."""
    keys = _ids(request)
    cases = Case.everywhere.in_bulk({UUID(each.partition("/")[0]) for each in keys})
    ways = {_key(case.pk, way.by): (case, way) for case in cases.values() for way in ways_into(case)}
    return [ways[each] for each in keys if each in ways]


def visible_case(request: HttpRequest, number: str) -> tuple[Case, PartyActor]:
    """A case this browser may see, and the party that looks as an actor; NotFound for any other, there or not."""
    case = numbered(tidy(number))
    by = _party(request, case) if case else None
    if case is None or by is None:
        raise NotFound
    require_term(by)
    if by.nr or by.agency:
        read_by(
            by
        )  # what the page shows is the reporter's, who sees that another party, or who acts for them, looked
    return case, by


def _party(request: HttpRequest, case: Case) -> PartyActor | None:
    """Which party of the case this browser stands for: by a code, by the signed-in number, by a mandate."""
    ways = ways_into(case)
    if own := own_way(request, case, ways):
        return own.by
    resident = resident_of(request.user)
    for way in ways:  # whoever acts for a party passes that on to nobody
        if resident and way.contact and not way.by.agency and may_act(resident, way.contact, case.pk):
            return PartyActor(REPRESENTATIVE, case.pk, side=way.by.side)
    return None


def own_way(request: HttpRequest, case: Case, ways: Sequence[Way]) -> Way | None:
    """The way of the party itself: whose code was typed here, else whose number is that of the signed-in resident.

    A sensitive one is not shown on an old session: whoever has the telephone in hand must prove it is theirs, or have
    the code.
    """
    by_key = {_key(case.pk, way.by): way for way in ways}
    if found := next((by_key[each] for each in _ids(request) if each in by_key), None):
        return found
    resident = resident_of(request.user)
    given = {way.contact: way for way in ways if way.contact}
    if not (resident and given):
        return None
    own = contacts_of(resident).filter(pk__in=given).values_list("pk", flat=True).first()
    return given[own] if own and (not is_private(case) or recently_proven(request)) else None


def known(request: HttpRequest) -> PartyActor:
    """Whoever asks, as far as they have shown who they are: signed in, or by the code of a report opened here.

    Without an account it is the report that a form or a link names, else the one opened last.
    """
    if resident := resident_of(request.user):
        return PartyActor("reporter", person=resident.contact_id, proof="account")
    if person := _named_contact(request):
        return PartyActor("reporter", person=person, proof="code")
    return PartyActor("reporter")


def _named_contact(request: HttpRequest) -> UUID | None:
    """The contact given with a case that was opened here: the one that is named, the newest where none is."""
    number = tidy(request.POST.get("mentions", "") or request.GET.get("mentions", ""))
    found = [(case, way.contact) for case, way in unlocked_ways(request) if way.contact]
    return next((contact for case, contact in found if not number or case.number == number), None)


def may_see(request: HttpRequest, case: Case) -> bool:
    """Whether the reporter of the case is here: what they wrote and took pictures of is not the other parties'."""
    found = own_way(request, case, ways_into(case))
    return found is not None and found.by.nr == 0 and found.by.acts_on(timezone.localdate())


def may_see_looks(request: HttpRequest, case: Case, by: PartyActor) -> bool:
    """Whether who looked at it may be shown: of a sensitive case, only shortly after code or sign-in."""
    unlocked = request.session.get(UNLOCKED_AT, {}).get(_key(case.pk, by), 0)
    return not is_private(case) or time.time() - unlocked < PROOF_LASTS or recently_proven(request)


def _ids(request: HttpRequest) -> list[str]:
    return list(request.session.get(UNLOCKED, []))
