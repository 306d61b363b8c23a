"""Who acts for me: letting somebody, for one case or all, and ending it at once."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.models import Case
from linli.portals.resident.door import resident_page, signed_in
from linli.portals.resident.opening import tell
from linli.residents import mandates
from linli.residents.accounts import contacts_of, resident_of
from linli.residents.models import Resident
from linli.web.forms import FrameForm

MOST = 50


class MandateForm(FrameForm):
    """Whom, for what, how long."""

    phone = forms.CharField(
        label=gettext_lazy("Their mobile number"),
        max_length=30,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "They sign in with it. It is not shown to anybody; only its last digits stay here."
        ),
    )
    case = forms.ChoiceField(label=gettext_lazy("For what"), required=False)
    days = forms.TypedChoiceField(label=gettext_lazy("For how long"), coerce=int, choices=mandates.HOW_LONG)
    sure = forms.BooleanField(
        label=gettext_lazy("I let them act for me"),
        help_text=gettext_lazy(
            "They see what you raised and how it stands, and answer for you; what they do is marked as done for you. "
            "Your name and number they do not read. You can end it at any time."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@resident_page
def mandates_page(request: HttpRequest) -> HttpResponse:
    """The list, letting one more act, and ending one."""
    resident = resident_of(request.user)
    if resident is None:
        raise NotYours
    if "end" in request.POST:
        mandates.end(_key(request.POST["end"]), resident)
        messages.success(request, _("Ended. From this moment they see and do nothing more for you."))
        return redirect("resident:mandates")
    form = _form(resident, request)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        about = UUID(given["case"]) if given["case"] else None
        try:
            mandates.give(resident, mandates.Terms(given["phone"], given["days"], about))
            messages.success(request, _("Recorded. They can act for you once they sign in with that number."))
            return redirect("resident:mandates")
        except (Invalid, Conflict) as refusal:
            tell(form, refusal)  # type: ignore[arg-type]
    rows = [(each, mandates.is_going(each), _number(each.about)) for each in mandates.mandates_of(resident)]
    return render(
        request, "resident/mandates.html", {"rows": rows, "form": form}, status=422 if form.is_bound else 200
    )


def _form(resident: Resident, request: HttpRequest) -> MandateForm:
    form = MandateForm(request.POST if request.method == "POST" else None)
    own = Case.everywhere.filter(reporter__in=contacts_of(resident)).order_by("-id")[:MOST]
    cases = [(str(case.pk), f"{case.number} {case.summary}") for case in own]
    form.fields["case"].choices = [("", _("For everything raised with my number")), *cases]  # type: ignore[attr-defined]
    return form


def _number(about: UUID | None) -> str:
    case = Case.everywhere.filter(pk=about).first() if about else None
    return case.number if case else ""


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as trouble:
        raise NotFound from trouble
