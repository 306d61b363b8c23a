"""Correcting, moving and ending the record that is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.base.errors import Refusal
from linli.portals.desk.hats import seated
from linli.portals.desk.placing import names_offered
from linli.portals.desk.resident_forms import CorrectForm, EndForm, MoveForm, day_of, iso
from linli.portals.desk.residents import OPENED, opened_now, unkept
from linli.posts.actor import PostActor
from linli.residents.people.changing import document_text, edit, end, move
from linli.residents.people.reading import Record, read_person
from linli.web.telling import with_errors


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def correct_resident(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """The fields as they are, and why they are changed; only what was changed is written."""
    person, about = opened_now(request, by, key)
    record = read_person(person, "upkeep", by=by, about=about)
    data = request.POST if request.method == "POST" else None
    form = CorrectForm(record.person.division, data, initial=_as_typed(record))
    if form.is_valid():
        try:
            edit(record.person, _changes(form), reason=form.cleaned_data["reason"], by=by)
        except Refusal as refusal:
            with_errors(form, refusal)
        else:
            messages.success(request, _("Corrected."))
            return redirect("desk:resident", record.person.pk)
    return _shown(request, "desk/correct.html", {"form": form, "key": key})


def _as_typed(record: Record) -> dict[str, Any]:
    return {
        "name": record.name,
        "phone": record.phone,
        "document": record.document or "none",
        "number": record.number,
        "birth": day_of(record.birth),
        "region": record.region,
    }


def _changes(form: CorrectForm) -> dict[str, str]:
    """What differs from what was held, as it is sealed."""
    said, changed = form.cleaned_data, set(form.changed_data)
    changes: dict[str, str] = {name: said[name] for name in ("name", "phone", "region") if name in changed}
    if "birth" in changed:
        changes["birth"] = iso(said["birth"])
    if changed & {"document", "number"}:
        changes["document"] = document_text(said["document"], said["number"])
    return changes


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def move_resident(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """The new home and its day; the old residence ends on it."""
    person, _about = opened_now(request, by, key)
    data = request.POST if request.method == "POST" else None
    form = MoveForm(by, data, initial={"on": timezone.localdate()})
    if form.is_valid():
        said = form.cleaned_data
        try:
            move(person, form.place, said["address"], on=said["on"], by=by, relation=said["relation"])
        except Refusal as refusal:
            with_errors(form, refusal)
        else:
            messages.success(request, _("Moved: the old residence ended on that day."))
            return redirect("desk:resident", key)
    return _shown(request, "desk/move.html", {"form": form, "key": key, "places": names_offered(by)})


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def end_resident(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Died, or moved away for good; from that day the periods of keeping run."""
    person, _about = opened_now(request, by, key)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            end(person, form.cleaned_data["why"], on=form.cleaned_data["on"], by=by)
        except Refusal as refusal:
            with_errors(form, refusal)
        else:
            request.session.pop(OPENED, None)
            messages.success(request, _("Ended. What is held is erased when its period is over."))
            return redirect("desk:residents")
    return _shown(request, "desk/end.html", {"form": form, "key": key})


def _shown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form: forms.Form = context["form"]
    return unkept(render(request, template, context, status=422 if form.is_bound else 200))
