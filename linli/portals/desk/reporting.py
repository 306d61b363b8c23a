"""Taking a case in for somebody: on the telephone, at the window, out in the grid. Ends with a receipt to read out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, Refusal
from linli.cases.attended import open_attended
from linli.cases.forms import SameAsField, StepForm, WholeForm, ask_no_person
from linli.cases.kinds import Kind, step_of
from linli.cases.models import Case
from linli.cases.offering import channel_of, offered_to, openable, opening_form
from linli.cases.opening import Origin, SentBefore
from linli.cases.procedure import Step
from linli.cases.steps import open_and_take, open_case
from linli.portals.desk.growing import grown, source_of
from linli.portals.desk.hats import seated
from linli.portals.desk.receipts import Taken, receipt
from linli.portals.desk.residents import guardian_here
from linli.posts.actor import PostActor
from linli.residents.people.attending import Attending
from linli.web.telling import with_errors

WARD = "ward"
_POINT = ("longitude", "latitude", "datum")


@require_safe
@seated
def reports(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Choose what to take in, typed or from a chat; where there is one way only, there is nothing to choose."""
    offer = offered_to(by)
    if offer.only:
        return redirect("desk:report", offer.only.name)
    return render(request, "desk/reports.html", {"offer": offer})


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def report(request: HttpRequest, by: PostActor, kind: str, step: str = "") -> HttpResponse:
    """The kind's opening form, and opening the case; the receipt is the answer itself, shown once.

    `step`: one that is taken with the opening, on the same form.
    """
    found = openable(kind, by)
    source, ward = source_of(request, by, found), _for_ward(request, by)
    with_it = _taken_with(found, step, by)
    if ward and with_it:
        raise NotFound
    if request.method != "POST":
        blank = _of_ward(opening_form(found, by, step=with_it), ward)
        return _asked(request, found, grown(blank, source), str(uuid4()))
    data = {**request.POST.dict(), "channel": channel_of(by)}
    origin = origin_of(request, by, source)
    try:
        if with_it:
            opened = open_and_take(kind, step, data, by=by, origin=origin)
        elif ward:
            opened = open_attended(kind, data, ward, origin=origin, files=request.FILES)
        else:
            opened = open_case(kind, data, by=by, origin=origin, files=request.FILES)
    except (Invalid, NotFound, Conflict) as found_wrong:
        refusal, sent = sent_before(request, found_wrong)
        if isinstance(refusal, NotFound):
            refusal = Invalid(_("This place is not in your area. Choose another, or leave it open."))
        form = _of_ward(opening_form(found, by, data, request.FILES, step=with_it), ward)
        return _asked(request, found, with_errors(grown(form, source), refusal), sent, status=refusal.status)
    onwards = reverse("desk:guardian_here", args=[ward.ward.pk, ward.guard.row.pk]) if ward else request.path
    return receipt(request, Taken(found, opened, data.get("phone", ""), onwards))


def _for_ward(request: HttpRequest, by: PostActor) -> Attending | None:
    """The guardian at the window, where the form is for a ward; NotFound once somebody else is there."""
    asked = (request.POST if request.method == "POST" else request.GET).get(WARD, "")
    if not asked:
        return None
    here = guardian_here(request, by)
    if here is None or str(here.guard.row.pk) != asked:
        raise NotFound(_("No guardian is noted as being here. Open the ward's record and begin again."))
    return here


def _of_ward(form: StepForm, ward: Attending | None) -> StepForm:
    """Who raises it is known then, and is asked for neither name nor number."""
    form.ward = ward  # type: ignore[attr-defined]
    return ask_no_person(form) if ward else form


def _taken_with(kind: Kind, step: str, by: PostActor) -> Step | None:
    """The step that is taken on the form of the opening, if one is named and may be."""
    found = step_of(kind.name, step) if step else None
    if found and found not in kind.procedure.at_opening(by.post.kind):
        raise NotYours(_("Your post does not take this step together with the opening."))
    return found


def _asked(request: HttpRequest, kind: Kind, form: StepForm, sent: str, *, status: int = 200) -> HttpResponse:
    point = [form[name] for name in _POINT if name in form.fields]
    shown = [bound for bound in form.visible_fields() if not isinstance(bound.field, SameAsField)]
    rest = [bound for bound in shown if bound.name not in {*_POINT, *form.folded}]
    folded = [bound for bound in shown if bound.name in form.folded]
    open_point = any(bound.value() or bound.errors for bound in point[:2])
    context = {
        "form": form,
        "kind": kind.procedure,
        "fields": rest,
        "point": point,
        "open_point": open_point,
        "folded": folded,
        "open_fold": any(bound.errors for bound in folded),
        "whole": isinstance(form, WholeForm),
        "at_opening": kind.procedure.at_opening(form.by.post.kind if isinstance(form.by, PostActor) else ""),
        "sent": sent,
    }
    return render(request, "desk/report.html", context, status=status)


def origin_of(request: HttpRequest, by: PostActor, source: Case | None = None) -> Origin:
    """The page carries a key of its own, so that a form sent twice opens one case."""
    try:
        key = UUID(request.POST.get("sent", ""))
    except ValueError:
        return Origin(case=source)
    said: dict[str, Any] = {
        name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
    }
    said["files"] = [[file.name, file.size] for _name, files in request.FILES.lists() for file in files]
    body = json.dumps(said, sort_keys=True).encode()
    return replace(Origin.of(f"desk/{by.holding.pk}", str(key), body), case=source)


def sent_before(request: HttpRequest, refusal: Refusal) -> tuple[Refusal, str]:
    """What the form says after a refusal, and its key: where it was taken in before, one that opens a new case."""
    if not isinstance(refusal, SentBefore):
        return refusal, request.POST.get("sent", "")
    sentence = _(
        "This form was taken in already as %(number)s; what you changed since is not in it. Add it there, "
        "or send the form once more, and it becomes a new case."
    )
    return Conflict(sentence % {"number": refusal.number}), str(uuid4())
