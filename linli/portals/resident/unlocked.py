"""Which cases this browser may see: those whose code was shown or typed here, and the signed-in resident's own.

Only ids are kept in the session, never a code: codes are derived when a receipt is shown.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.http import HttpRequest

from linli.base.errors import NotFound
from linli.base.text import tidy
from linli.cases.models import Case
from linli.cases.reading import numbered
from linli.cases.sensitive import is_private
from linli.posts.actor import PartyActor
from linli.residents.accounts import contacts_of, resident_of
from linli.residents.mandates import REPRESENTATIVE, may_act
from linli.residents.proving import PROOF_LASTS, recently_proven

UNLOCKED, UNLOCKED_AT = "cases", "cases_at"
RECEIPT = "receipt"
MOST = 30


def unlock(request: HttpRequest, case: UUID) -> None:
    """Let this session see a case from now on; the newest come first and the oldest fall out."""
    others = [each for each in _ids(request) if each != str(case)]
    request.session[UNLOCKED] = [str(case), *others][:MOST]
    times = {**request.session.get(UNLOCKED_AT, {}), str(case): int(time.time())}
    request.session[UNLOCKED_AT] = {each: times[each] for each in _ids(request) if each in times}


def lock_all(request: HttpRequest) -> None:
    """Forget every case on this device."""
    for kept in (UNLOCKED, UNLOCKED_AT, RECEIPT):
        request.session.pop(kept, None)


def unlocked_cases(request: HttpRequest) -> list[Case]:
    """The cases this session has opened, newest opened first."""
    found = Case.everywhere.in_bulk([UUID(each) for each in _ids(request)])
    return [found[UUID(each)] for each in _ids(request) if UUID(each) in found]


def visible_case(request: HttpRequest, number: str) -> tuple[Case, PartyActor]:
    """A case this browser may see, and the reporter as an actor; NotFound for any other, there or not."""
    case = numbered(tidy(number))
    if case and may_see(request, case):
        return case, PartyActor("reporter", case.pk)
    resident = resident_of(request.user)
    if case and resident and case.reporter_id and may_act(resident, case.reporter_id, case.pk):
        return case, PartyActor(REPRESENTATIVE, case.pk)
    raise NotFound


def known(request: HttpRequest) -> PartyActor:
    """Whoever asks, as far as they have shown who they are: signed in, or by the code of a report opened here.

    Without an account it is the report that a form or a link names, else the one opened last.
    """
    if resident := resident_of(request.user):
        return PartyActor("reporter", person=resident.contact_id, proof="account")
    if case := _named_case(request):
        return PartyActor("reporter", person=case.reporter_id, proof="code")
    return PartyActor("reporter")


def _named_case(request: HttpRequest) -> Case | None:
    """A report with a contact that was opened here: the one that is named, the newest where none is."""
    number = tidy(request.POST.get("mentions", "") or request.GET.get("mentions", ""))
    found = [case for case in unlocked_cases(request) if case.reporter_id]
    return next((case for case in found if not number or case.number == number), None)


def may_see(request: HttpRequest, case: Case) -> bool:
    """Whether the case was unlocked here or was raised with the signed-in resident's number.

    A sensitive one is not shown on an old session: whoever has the telephone in hand must prove it is theirs, or have
    the code.
    """
    if str(case.pk) in _ids(request):
        return True
    resident = resident_of(request.user)
    if not (resident and case.reporter_id and contacts_of(resident).filter(pk=case.reporter_id).exists()):
        return False
    return not is_private(case) or recently_proven(request)


def may_see_looks(request: HttpRequest, case: Case) -> bool:
    """Whether who looked at it may be shown: of a sensitive case, only shortly after code or sign-in."""
    unlocked = request.session.get(UNLOCKED_AT, {}).get(str(case.pk), 0)
    return not is_private(case) or time.time() - unlocked < PROOF_LASTS or recently_proven(request)


def _ids(request: HttpRequest) -> list[str]:
    return list(request.session.get(UNLOCKED, []))
