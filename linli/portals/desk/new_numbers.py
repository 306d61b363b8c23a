"""Putting another telephone number in for a party who lost the phone."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.forms import TidyText
from linli.cases.new_numbers import NewNumber, may_renumber, renumber
from linli.cases.reading import case_for
from linli.portals.desk.contact import party_named
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.residents.purposes import WORK
from linli.residents.showing import reading_as
from linli.web.telling import with_errors


class NewNumberForm(forms.Form):
    """The number, and how the person was proven; `seen` is the contact that was there when the page was made."""

    phone = forms.CharField(
        label=gettext_lazy("New telephone number"),
        max_length=30,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    proof = TidyText(
        label=gettext_lazy("How did you make sure that it is this party?"),
        max_length=300,
        help_text=gettext_lazy(
            "Such as: came in person and showed the identity card. Never write its number here."
        ),
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def new_number(request: HttpRequest, by: PostActor, number: str, party: int) -> HttpResponse:
    """Ask for number and proof; then the old code opens nothing any more, and both numbers are told."""
    case = case_for(by, number)
    reading_as(WORK)
    if not may_renumber(by, case):
        raise NotYours(_("Only the post that carries the case through may do this."))
    nr, words, contact = party_named(case, str(party))
    form = NewNumberForm(
        request.POST if request.method == "POST" else None, initial={"seen": contact.pk if contact else None}
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            renumber(case, NewNumber(nr, given["phone"], given["proof"], given["seen"]), by=by)
        except (Invalid, Conflict) as refusal:
            with_errors(form, refusal)
        else:
            messages.success(
                request, _("Put in. The new code was sent to the new number; the old one opens nothing.")
            )
            return redirect("desk:case", case.number)
    context = {"form": form, "case": case, "party": words}
    return render(request, "desk/new_number.html", context, status=422 if form.is_bound else 200)
