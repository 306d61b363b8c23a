"""Registering a resident at the desk: asked once. What the system may hold is offered before anything is kept."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, TooMany
from linli.portals.desk.hats import seated
from linli.portals.desk.placing import names_offered
from linli.portals.desk.resident_forms import ResidentForm
from linli.portals.desk.residents import LOOK_UPS, keep_open, require_desk, unkept
from linli.posts.actor import PostActor
from linli.residents.models import Person
from linli.residents.people.changing import move_in
from linli.residents.people.registering import Known, register
from linli.web.limits import check_post_rate
from linli.web.telling import with_errors


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def register_resident(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The button says what is done: keep it, open what was found, bring a record along, or keep it all the same."""
    require_desk(by)
    act = request.POST.get("act", "")
    if request.method != "POST" or act == "begin":
        number = request.POST.get("number", "")
        return _shown(request, by, ResidentForm(by, initial={"phone": number} if number else {}))
    form = ResidentForm(by, request.POST)
    if not form.is_valid():
        return _shown(request, by, form, status=422)
    try:
        check_post_rate(by.post.pk, "resident", **LOOK_UPS)
        return keep_open(request, by, _kept(request, by, form))
    except Known as known:
        if found := _chosen(act, known):
            return keep_open(request, by, found)
        return _shown(request, by, form, known=known, status=known.status)
    except (Invalid, Conflict, TooMany) as refusal:
        return _shown(request, by, with_errors(form, refusal), status=refusal.status)


def _kept(request: HttpRequest, by: PostActor, form: ResidentForm) -> Person:
    given, act = form.given(), request.POST.get("act", "")
    if act == "along":
        moved = move_in(given.number or given.phone, given.division, given.address, on=given.since, by=by)
        messages.success(request, _("The record has come along. Please look whether it is still right."))
        return moved
    person = register(given, by=by, sure=act == "sure")
    messages.success(request, _("Registered."))
    return person


def _chosen(act: str, known: Known) -> Person | None:
    """Which of the records that were found the button names; found anew, so nothing can be slipped in."""
    names = {f"open-{place}": person for place, person in enumerate(known.found)}
    return names.get(act)


def _shown(
    request: HttpRequest, by: PostActor, form: ResidentForm, *, known: Known | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "known": known, "places": names_offered(by)}
    return unkept(render(request, "desk/register.html", context, status=status))
