"""A mediator's office: entering somebody into it, changing and ending it; and the mediator's own declarations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.base.errors import Conflict, Invalid
from linli.base.text import half_width, tidy
from linli.cases.forms import PlaceField
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.posts.may import covers, require
from linli.posts.models import Account
from linli.registers.actions.bodies import EDIT
from linli.registers.actions.mediators import (
    Office,
    change_office,
    declare,
    declared,
    end_term,
    enter_mediator,
    is_self,
    require_self,
    withdraw,
)
from linli.registers.models import DisputeKind, Language, Mediator
from linli.registers.reading import body_for, mediator_for
from linli.registers.suggesting import open_now
from linli.web.forms import FrameForm
from linli.web.telling import with_errors


class OfficeForm(FrameForm):
    """What the office needs to be suggested for a dispute."""

    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Experienced in"),
        choices=DisputeKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), choices=Language.choices, widget=forms.CheckboxSelectMultiple()
    )
    until = forms.DateField(
        label=gettext_lazy("Last day of the term"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def office(self) -> Office:
        """The office as given."""
        given = self.cleaned_data
        return Office(given["skills"], given["languages"], given["until"])


class MediatorForm(OfficeForm):
    """The same, and whom to appoint over which area."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=60,
        help_text=gettext_lazy("Of an account that exists; accounts are opened where posts are filled."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    area = PlaceField(label=gettext_lazy("Code of the area"), max_length=17)
    field_order = ("username", "area", "skills", "languages", "until")

    def clean_username(self) -> Account:
        """The account."""
        found = Account.objects.filter(
            username=half_width(tidy(self.cleaned_data["username"])), is_active=True
        ).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no account with this user name. Check it, or open a new one.")
            )
        return found


class TieForm(FrameForm):
    """One thing that keeps a mediator apart."""

    words = forms.CharField(
        label=gettext_lazy("Name of a relative, a telephone number, or an employer"),
        max_length=60,
        help_text=gettext_lazy("Only you can read it again. Others are only told that you are not offered."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def add_mediator(request: HttpRequest, by: PostActor, body: int) -> HttpResponse:
    """Enter somebody as a mediator of a body."""
    found = body_for(body, by=by)
    require(by, EDIT, within=found.division.code)
    initial = {"area": found.division.trimmed, "languages": [Language.MANDARIN]}
    form = MediatorForm(request.POST) if request.method == "POST" else MediatorForm(initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                entered = enter_mediator(given["username"], found, given["area"], form.office(), by=by)
                return redirect("desk:mediator", entered.pk)
            except (Invalid, Conflict) as refusal:
                form = with_errors(form, refusal)
    return render(request, "desk/mediator_enter.html", {"body": found, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def mediator(request: HttpRequest, by: PostActor, mediator: int) -> HttpResponse:
    """A mediator's office; whoever may edit changes it here."""
    found = mediator_for(mediator, by=by)
    if request.method != "POST":
        return _page(request, by, found)
    require(by, EDIT, within=found.holding.post.division.code)
    form = OfficeForm(request.POST)
    if form.is_valid():
        try:
            change_office(found, form.office(), by=by)
            messages.success(request, _("Changed."))
            return redirect("desk:mediator", mediator)
        except Invalid as refusal:
            form = with_errors(form, refusal)
    return _page(request, by, found, {"form": form}, status=422)


def _page(
    request: HttpRequest,
    by: PostActor,
    found: Mediator,
    more: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    own = is_self(found, by)
    initial = {"skills": found.skills, "languages": found.languages, "until": found.until}
    context = {
        "mediator": found,
        "skills": [DisputeKind(each).label for each in found.skills],
        "spoken": [Language(each).label for each in found.languages],
        "load": open_now([found.holding.post_id]).get(found.holding.post_id, 0),
        "may_edit": has(by, EDIT) and covers(by, found.holding.post.division.code),
        "form": OfficeForm(initial=initial),
        "own": own,
        "ties": declared(found, by=by) if own else [],
        "tie_form": TieForm(),
        **(more or {}),
    }
    return render(request, "desk/mediator.html", context, status=status)


@require_POST
@seated
def end_mediator(request: HttpRequest, by: PostActor, mediator: int) -> HttpResponse:
    """End the term today."""
    found = mediator_for(mediator, by=by)
    try:
        end_term(found, by=by)
        messages.success(request, _("The term has ended. Nothing new is offered to this office."))
    except Conflict as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("desk:mediation_body", found.body_id)


@require_POST
@seated
def declare_tie(request: HttpRequest, by: PostActor, mediator: int) -> HttpResponse:
    """The mediator declares, or takes back (`tie`), what keeps them apart."""
    found = mediator_for(mediator, by=by)
    require_self(found, by)
    if key := request.POST.get("tie", ""):
        withdraw(found, int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0, by=by)
        return redirect("desk:mediator", mediator)
    form = TieForm(request.POST)
    if not form.is_valid():
        return _page(request, by, found, {"tie_form": form}, status=422)
    try:
        declare(found, form.cleaned_data["words"], by=by)
    except (Invalid, Conflict) as refusal:
        return _page(request, by, found, {"tie_form": with_errors(form, refusal)}, status=422)
    messages.success(request, _("Declared. You are not offered where it meets a party."))
    return redirect("desk:mediator", mediator)
