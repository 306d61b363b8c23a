"""What I agreed to: every yes and no in the words that were shown, and taking a yes back at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.base.errors import NotFound, NotYours
from linli.portals.resident.door import resident_page, signed_in
from linli.posts.actor import PartyActor
from linli.residents.accounts import contacts_of, resident_of
from linli.residents.consents import affirm, agreed_by, withdraw


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@resident_page
def agreed(request: HttpRequest) -> HttpResponse:
    """The list; a POST takes one back, or confirms what a guardian had agreed to."""
    resident = resident_of(request.user)
    if resident is None:
        raise NotYours
    contacts = set(contacts_of(resident).values_list("pk", flat=True))
    if "affirm" in request.POST:
        affirm(_key(request.POST["affirm"]), contacts, by=PartyActor("reporter"))
        messages.success(request, _("Recorded: you agree yourself now."))
        return redirect("resident:agreed")
    if request.method == "POST":
        withdraw(_key(request.POST.get("consent", "")), contacts, by=PartyActor("reporter"))
        messages.success(request, _("Taken back. From this moment nobody may rely on it."))
        return redirect("resident:agreed")
    return render(request, "resident/agreed.html", {"rows": agreed_by(contacts)})


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as trouble:
        raise NotFound from trouble
