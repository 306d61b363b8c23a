"""One screen for how I am told: which of my cases, by which ways, at which hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.base.errors import Invalid, NotFound
from linli.cases.devices import choices_of, choose, forget_devices, may_be_told, tell_on
from linli.cases.models import Case, Choice
from linli.portals.resident.door import resident_page
from linli.portals.resident.own_data import own_cases
from linli.portals.resident.unlocked import unlocked_ways, visible_case
from linli.residents.accounts import resident_of
from linli.residents.webpush import Subscription, public_key
from linli.web.forms import FrameForm
from linli.web.limits import limited

MOST = 30


def _hours() -> list[tuple[str, str]]:
    return [("", _("As usual here")), *((f"{hour:02}:00", f"{hour:02}:00") for hour in range(24))]


class ToldForm(FrameForm):
    """How the reporter of one case is told."""

    sms = forms.BooleanField(label=gettext_lazy("Text messages"), required=False)
    quiet_from = forms.ChoiceField(
        label=gettext_lazy("Let nothing ring from"), choices=_hours, required=False
    )
    quiet_until = forms.ChoiceField(
        label=gettext_lazy("Let it ring again from"), choices=_hours, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Both hours or neither, and not the same one twice."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = given.get("quiet_from", ""), given.get("quiet_until", "")
        if bool(begins) != bool(ends) or (begins and begins == ends):
            raise forms.ValidationError(
                _("Choose two different hours, from when until when, or “As usual here” for both.")
            )
        given["quiet"] = (time.fromisoformat(begins), time.fromisoformat(ends)) if begins else None
        return given


@dataclass(frozen=True)
class Told:
    """A case on the screen: what was chosen, whether it has a number to send to, whether a browser may be told."""

    case: Case
    choice: Choice
    form: ToldForm
    phone: bool
    pushable: bool


@require_safe
@resident_page
def notices(request: HttpRequest) -> HttpResponse:
    """The open cases this browser may see as their reporter, each with its choices."""
    cases = _cases(request)
    choices = choices_of(cases)
    rows = [_told(case, choices[case.pk]) for case in cases]
    return render(request, "resident/notices.html", {"rows": rows, "key": public_key()})


def _cases(request: HttpRequest) -> list[Case]:
    here = {case.pk: case for case, way in unlocked_ways(request) if not way.by.nr}
    resident = resident_of(request.user)
    mine = own_cases(request, resident)[0] if resident else []
    found = here | {case.pk: case for case in mine}
    return [case for case in found.values() if not case.closed_at][:MOST]


def _told(case: Case, choice: Choice) -> Told:
    hours = {
        name: f"{each:%H:%M}" if each else ""
        for name, each in (("quiet_from", choice.quiet_from), ("quiet_until", choice.quiet_until))
    }
    form = ToldForm(initial={"sms": choice.sms, **hours}, auto_id=f"%s-{case.number}")
    return Told(case, choice, form, bool(case.reporter_id), may_be_told(case))


def _own(request: HttpRequest, number: str) -> Case:
    """A case this browser sees as its reporter; NotFound for every other."""
    case, by = visible_case(request, number)
    if by.nr or by.role != "reporter":
        raise NotFound
    return case


@require_POST
@resident_page
@limited("notices", 30)
def choose_notices(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what was chosen for a case, or stop telling browsers of it."""
    case, form = _own(request, number), ToldForm(request.POST)
    if "stop" in request.POST:
        forget_devices(case)
        messages.success(request, _("No device is told of %(number)s any more.") % {"number": case.number})
    elif form.is_valid():
        choose(case, sms=form.cleaned_data["sms"], quiet=form.cleaned_data["quiet"])
        messages.success(request, _("Your choice for %(number)s is kept.") % {"number": case.number})
    else:
        messages.warning(request, " ".join(str(each) for found in form.errors.values() for each in found))
    return redirect("resident:notices")


@require_POST
@resident_page
@limited("devices", 10)
def tell_device(request: HttpRequest, number: str) -> HttpResponse:
    """Tell this browser of a case from now on; the answer is a sentence for the script that asked."""
    case = _own(request, number)
    where = Subscription(*(request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    try:
        tell_on(case, where.checked())
    except Invalid as refusal:
        return JsonResponse({"said": _why(refusal)}, status=422)
    return JsonResponse({"said": _("This device is told when there is news.")})


def _why(refusal: Invalid) -> str:
    inside = [str(sentence) for found in refusal.facts.get("fields", {}).values() for sentence in found]
    return " ".join(inside) or str(refusal.sentence)
