"""A guardian without a telephone at the window: who is here, then what they raise, ask about the data, or answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotFound
from linli.cases.attended import (
    BY_WINDOW,
    ask_attended,
    case_attended,
    kind_about_data,
    kinds_for_wards,
    take_attended,
)
from linli.cases.forms import StepForm
from linli.cases.models import Case
from linli.cases.procedure import REPORTER, Step
from linli.cases.steps import form_for, steps_open_to
from linli.portals.desk.hats import seated
from linli.portals.desk.receipts import Taken, receipt
from linli.portals.desk.reporting import origin_of, sent_before
from linli.portals.desk.residents import guardian_here, let_attend, opened_now, unkept
from linli.portals.desk.rows import stage_words
from linli.posts.actor import PartyActor, PostActor
from linli.residents.people.attending import Attending, Shown, attending
from linli.web.telling import with_errors


class ShownForm(forms.Form):
    """By what the guardian is known who stands there."""

    document = forms.ChoiceField(
        label=gettext_lazy("Document of the guardian you have seen"),
        choices=[("", gettext_lazy("Please choose")), *Shown.choices],
        help_text=gettext_lazy("Compare face and name with the guardian noted here. Make no copy."),
    )


class NumberForm(forms.Form):
    """In which case the guardian answers."""

    number = forms.CharField(
        label=gettext_lazy("Number of the case"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
        help_text=gettext_lazy("It stands on the receipt."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def guardian_at_window(request: HttpRequest, by: PostActor, key: UUID, row: UUID) -> HttpResponse:
    """Say which document was seen; then what the guardian wants done."""
    person, _about = opened_now(request, by, key)
    act, form = request.POST.get("act", ""), ShownForm(request.POST if "document" in request.POST else None)
    if act == "leave":
        let_attend(request, None)
        return redirect("desk:guardians", key)
    if form.is_valid():
        attending(person, row, form.cleaned_data["document"], by=by)
        let_attend(request, row, form.cleaned_data["document"])
        return redirect("desk:guardian_here", key, row)
    who = guardian_here(request, by)
    if who is None or who.guard.row.pk != row:
        if act and not form.is_bound:
            raise NotFound(_("No guardian is noted as being here. Open the ward's record and begin again."))
        who = attending(person, row, next(iter(Shown.values)), by=by)
        return _shown(request, who, {"form": form, "coming": True})
    if act == "ask":
        return _asked(request, who)
    if act in {"find", "take"}:
        return _answered(request, who, act)
    return _shown(request, who)


def _shown(
    request: HttpRequest, who: Attending, more: dict[str, Any] | None = None, status: int = 0
) -> HttpResponse:
    """The page; `more`: the form or the case at hand."""
    said = more or {}
    wrong = any(form.is_bound and form.errors for form in said.values() if isinstance(form, forms.BaseForm))
    content = {
        "who": who,
        "key": who.ward.pk,
        "document": Shown(who.document).label,
        "kinds": kinds_for_wards(who.by),
        "about_data": said.get("about_data") or _about_data(),
        "find": NumberForm(),
        "sent": str(uuid4()),
        **said,
    }
    return unkept(
        render(request, "desk/guardian_here.html", content, status=status or (422 if wrong else 200))
    )


def _about_data(data: Any = None) -> StepForm | None:
    """The questions of a request about the ward's data; the page says which document was seen."""
    kind = kind_about_data()
    if kind is None:
        return None
    by = PartyActor(REPORTER, proof=BY_WINDOW)
    form: StepForm = kind.form(kind.procedure.opening)(data, by=by)
    form.auto_id = "data_%s"
    for name in ("document", "right_address"):  # where a ward lives is changed with the move
        form.fields.pop(name, None)
    return form


def _asked(request: HttpRequest, who: Attending) -> HttpResponse:
    data = request.POST.dict()
    try:
        opened = ask_attended(data, who, origin=origin_of(request, who.by))
    except (Invalid, Conflict) as found_wrong:
        refusal, sent = sent_before(request, found_wrong)
        form = _about_data(data)
        more = {"about_data": with_errors(form, refusal) if form else None, "sent": sent}
        return _shown(request, who, more, refusal.status)
    kind = kind_about_data()
    if kind is None:
        raise NotFound
    return receipt(request, Taken(kind, opened, "", request.path))


def _answered(request: HttpRequest, who: Attending, act: str) -> HttpResponse:
    """Find the case, or take a step of it with what was said."""
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _shown(request, who, {"find": form})
    try:
        case, by = case_attended(form.cleaned_data["number"], who)
    except Invalid as refusal:
        return _shown(request, who, {"find": with_errors(form, refusal)})
    if act == "find":
        return _case(request, who, case, by)
    step = request.POST.get("step", "")
    try:
        take_attended(case.number, step, request.POST, who, seen=_seen(request))
    except Conflict as refusal:
        messages.warning(request, refusal.sentence)
        return _case(request, who, *case_attended(case.number, who))
    except Invalid:
        return _case(request, who, case, by, sent=step)
    messages.success(request, _("Recorded in the ward's name. The ward sees that the guardian said it here."))
    return redirect("desk:guardian_here", who.ward.pk, who.guard.row.pk)


def _case(
    request: HttpRequest, who: Attending, case: Case, by: PartyActor, *, sent: str = ""
) -> HttpResponse:
    """What can be said in the case now: its number and how it stands, none of its words."""
    said = {"data": request.POST} if sent else {}
    steps = [
        (step, _form(step, case, by, **(said if step.name == sent else {})))
        for step in steps_open_to(by, case)
    ]
    wrong = next((form for _step, form in steps if form.is_bound and not form.is_valid()), None)
    more = {"case": case, "stage": stage_words(case), "steps": steps, "wrong": wrong}
    return _shown(request, who, more, 422 if sent else 200)


def _form(step: Step, case: Case, by: PartyActor, **said: Any) -> StepForm:
    form = form_for(step, case, by=by, **said)
    form.auto_id = f"{step.name}_%s"
    return form


def _seen(request: HttpRequest) -> int:
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
