"""Raising something: choose what, say it, keep the receipt. No account, no JavaScript."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from linli.base.errors import Invalid, NotFound, TooMany
from linli.cases.follow import follow_code
from linli.cases.forms import StepForm
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case
from linli.cases.opening import Opened, Origin, known_origin
from linli.cases.steps import values_of
from linli.portals.resident.checking import check_page, to_check
from linli.portals.resident.cookieless import cookies_optional, keeps_no_cookies
from linli.portals.resident.door import resident_page
from linli.portals.resident.opening import (
    AGAIN,
    SAME,
    Envelope,
    linked_in,
    new_envelope,
    open_kinds,
    openable,
    opening_form,
    origin_of,
    sections_of,
    tell,
    without_position,
)
from linli.portals.resident.same import KEPT, Photos, answered, kept_photos, question
from linli.portals.resident.unlocked import RECEIPT, known, unlock
from linli.web.limits import check_rate, check_reports_for
from linli.web.qr import drawn


@require_safe
@resident_page
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here: four tasks, one box, and the rest as a list."""
    kinds = open_kinds()
    return render(request, "resident/home.html", {"first": next(iter(kinds), None), "others": kinds[1:]})


@require_safe
@resident_page
def choose(request: HttpRequest) -> HttpResponse:
    """Choose what to raise; straight to the form where there is only one kind."""
    kinds = open_kinds()
    if len(kinds) == 1:
        return redirect("resident:report", kinds[0].name)
    return render(request, "resident/choose.html", {"kinds": kinds})


@cookies_optional
@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def report(request: HttpRequest, kind: str) -> HttpResponse:
    """The opening form of a kind; what was typed stays when something is wrong."""
    found = openable(kind)
    if request.method != "POST":
        form = opening_form(found, by=known(request), initial=linked_in(found, request))
        return _form_page(request, found, form, new_envelope())
    if AGAIN in request.POST:  # nothing is sent yet: a choice further up changes the lists further down
        sent = opening_form(found, request.POST, request.FILES, by=known(request))
        sent.is_valid()
        given = sent.data.dict()  # type: ignore[attr-defined]
        envelope = Envelope(initial={"mark": given.get("mark", "")})
        form = opening_form(found, by=known(request), initial=given)
        return _form_page(request, found, form, envelope, photos=kept_photos(request, sent))
    envelope = Envelope(request.POST)
    try:
        check_rate(request, "report", settings.INTAKE_PER_MINUTE)
        check_reports_for(request.POST.get("phone"), settings.INTAKE_PER_MINUTE)
    except TooMany as refusal:
        form = opening_form(found, request.POST, by=known(request))
        tell(form, refusal)
        page = _form_page(request, found, form, envelope, status=refusal.status)
        page["Retry-After"] = str(refusal.facts["retry_after"])
        return page
    return _taken_in(request, found, envelope)


def _taken_in(request: HttpRequest, kind: Kind, envelope: Envelope) -> HttpResponse:
    form = opening_form(kind, request.POST, request.FILES, by=known(request))
    if envelope.is_valid() and form.is_valid():
        try:
            return _asked_or_opened(request, kind, form, envelope)
        except Invalid as refusal:
            tell(form, refusal)
    kept = kept_photos(request, form)
    return _form_page(request, kind, without_position(kind, form), envelope, photos=kept, status=422)


def _asked_or_opened(request: HttpRequest, kind: Kind, form: StepForm, envelope: Envelope) -> HttpResponse:
    """Show the answers, or ask once whether it is one of those nearby; then, or where neither is due, take it in."""
    photos = Photos.of(request)
    origin = origin_of(request, envelope, photos.sent)
    if not answered(request) and not known_origin(origin):
        found = form.nearby()
        if to_check(request):
            return check_page(request, kind, form, (found, photos))
        if found:
            return question(request, kind, form, (found, photos))
    photos.put_into(form)
    opened = _open(kind, form, origin)
    if opened.follows == "":
        messages.info(
            request, _("What you chose has just been closed, so yours was taken in as a matter of its own.")
        )
    if keeps_no_cookies(request):
        return _receipt_page(request, Case.everywhere.get(pk=opened.case))
    unlock(request, opened.case)
    request.session[RECEIPT] = str(opened.case)
    return HttpResponseRedirect(reverse("resident:receipt"))


def _open(kind: Kind, form: StepForm, origin: Origin | None) -> Opened:
    """Take it in; if what it was to follow is not open nearby any more, as one of its own: nothing is lost."""
    function, given = kind.function(kind.procedure.opening), values_of(form)
    try:
        opened: Opened = function(**given, by=form.by, origin=origin)
    except Invalid as refusal:
        if not given.get(SAME) or set(refusal.facts.get("fields") or ()) != {SAME}:  # type: ignore[call-overload]
            raise
        opened = function(**{**given, SAME: ""}, by=form.by, origin=origin)
        return opened if opened.again else replace(opened, follows="")
    return opened


def _form_page(
    request: HttpRequest,
    kind: Kind,
    form: StepForm,
    envelope: Envelope,
    *,
    photos: Photos | None = None,
    status: int = 200,
) -> HttpResponse:
    content: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "envelope": envelope,
        "sections": sections_of(form),
        "photos_lost": bool(request.FILES or request.POST.get(KEPT)) and not (photos and photos.digests),
        "token": photos.token if photos else "",
        "photos": len(photos.digests) if photos else 0,
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
    return _receipt_page(request, case)


def _receipt_page(request: HttpRequest, case: Case) -> HttpResponse:
    address = request.build_absolute_uri(f"{reverse('resident:follow')}?{urlencode({'number': case.number})}")
    kind = kind_of(case.kind)
    content = {
        "case": case,
        "kind": kind,
        "follows": case.stage == kind.procedure.following,
        "code": follow_code(case.pk),
        "follow_address": address,
        "qr": drawn(address),
        "no_cookies": keeps_no_cookies(request),
    }
    return render(request, "resident/receipt.html", content)
