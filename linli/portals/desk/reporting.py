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
from linli.cases.forms import SameAsField, StepForm
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case
from linli.cases.offering import channel_of, kinds_to_open, opening_form
from linli.cases.opening import Origin, SentBefore
from linli.cases.steps import open_case
from linli.portals.desk.growing import grown, source_of
from linli.portals.desk.hats import seated
from linli.portals.desk.receipts import Taken, receipt
from linli.posts.actor import PostActor
from linli.web.telling import with_errors

_POINT = ("longitude", "latitude", "datum")


@require_safe
@seated
def reports(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Choose what to take in; with one kind there is nothing to choose."""
    kinds = kinds_to_open(by)
    if not kinds:
        raise NotYours(_("Your post takes no reports in."))
    if len(kinds) == 1:
        return redirect("desk:report", kinds[0].name)
    return render(request, "desk/reports.html", {"kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def report(request: HttpRequest, by: PostActor, kind: str) -> HttpResponse:
    """The kind's opening form, and opening the case; the receipt is the answer itself, shown once."""
    found = kind_of(kind)
    if found not in kinds_to_open(by):
        raise NotYours(_("Your post takes no reports in."))
    source = source_of(request, by, found)
    if request.method != "POST":
        return _asked(request, found, grown(opening_form(found, by), source), str(uuid4()))
    data = {**request.POST.dict(), "channel": channel_of(by)}
    try:
        opened = open_case(kind, data, by=by, origin=origin_of(request, by, source), files=request.FILES)
    except (Invalid, NotFound, Conflict) as found_wrong:
        refusal, sent = sent_before(request, found_wrong)
        if isinstance(refusal, NotFound):
            refusal = Invalid(_("This place is not in your area. Choose another, or leave it open."))
        form = with_errors(grown(opening_form(found, by, data, request.FILES), source), refusal)
        return _asked(request, found, form, sent, status=refusal.status)
    return receipt(request, Taken(found, opened, data.get("phone", ""), reverse("desk:report", args=[kind])))


def _asked(request: HttpRequest, kind: Kind, form: StepForm, sent: str, *, status: int = 200) -> HttpResponse:
    point = [form[name] for name in _POINT if name in form.fields]
    shown = [bound for bound in form.visible_fields() if not isinstance(bound.field, SameAsField)]
    rest = [bound for bound in shown if bound.name not in _POINT]
    open_point = any(bound.value() or bound.errors for bound in point[:2])
    context = {
        "form": form,
        "kind": kind.procedure,
        "fields": rest,
        "point": point,
        "open_point": open_point,
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
