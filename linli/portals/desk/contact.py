"""The contact door: who raised it, shown once, for a listed purpose, to the few kinds of post that have one."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import NotFound, NotYours
from linli.cases.models import Case
from linli.cases.reading import case_for
from linli.cases.steps import may_reach
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.residents.consents import in_force
from linli.residents.purposes import WORK, Purpose, purposes_for
from linli.residents.reading import read
from linli.residents.showing import reading_as


class PurposeForm(forms.Form):
    """Why the contact is needed; the answer is kept and shown to the person."""

    purpose = forms.ChoiceField(label=gettext_lazy("What do you need it for?"), widget=forms.RadioSelect)

    def __init__(self, purposes: Sequence[Purpose], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["purpose"].choices = [(each.name, each.label()) for each in purposes]  # type: ignore[attr-defined]
        self.fields["purpose"].error_messages["required"] = _("Please choose what you need it for.")
        self.initial["purpose"] = purposes[0].name if len(purposes) == 1 else None


def _purposes(by: PostActor, case: Case) -> list[Purpose]:
    """What this hat may need the contact for: by duty, or because the person has said yes to its body in this case."""
    found = purposes_for(by.post.kind)
    body, asked = by.post.organisation_id, None if case.closed_at else case.reporter_id
    return [
        each for each in found if not each.by_consent or (asked and in_force(asked, each.name, case.pk, body))
    ]


def may_ask(by: PostActor, case: Case) -> bool:
    """Whether this hat is shown the way to the contact at all."""
    return case.reporter_id is not None and bool(_purposes(by, case)) and may_reach(by, case)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def contact(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Ask for the purpose; then show name and telephone number once, in this answer only."""
    case = case_for(by, number)
    reading_as(WORK)
    purposes = _purposes(by, case)
    if not (purposes and may_reach(by, case)):
        raise NotYours(_("Who raised this is shielded from your post. Write to them through Linli instead."))
    if case.reporter is None:
        raise NotFound(_("Nobody left a name or telephone number with this case."))
    form = PurposeForm(purposes, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "desk/contact_ask.html", {"form": form, "case": case}, status=status)
    person = read(case.reporter, form.cleaned_data["purpose"], case, by=by, fields=("name", "phone"))
    response = render(request, "desk/contact_shown.html", {"case": case, "person": person})
    response["Cache-Control"] = "no-store, private"
    return response
