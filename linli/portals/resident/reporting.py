"""Raising something: choose what, say it, keep the receipt. No account, no JavaScript."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from linli.base.errors import Invalid, NotFound, TooMany
from linli.cases.follow import follow_code
from linli.cases.forms import StepForm
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case
from linli.cases.opening import Opened
from linli.cases.steps import values_of
from linli.portals.resident.door import resident_page
from linli.portals.resident.opening import (
    REPORTER,
    Envelope,
    new_envelope,
    open_kinds,
    openable,
    opening_form,
    origin_of,
    sections_of,
    tell,
    without_position,
)
from linli.portals.resident.unlocked import RECEIPT, unlock
from linli.web.limits import check_rate
from linli.web.qr import drawn

AGAIN = "again"


@require_safe
@resident_page
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here."""
    return render(request, "resident/home.html", {"kinds": open_kinds()})


@require_safe
@resident_page
def choose(request: HttpRequest) -> HttpResponse:
    """Choose what to raise; straight to the form where there is only one kind."""
    kinds = open_kinds()
    if len(kinds) == 1:
        return redirect("resident:report", kinds[0].name)
    return render(request, "resident/choose.html", {"kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def report(request: HttpRequest, kind: str) -> HttpResponse:
    """The opening form of a kind; what was typed stays when something is wrong."""
    found = openable(kind)
    if request.method != "POST":
        return _form_page(request, found, opening_form(found), new_envelope())
    if AGAIN in request.POST:  # nothing is sent yet: a choice further up changes the lists further down
        given = request.POST.dict()
        envelope = Envelope(initial={"mark": given.get("mark", "")})
        return _form_page(request, found, opening_form(found, initial=given), envelope)
    envelope = Envelope(request.POST)
    try:
        check_rate(request, "report", settings.INTAKE_PER_MINUTE)
    except TooMany as refusal:
        form = opening_form(found, request.POST)
        tell(form, refusal)
        page = _form_page(request, found, form, envelope, status=refusal.status)
        page["Retry-After"] = str(refusal.facts["retry_after"])
        return page
    return _taken_in(request, found, envelope)


def _taken_in(request: HttpRequest, kind: Kind, envelope: Envelope) -> HttpResponse:
    form = opening_form(kind, request.POST, request.FILES)
    if envelope.is_valid() and form.is_valid():
        try:
            opened = _open(request, kind, form, envelope)
        except Invalid as refusal:
            tell(form, refusal)
        else:
            unlock(request, opened.case)
            request.session[RECEIPT] = str(opened.case)
            return HttpResponseRedirect(reverse("resident:receipt"))
    return _form_page(request, kind, without_position(kind, form), envelope, status=422)


def _open(request: HttpRequest, kind: Kind, form: StepForm, envelope: Envelope) -> Opened:
    step = kind.procedure.opening
    origin = origin_of(request, envelope)
    opened: Opened = kind.function(step)(**values_of(form), by=REPORTER, origin=origin)
    return opened


def _form_page(
    request: HttpRequest, kind: Kind, form: StepForm, envelope: Envelope, *, status: int = 200
) -> HttpResponse:
    content: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "envelope": envelope,
        "sections": sections_of(form),
        "photos_lost": bool(request.FILES),
        "fields_template": [f"{kind.name}/open.html", "resident/open.html"],
    }
    return render(request, "resident/report.html", content, status=status)


@require_GET
@resident_page
def receipt(request: HttpRequest) -> HttpResponse:
    """What the reporter keeps; shown again on reload, to the browser that raised it and to nobody else."""
    kept = request.session.get(RECEIPT)
    case = Case.everywhere.filter(pk=kept).first() if kept else None
    if case is None:
        raise NotFound
    address = request.build_absolute_uri(f"{reverse('resident:follow')}?{urlencode({'number': case.number})}")
    content = {
        "case": case,
        "kind": kind_of(case.kind),
        "code": follow_code(case.pk),
        "follow_address": address,
        "qr": drawn(address),
    }
    return render(request, "resident/receipt.html", content)
