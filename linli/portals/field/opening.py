"""Entering something new, as an ordinary form; with the script the same form goes through the outbox."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotFound, Refusal
from linli.cases.offering import channel_of, openable, opening_form
from linli.cases.opening import Origin, SentBefore
from linli.cases.steps import open_case
from linli.portals.field.forms import Opening, opening_of
from linli.portals.field.seating import seated
from linli.posts.actor import PostActor


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def report(request: HttpRequest, by: PostActor, kind: str) -> HttpResponse:
    """The kind's opening form, and opening the case."""
    found = openable(kind, by)
    if request.method != "POST":
        return _asked(request, opening_of(found, by))
    data = {**request.POST.dict(), "channel": channel_of(by)}
    try:
        opened = open_case(kind, data, by=by, origin=_origin(request, by), files=request.FILES)
    except (Invalid, NotFound, Conflict) as refusal:
        form = opening_form(found, by, data, request.FILES)
        return _asked(request, opening_of(found, by, form), _outside(refusal))
    return render(request, "field/taken.html", {"opened": opened, "kind": found.procedure})


def _outside(refusal: Refusal) -> Refusal:
    if isinstance(refusal, NotFound):
        return Invalid(_("This place is not in your area. Choose another, or leave it open."))
    if isinstance(refusal, SentBefore):
        return Conflict(_("This form was taken in already as %(number)s.") % {"number": refusal.number})
    return refusal


def _origin(request: HttpRequest, by: PostActor) -> Origin | None:
    """The page carries a key of its own, so that a form sent twice opens one case."""
    try:
        key = UUID(request.POST.get("sent", ""))
    except ValueError:
        return None
    said = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return Origin.of(f"field/{by.holding.account_id}", str(key), repr(said).encode())


def _asked(request: HttpRequest, opening: Opening, refusal: Refusal | None = None) -> HttpResponse:
    form = opening.form
    if refusal is not None and form.is_valid():
        form.add_error(None, refusal.sentence)
    context = {"opening": opening, "form": form if refusal else None, "sent": uuid4()}
    return render(request, "field/report.html", context, status=refusal.status if refusal else 200)
