"""Guardians of the resident whose record is open: noted from a paper, ended, and that they disagree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid, Refusal
from linli.portals.desk.hats import seated
from linli.portals.desk.resident_forms import day_field
from linli.portals.desk.residents import opened_now, unkept
from linli.posts.actor import PostActor
from linli.residents.models import Person
from linli.residents.people import guarding
from linli.residents.people.guarding import GivenGuardian, shown_guardians
from linli.residents.people.warding import ENDS, Ground, Guard, Paper, Tie
from linli.web.telling import with_errors

_OFF = {"autocomplete": "off"}
_CHOOSE = [("", gettext_lazy("Please choose"))]


class GuardianForm(forms.Form):
    """What the paper says, and the number by which the guardian is known."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Why there is a guardian"), choices=_CHOOSE + Ground.choices
    )
    born = day_field(
        gettext_lazy("Day of birth of the ward"),
        required=False,
        help_text=gettext_lazy(
            "Needed below eighteen: the guardianship ends by itself on the eighteenth birthday."
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the guardian"), max_length=60, widget=forms.TextInput(_OFF)
    )
    tie = forms.ChoiceField(
        label=gettext_lazy("Who the guardian is to the ward"), choices=_CHOOSE + Tie.choices
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile number of the guardian"),
        max_length=30,
        required=False,
        widget=forms.TextInput({**_OFF, "type": "tel"}),
        help_text=gettext_lazy("With it the guardian signs in and is known. It may stay empty."),
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper you have seen"),
        choices=_CHOOSE + Paper.choices,
        help_text=gettext_lazy("Seeing it is enough: make no copy."),
    )
    since = day_field(
        gettext_lazy("Guardian since"),
        help_text=gettext_lazy("Of a parent the day of birth; else the day in the paper."),
    )
    instead_of = forms.ChoiceField(label=gettext_lazy("Takes the place of"), required=False)

    def __init__(self, going: list[tuple[Guard, str, str]], data: Any = None) -> None:
        super().__init__(data)
        choices = [(str(each.row.pk), name) for each, name, _number in going]
        if choices:
            self.fields["instead_of"].choices = [("", gettext_lazy("Nobody: one more guardian")), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["instead_of"]

    def given(self) -> GivenGuardian:
        """As the action takes it; only of a valid form."""
        said = dict(self.cleaned_data)
        replaced = said.pop("instead_of", "")
        return GivenGuardian(**said, instead_of=UUID(replaced) if replaced else None)


class EndGuardianForm(forms.Form):
    """Why and when it ends."""

    why = forms.ChoiceField(
        label=gettext_lazy("Why it ends"), choices=list(ENDS.items()), widget=forms.RadioSelect
    )
    on = day_field(gettext_lazy("On which day"))


_ACTS = {
    "contest": (
        guarding.contest,
        gettext_lazy("Noted. What one of them asks for is decided by a person each time."),
    ),
    "settle": (guarding.settle, gettext_lazy("Noted: they agree again, or it was decided.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def guardians(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Those there are and were; noting one more or another one; noting that they disagree."""
    person, _about = opened_now(request, by, key)
    shown = shown_guardians(person, by=by)
    if act := _ACTS.get(request.POST.get("act", "")):
        act[0](person, by=by)
        messages.success(request, str(act[1]))
        return redirect("desk:guardians", key)
    today = timezone.localdate()
    going = [row for row in shown if row[0].going(today)]
    form = GuardianForm(going, request.POST if request.method == "POST" else None)
    if form.is_valid() and _noted(person, form, by):
        messages.success(request, _("Noted. The guardian is known by this number from now on."))
        return redirect("desk:guardians", key)
    context = {
        "form": form,
        "key": key,
        "going": going,
        "over": [row for row in shown if row not in going],
        "contested": any(row[0].row.contested_on for row in going),
    }
    return unkept(render(request, "desk/guardians.html", context, status=422 if form.is_bound else 200))


def _noted(person: Person, form: GuardianForm, by: PostActor) -> bool:
    try:
        guarding.note_guardian(person, form.given(), by=by)
    except Refusal as refusal:
        if not isinstance(refusal, Invalid) and refusal.status in {403, 404}:
            raise
        with_errors(form, refusal)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def end_guardian(request: HttpRequest, by: PostActor, key: UUID, row: UUID) -> HttpResponse:
    """End one, with why and from which day."""
    person, _about = opened_now(request, by, key)
    form = EndGuardianForm(
        request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()}
    )
    if form.is_valid():
        try:
            said = form.cleaned_data
            guarding.end_guardian(person, row, said["why"], on=said["on"], by=by)
        except Invalid as refusal:
            with_errors(form, refusal)
        else:
            messages.success(
                request, _("Ended. From that day on they see and do nothing more for this resident.")
            )
            return redirect("desk:guardians", key)
    context = {"form": form, "key": key}
    return unkept(render(request, "desk/end_guardian.html", context, status=422 if form.is_bound else 200))
