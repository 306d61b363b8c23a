"""The contact door: who raised it, shown once, for a listed purpose, to the few kinds of post that have one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import NotFound, NotYours
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.new_numbers import may_renumber
from linli.cases.parties import reporter_stands, role_words, rows_of_parties, stands
from linli.cases.reading import case_for
from linli.cases.steps import may_reach
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.residents.consents import in_force
from linli.residents.models import Contact
from linli.residents.purposes import WORK, Purpose, purpose_named, purposes_for
from linli.residents.reading import FIELDS, read
from linli.residents.showing import reading_as


class PurposeForm(forms.Form):
    """Why the contact is needed; the answer is kept and shown to the person."""

    purpose = forms.ChoiceField(label=gettext_lazy("What do you need it for?"), widget=forms.RadioSelect)

    def __init__(self, purposes: Sequence[Purpose], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["purpose"].choices = [(each.name, each.label()) for each in purposes]  # type: ignore[attr-defined]
        self.fields["purpose"].error_messages["required"] = _("Please choose what you need it for.")
        self.initial["purpose"] = purposes[0].name if len(purposes) == 1 else None


def _purposes(by: PostActor, case: Case, contact: UUID | None) -> list[Purpose]:
    """What this hat may need a contact for: by duty, by the person's yes to its body, or to carry a case through."""
    found = purposes_for(by.post.kind)
    body, asked = by.post.organisation_id, None if case.closed_at else contact
    usual = [
        each
        for each in found
        if not each.of_named
        and (not each.by_consent or (asked and in_force(asked, each.name, case.pk, body)))
    ]
    carrying = [each for each in found if each.of_named and case.opens_to(contact, by.post.pk)]
    return carrying + (usual if usual and may_reach(by, case) else [])


def may_ask(by: PostActor, case: Case) -> bool:
    """Whether this hat is shown the way to the reporter's contact at all."""
    return case.reporter_id is not None and bool(_purposes(by, case, case.reporter_id))


@dataclass(frozen=True)
class ShownParty:
    """A party on the page of a case: what it is called, never who it is; where the post can reach it."""

    nr: int
    words: str
    may_ask: bool
    may_renumber: bool


def parties_on_page(by: PostActor, case: Case) -> list[ShownParty]:
    """The parties of a case, its reporter first; empty for a kind that knows none."""
    if not kind_of(case.kind).procedure.has_parties:
        return []
    rows = rows_of_parties(case)
    known = {0: case.reporter_id} if reporter_stands(rows) else {}
    known |= {each.nr: each.contact_id for each in rows if stands(each)}
    carries = may_renumber(by, case)
    return [
        ShownParty(nr, role_words(case, nr, rows), bool(key and _purposes(by, case, key)), carries)
        for nr, key in known.items()
    ]


def party_named(case: Case, given: str) -> tuple[int, str, Contact | None]:
    """A party by its number as an address has it: the number, what it is called, its contact; NotFound otherwise."""
    rows = rows_of_parties(case)
    known = {"0": (0, case.reporter)} | {
        str(each.nr): (each.nr, each.contact) for each in rows if stands(each)
    }
    if given not in known:
        raise NotFound
    nr, contact = known[given]
    return nr, role_words(case, nr, rows), contact


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def contact(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Ask for the purpose; then show name and telephone number once, in this answer only."""
    case = case_for(by, number)
    reading_as(WORK)
    nr, words, whose = party_named(case, request.GET.get("party", "0"))
    purposes = _purposes(by, case, whose.pk if whose else None)
    if not purposes:
        raise NotYours(_("Who raised this is shielded from your post. Write to them through Linli instead."))
    if whose is None:
        raise NotFound(_("Nobody left a name or telephone number with this case."))
    form = PurposeForm(purposes, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"form": form, "case": case, "party": words if nr else ""}
        return render(request, "desk/contact_ask.html", context, status=status)
    purpose = form.cleaned_data["purpose"]
    fields = FIELDS if purpose_named(purpose).of_named else ("name", "phone")
    person = read(whose, purpose, case, by=by, fields=fields)
    context = {"case": case, "person": person, "party": words if nr else ""}
    response = render(request, "desk/contact_shown.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
