"""Who looked at my data, and what is kept about me: for one case, and for the signed-in resident."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import NotYours
from linli.cases.models import Case
from linli.portals.resident.door import resident_page
from linli.portals.resident.following import case_rows
from linli.portals.resident.unlocked import visible_case
from linli.residents.accounts import contacts_of, resident_of
from linli.residents.looks import looks_at
from linli.residents.mandates import acted_for
from linli.residents.models import Resident
from linli.residents.reading import read

MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def case_data(request: HttpRequest, number: str) -> HttpResponse:
    """The access list of a case's contact; a POST shows the data itself, and that look is logged too."""
    case, by = visible_case(request, number)
    person = None
    if request.method == "POST" and case.reporter:
        person = read(case.reporter, "own", case, by=by)
    looks = looks_at([case.reporter_id]) if case.reporter_id else []
    return render(request, "resident/data.html", {"case": case, "person": person, "looks": looks})


@require_safe
@login_required
@resident_page
def mine(request: HttpRequest) -> HttpResponse:
    """What was raised with the resident's number, newest first."""
    resident = _resident(request)
    cases = Case.everywhere.filter(reporter__in=contacts_of(resident)).order_by("-id")[:MOST]
    whole, single = acted_for(resident)
    others = Case.everywhere.filter(Q(reporter__in=whole) | Q(pk__in=single)).order_by("-id")[:MOST]
    context = {"rows": case_rows(list(cases)), "acted": case_rows(list(others))}
    return render(request, "resident/mine.html", context)


@require_safe
@login_required
@resident_page
def my_data(request: HttpRequest) -> HttpResponse:
    """Who looked at anything given with the resident's number."""
    contacts = list(contacts_of(_resident(request)).values_list("pk", flat=True))
    return render(request, "resident/data.html", {"case": None, "person": None, "looks": looks_at(contacts)})


def _resident(request: HttpRequest) -> Resident:
    resident = resident_of(request.user)
    if resident is None:
        raise NotYours
    return resident
