"""Who looked at my data, and what is kept about me: for one case, and for the signed-in resident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import NotYours
from linli.cases.models import Case, Party
from linli.cases.parties import rows_of_parties
from linli.cases.sensitive import is_private
from linli.portals.resident.door import resident_page, signed_in
from linli.portals.resident.following import case_rows, party_rows, whose_party
from linli.portals.resident.looking import by_day, kind_that_answers, page_key
from linli.portals.resident.unlocked import may_see_looks, visible_case
from linli.posts.actor import PartyActor
from linli.residents.accounts import contacts_of, records_of, resident_of
from linli.residents.delays import delayed_by_month
from linli.residents.looks import Looks, Whose, looks_at
from linli.residents.mandates import acted_for, may_act
from linli.residents.models import Contact, Person, Resident
from linli.residents.people.warding import Guard, guards_of
from linli.residents.proving import recently_proven
from linli.residents.purposes import all_purposes
from linli.residents.reading import read

MOST = 100
MOST_MATTERS = 500


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def case_data(request: HttpRequest, number: str) -> HttpResponse:
    """Who looked at a case; a POST shows the contact that was left, and that look is logged too."""
    case, by = visible_case(request, number)
    person, contact = None, contact_in(case, by)
    if request.method == "POST" and contact:
        person = read(contact, "own", case, by=by)
    may = may_see_looks(request, case, by)
    looks = _looks(request, whose_party(case, by)) if may else Looks([])
    return _shown(request, looks, [case], case=case, kept=bool(contact), person=person, locked=not may)


def contact_in(case: Case, by: PartyActor) -> Contact | None:
    """The present contact of the party that looks."""
    row = by.row
    if row is None:
        return case.reporter
    return next((each.contact for each in rows_of_parties(case) if each.pk == row.key), None)


@require_safe
@signed_in
@resident_page
def mine(request: HttpRequest) -> HttpResponse:
    """What was raised with the resident's number, newest first; what is sensitive only after proving who it is."""
    resident = _resident(request)
    cases, held_back = own_cases(request, resident)
    content = {
        "rows": case_rows(cases[:MOST]),
        "between": party_rows([(each.case, each.nr) for each in own_parties(request, resident)]),
        "acted": case_rows(_acted_for(request, resident)),
        "acted_between": party_rows(_acted_between(request, resident)),
        "held_back": held_back,
    }
    return render(request, "resident/mine.html", content)


def _acted_for(request: HttpRequest, resident: Resident) -> list[Case]:
    """What others let the resident act in; what is sensitive only after proving who it is."""
    whole, single = acted_for(resident)
    others = Case.everywhere.select_related("category").filter(Q(reporter__in=whole) | Q(pk__in=single))
    found = list(others.order_by("-id")[:MOST])
    held = [case for case in found if case.reporter_id and may_act(resident, case.reporter_id, case.pk)]
    return [case for case in held if _may_show(request, case)]


def _acted_between(request: HttpRequest, resident: Resident) -> list[tuple[Case, int]]:
    """What others, who are parties beside the reporter, let the resident act in; sensitive ones as above."""
    whole, single = acted_for(resident)
    rows = Party.objects.filter(
        Q(contact__in=whole) | Q(case__in=single), left_at=None, nr__gt=0, acts_for=None
    )
    found = rows.select_related("case").order_by("-case_id", "nr")[:MOST]
    held = [each for each in found if may_act(resident, each.contact_id, each.case_id)]
    return [(each.case, each.nr) for each in held if _may_show(request, each.case)]


def own_parties(request: HttpRequest, resident: Resident) -> list[Party]:
    """What the resident is a party of beside the reporter; what is sensitive only after proving who it is."""
    own = contacts_of(resident).values("pk")
    rows = Party.objects.filter(contact__in=own, left_at=None, nr__gt=0)
    found = rows.select_related("case__category", "contact").order_by("-case_id", "nr")[:MOST]
    return [each for each in found if _may_show(request, each.case)]


def _may_show(request: HttpRequest, case: Case) -> bool:
    return recently_proven(request) or not is_private(case)


@require_safe
@signed_in
@resident_page
def my_data(request: HttpRequest) -> HttpResponse:
    """Who looked at anything given with the resident's number."""
    resident = _resident(request)
    cases, held_back = own_cases(request, resident)
    if held_back:  # a contact belongs to one case, but for the account's own
        contacts = [case.reporter_id for case in cases if case.reporter_id] + [resident.contact_id]
    else:
        contacts = list(contacts_of(resident).values_list("pk", flat=True))
    looks = _looks(request, Whose(contacts, people=records_of(resident.contact)), cases)
    return _shown(request, looks, cases, held_back=held_back, guards=[] if held_back else _guards(resident))


def _guards(resident: Resident) -> list[Guard]:
    """Who is or was noted as guardian in the resident's own record, the newest first."""
    own = Person.objects.filter(pk__in=records_of(resident.contact), merged_into=None).first()
    return guards_of(own, going=False)[::-1] if own else []


@require_POST
@resident_page
def prove(request: HttpRequest) -> HttpResponse:
    """Sign in anew with a fresh code, and come back."""
    logout(request)
    asked = urlencode({"next": reverse("resident:my_data")})
    return redirect(f"{reverse('account_request_login_code')}?{asked}")


@require_safe
@resident_page
def readings(request: HttpRequest) -> HttpResponse:
    """For everybody: the listed reasons, their basis, and what appears later, by which law and for how long."""
    content = {"purposes": all_purposes(), "delayed": delayed_by_month(timezone.now())}
    return render(request, "resident/readings.html", content)


def own_cases(request: HttpRequest, resident: Resident) -> tuple[list[Case], bool]:
    """What was raised with the resident's number as far as it may be shown now, and whether something may be missing.

    The second says nothing about whether there is something: it is so for everybody whose sign-in is old.
    """
    contacts = contacts_of(resident).values("pk")
    rows = Case.everywhere.select_related("category").filter(reporter__in=contacts)
    cases = list(rows.order_by("-id")[:MOST_MATTERS])
    if recently_proven(request):
        return cases, False
    return [case for case in cases if not is_private(case)], True


def _looks(request: HttpRequest, whose: Whose, cases: Sequence[Case] = ()) -> Looks:
    asked = request.GET.get("matter", "")
    about = next((case.pk for case in cases if case.number == asked), None)
    return looks_at(whose, before=page_key(request), own=_with_own(request), about=about)


def _with_own(request: HttpRequest) -> bool:
    """One's own looks are left out unless they are asked for, or one has just looked."""
    return "own" in request.GET or request.method == "POST"


def _shown(request: HttpRequest, looks: Looks, cases: Sequence[Case], **more: Any) -> HttpResponse:
    query = request.GET.copy()
    query.pop("before", None)
    first = f"?{query.urlencode()}" if "before" in request.GET else ""
    query["before"] = str(looks.older)
    onwards = f"?{query.urlencode()}" if looks.older else ""
    content = {
        "days": by_day(looks, cases),
        "cases": cases,
        "asked": request.GET.get("matter", ""),
        "own": _with_own(request),
        "first": first,
        "onwards": onwards,
        "may_ask": kind_that_answers() is not None,
        "printed": timezone.now(),
        "telephone": settings.PLACE_TELEPHONE,
        **more,
    }
    paper = "sheet" in request.GET
    return render(request, "resident/looks_paper.html" if paper else "resident/data.html", content)


def _resident(request: HttpRequest) -> Resident:
    resident = resident_of(request.user)
    if resident is None:
        raise NotYours
    return resident
