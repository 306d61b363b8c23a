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
from linli.cases.devices import choice_of, choose, forget_devices, may_be_told, tell_on
from linli.cases.models import Case, Party, Told
from linli.portals.resident.door import resident_page
from linli.portals.resident.mailing import CodeForm, MailboxForm, ask, awaited, forget, proven
from linli.portals.resident.own_data import own_cases, own_parties
from linli.portals.resident.unlocked import unlocked_ways, visible_case
from linli.posts.actor import PartyActor
from linli.residents.accounts import resident_of
from linli.residents.mailbox import letters_go_out
from linli.residents.mandates import REPRESENTATIVE
from linli.residents.webpush import Subscription, public_key
from linli.web.forms import FrameForm
from linli.web.limits import limited

MOST = 30


def _hours() -> list[tuple[str, str]]:
    return [("", _("As usual here")), *((f"{hour:02}:00", f"{hour:02}:00") for hour in range(24))]


class ToldForm(FrameForm):
    """How the reporter, or another party, of one case is told."""

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
class Row:
    """A case on the screen: what was chosen, whether it has a number to send to, what else may be told.

    `mailbox`: the form that asks for an address, or, once a code went there (`awaits`), for the code.
    """

    case: Case
    choice: Told
    form: ToldForm
    phone: bool
    pushable: bool
    mailbox: FrameForm | None
    awaits: str


@require_safe
@resident_page
def notices(request: HttpRequest) -> HttpResponse:
    """The open cases this browser may see as their reporter or another party, each with its choices."""
    rows = [_row(request, case, party) for case, party in _own_cases(request)]
    return render(request, "resident/notices.html", {"rows": rows, "key": public_key()})


def _own_cases(request: HttpRequest) -> list[tuple[Case, Party | None]]:
    """By code or signed in; none that somebody acts in for another: how one is told, one chooses oneself."""
    resident = resident_of(request.user)
    mine = own_cases(request, resident)[0] if resident else []
    between = own_parties(request, resident) if resident else []
    found = {case.pk: (case, _party_of(way.by)) for case, way in reversed(unlocked_ways(request))}
    found = (
        {each.case.pk: (each.case, each) for each in between}
        | {case.pk: (case, None) for case in mine}
        | found
    )
    return [each for each in found.values() if not each[0].closed_at][:MOST]


def _party_of(by: PartyActor) -> Party | None:
    """The row of a party beside the reporter, or of who acts for one; None for the reporter."""
    row = by.agency or (by.side if by.nr else None)
    found = Party.objects.select_related("contact").filter(pk=row.key) if row else None
    return found.first() if found else None


def _row(request: HttpRequest, case: Case, party: Party | None) -> Row:
    choice = choice_of(case, party)
    hours = {
        name: f"{each:%H:%M}" if each else ""
        for name, each in (("quiet_from", choice.quiet_from), ("quiet_until", choice.quiet_until))
    }
    form = ToldForm(initial={"sms": choice.sms, **hours}, auto_id=f"%s-{case.number}")
    phone = bool(party.contact.phone_sealed if party else case.reporter_id)
    may, awaits = may_be_told(case), awaited(request, case)
    mailbox = (CodeForm if awaits else MailboxForm)(auto_id=f"%s-{case.number}")
    offered = may and letters_go_out() and not choice.letter
    return Row(case, choice, form, phone, may and bool(public_key()), mailbox if offered else None, awaits)


def _own(request: HttpRequest, number: str) -> tuple[Case, Party | None]:
    """A case this browser sees as its reporter or another party; NotFound for every other, and for who acts for one."""
    case, by = visible_case(request, number)
    if by.relation == REPRESENTATIVE and not by.agency:
        raise NotFound
    return case, _party_of(by)


@require_POST
@resident_page
@limited("notices", 30)
def choose_notices(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what was chosen for a case, or stop telling browsers of it."""
    (case, party), form = _own(request, number), ToldForm(request.POST)
    if "stop" in request.POST:
        forget_devices(case, party)
        messages.success(request, _("No device is told of %(number)s any more.") % {"number": case.number})
    elif form.is_valid():
        choose(case, sms=form.cleaned_data["sms"], quiet=form.cleaned_data["quiet"], party=party)
        messages.success(request, _("Your choice for %(number)s is kept.") % {"number": case.number})
    else:
        messages.warning(request, " ".join(str(each) for found in form.errors.values() for each in found))
    return redirect("resident:notices")


@require_POST
@resident_page
@limited("devices", 10)
def tell_device(request: HttpRequest, number: str) -> HttpResponse:
    """Tell this browser of a case from now on; the answer is a sentence for the script that asked."""
    case, party = _own(request, number)
    where = Subscription(*(request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    try:
        tell_on(case, where.checked(), party)
    except Invalid as refusal:
        return JsonResponse({"said": _why(refusal)}, status=422)
    return JsonResponse({"said": _("This device is told when there is news.")})


@require_POST
@resident_page
@limited("mailbox", 10)
def tell_mailbox(request: HttpRequest, number: str) -> HttpResponse:
    """Send a code to a mailbox, or tell it of a case from now on once the code has come back."""
    case, party = _own(request, number)
    if not may_be_told(case) or not letters_go_out():
        raise NotFound
    if "other" in request.POST:
        forget(request)
        return redirect("resident:notices")
    try:
        messages.success(request, _mailbox_told(request, case, party))
    except Invalid as refusal:
        messages.warning(request, _why(refusal))
    return redirect("resident:notices")


def _mailbox_told(request: HttpRequest, case: Case, party: Party | None) -> str:
    if "code" in request.POST:
        tell_on(case, proven(request, case, request.POST["code"]), party)
        return _("Your mailbox is told when there is news of %(number)s.") % {"number": case.number}
    form = MailboxForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Please enter an e-mail address such as name@example.com."))
    ask(request, case, form.cleaned_data["address"])
    return _("A code is on its way to %(address)s. Enter it below.") % {
        "address": form.cleaned_data["address"]
    }


def _why(refusal: Invalid) -> str:
    inside = [str(sentence) for found in refusal.facts.get("fields", {}).values() for sentence in found]
    return " ".join(inside) or str(refusal.sentence)
