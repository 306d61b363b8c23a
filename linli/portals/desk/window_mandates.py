"""Whom a resident without a telephone lets act for them, named at the window; ended there or by a call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.text import half_width, tidy
from linli.cases.reading import case_for, numbers_of
from linli.portals.desk.hats import seated
from linli.portals.desk.residents import opened_now, unkept
from linli.portals.desk.witnessing import require_signed
from linli.posts.actor import PostActor
from linli.posts.models import Post
from linli.residents.mandates import HOW_LONG
from linli.residents.models import Mandate, Person
from linli.residents.people.mandating import Given, end_at_window, give_at_window, mandates_at_window
from linli.web.telling import with_errors

_OFF = {"autocomplete": "off"}


class WindowMandateForm(forms.Form):
    """Whom, for what, how long, and before whom."""

    phone = forms.CharField(
        label=gettext_lazy("Mobile number of who acts"),
        max_length=30,
        widget=forms.TextInput({**_OFF, "type": "tel"}),
        help_text=gettext_lazy("They sign in with it. Only its last digits are shown here."),
    )
    tie = forms.ChoiceField(
        label=gettext_lazy("Who that is"), choices=[("", gettext_lazy("Please choose")), *Mandate.Tie.choices]
    )
    number = forms.CharField(
        label=gettext_lazy("For one case only: its number"),
        max_length=40,
        required=False,
        widget=forms.TextInput({**_OFF, "inputmode": "numeric"}),
        help_text=gettext_lazy("Empty: for everything raised with the number in the record."),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("For how long"), coerce=int, choices=HOW_LONG)
    paper = forms.BooleanField(
        label=gettext_lazy("A letter of authority, signed by the resident, is before me"), required=False
    )
    witness = forms.ModelChoiceField(
        Post.objects.none(),
        label=gettext_lazy("Or: the second post that heard it too"),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    proof = forms.CharField(
        label=gettext_lazy("Code from the second person's own app"),
        max_length=128,
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=gettext_lazy("They type it here themselves. It says that they heard it, and works once."),
    )

    def __init__(self, by: PostActor, data: Any = None) -> None:
        super().__init__(data)
        low, high = by.post.division.span
        posts = Post.objects.filter(division__code__gte=low, division__code__lt=high, until=None)
        field: Any = self.fields["witness"]
        field.queryset = (
            posts.exclude(pk=by.post.pk).select_related("organisation").order_by("division__code", "title")
        )
        field.label_from_instance = lambda post: post.with_body

    def clean(self) -> None:
        """Nobody takes such a word in alone."""
        super().clean()
        if not (self.cleaned_data.get("paper") or self.cleaned_data.get("witness")) and not self.errors:
            self.add_error("paper", _("It needs a signed letter, or a second post that heard it."))


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def window_mandates(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """The list, naming one more, and ending one."""
    person, _about = opened_now(request, by, key)
    shown = mandates_at_window(person, by=by)
    if "end" in request.POST:
        end_at_window(person, _key(request.POST["end"]), by=by)
        messages.success(
            request, _("Ended. From this moment they see and do nothing more for this resident.")
        )
        return redirect("desk:window_mandates", key)
    form = WindowMandateForm(by, request.POST if request.method == "POST" else None)
    if form.is_valid() and _given(request, person, form, by):
        messages.success(request, _("Recorded. They can act once they sign in with that number."))
        return redirect("desk:window_mandates", key)
    numbers = numbers_of({each.about for each, _going in shown if each.about}, by=by)
    rows = [(each, going, numbers.get(each.about, "") if each.about else "") for each, going in shown]
    context = {"form": form, "key": key, "rows": rows}
    return unkept(render(request, "desk/window_mandates.html", context, status=422 if form.is_bound else 200))


def _given(request: HttpRequest, person: Person, form: WindowMandateForm, by: PostActor) -> bool:
    said = form.cleaned_data
    number = half_width(tidy(said["number"]))
    try:
        case = case_for(by, number) if number else None
        witness = said["witness"]
        signed = bool(witness) and require_signed(request, witness, said["proof"], by=by)
        given = Given(said["phone"], said["tie"], said["days"], case, witness, signed)
        give_at_window(person, given, by=by)
    except NotFound:
        form.add_error(
            "number", _("There is no such case in your area. Check the number for typing mistakes.")
        )
        return False
    except (Invalid, Conflict) as refusal:
        with_errors(form, refusal)
        return False
    return True


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as trouble:
        raise NotFound from trouble
