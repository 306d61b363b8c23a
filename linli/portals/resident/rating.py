"""Rating how one's own case was handled (评价): three answers, after its end, changeable for thirty days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.base.errors import Conflict
from linli.cases.models import Case, Said, Wish
from linli.cases.ratings import last_day, may_rate, rate, rating_of
from linli.portals.resident.door import resident_page
from linli.portals.resident.unlocked import visible_case
from linli.posts.actor import PartyActor
from linli.web.forms import FrameForm
from linli.web.limits import limited


class RatingForm(FrameForm):
    """One answer, and what could have been better."""

    said = forms.ChoiceField(
        label=gettext_lazy("How was it handled?"), choices=Said.choices, widget=forms.RadioSelect
    )
    wishes = forms.MultipleChoiceField(
        label=gettext_lazy("What could have been better?"),
        choices=Wish.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "If you like. If it is not solved, ask to reopen it: no one acts on this answer alone."
        ),
    )


@dataclass(frozen=True)
class Rate:
    """What the page of a case shows for rating: the form, whether something was said before, until when it can be."""

    form: RatingForm
    said: str
    until: datetime


def rating_on(case: Case, by: PartyActor) -> Rate | None:
    """The section of a case's page; None where there is nothing to rate, or not by this party."""
    if not may_rate(case, by):
        return None
    given = rating_of(case)
    known: dict[str, Any] = {"said": given.said, "wishes": given.wishes.split(",")} if given else {}
    said = str(Said(given.said).label) if given else ""
    return Rate(RatingForm(initial=known, auto_id="rate_%s"), said, last_day(case))


@require_POST
@resident_page
@limited("rate", 30)
def rate_case(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the answer; what staff see of it is a number of many."""
    case, by = visible_case(request, number)
    form = RatingForm(request.POST, auto_id="rate_%s")
    if not form.is_valid():
        messages.warning(request, _("Please choose one of the answers."))
        return redirect("resident:case", case.number)
    try:
        rate(case, by=by, said=form.cleaned_data["said"], wishes=form.cleaned_data["wishes"])
    except Conflict as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Thank you. Your answer is counted with those of others."))
    return redirect("resident:case", case.number)
