"""What is kept about somebody across cases: for their copy, and for what cannot be deleted yet and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.devices import told_about
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case, Party
from linli.cases.models.attachment import PICTURE
from linli.cases.procedure import REPORTER
from linli.cases.ratings import rating_of
from linli.cases.story import OWN_WORDS, story_for_reporter, words_for_reporter
from linli.cases.wards import looks_told, of_ward
from linli.ledger.records import Line, record
from linli.posts.actor import PartyActor
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Contact, Extract
from linli.residents.reading import read
from linli.residents.rights import count_fetch, scope_of, signed_in_with

MOST_CASES = 500


class Held(StrEnum):
    """Why a contact cannot go yet."""

    OPEN = "open"
    ACCOUNT = "account"
    REQUEST = "request"


WHY_HELD = {
    Held.OPEN: gettext_lazy("a case is still open, or can still be reopened or contested by you"),
    Held.ACCOUNT: gettext_lazy("you sign in with it; it goes when you close your account"),
    Held.REQUEST: gettext_lazy("this request is still open; it goes when this request is closed"),
}


def held(contact: Contact, *, whole: bool, request: UUID) -> dict[UUID, Held]:
    """The contacts of somebody that must stay for now, and why; `request` is the case that asks."""
    scope = scope_of(contact, whole=whole)
    found = {contact.pk: Held.REQUEST} | dict.fromkeys(signed_in_with(scope), Held.ACCOUNT)
    going = Case.everywhere.filter(
        Q(closed_at=None) | Q(clocks__stopped_at=None, clocks__due_at__gt=timezone.now())
    ).exclude(pk=request)
    own = going.filter(reporter__in=scope.values("pk")).values_list("reporter", flat=True)
    parties = Party.objects.filter(contact__in=scope.values("pk"), left_at=None, case__in=going.values("pk"))
    return found | dict.fromkeys([*own, *parties.values_list("contact", flat=True)], Held.OPEN)


def everything_about(extract: Extract, request: Case) -> dict[str, Any]:
    """Everything kept about somebody, as plain values; each contact that is opened leaves its access row."""
    if extract.person:
        return of_ward(extract, extract.person) | {"request": request.number}
    contacts = list(scope_of(extract.contact, whole=extract.whole))
    reports = [_report(*each) for each in _part_in(contacts)]
    return {
        "made_at": _moment(timezone.now()),
        "about": _("Everything given with your number") if extract.whole else _("What stands in one report"),
        "request": request.number,
        "reports": reports,
        "looks": looks_told(looks_at(Whose(contacts=[each.pk for each in contacts]), own=True)),
    }


def _part_in(contacts: Sequence[Contact]) -> list[tuple[Case, Contact, PartyActor]]:
    """The cases somebody raised or is another party of, each with the contact and as which party; the oldest first."""
    keys = [each.pk for each in contacts]
    known = {each.pk: each for each in contacts}
    cases = Case.everywhere.filter(reporter__in=keys).select_related("division").order_by("id")[:MOST_CASES]
    own = [
        (case, known[case.reporter_id], PartyActor(REPORTER, case.pk)) for case in cases if case.reporter_id
    ]
    later = Party.objects.filter(case=OuterRef("case"), nr=OuterRef("nr"), id__gt=OuterRef("id"))
    latest = Party.objects.filter(~Exists(later), contact__in=keys, nr__gt=0)  # not before another number
    rows = latest.select_related("case__division").order_by("case_id")
    between = [
        (each.case, known[each.contact_id], PartyActor(each.role, each.case_id, side=each.side))
        for each in rows[:MOST_CASES]
    ]
    return sorted(own + between, key=lambda each: each[0].pk)[:MOST_CASES]


def fetched(extract: Extract, request: Case) -> None:
    """Count that a copy was fetched, and leave the entry; inside the transaction that reads it."""
    count_fetch(extract)
    by = PartyActor("reporter", request.pk).by()
    record(Line("residents.fetch_extract", by, request.code_now, request.pk))


def _report(case: Case, contact: Contact, by: PartyActor) -> dict[str, Any]:
    procedure = kind_of(case.kind).procedure
    person = read(contact, "own", case, by=by)
    return {
        "number": case.number,
        "kind": str(procedure.label),
        "stage": str(procedure.stages[case.stage].label),
        "outcome": str(procedure.outcomes.get(case.outcome, "")),
        "received_at": _moment(case.at),
        "closed_at": _moment(case.closed_at),
        "place": case.division.name,
        "words": "" if by.nr else getattr(kind_of(case.kind).detail_of(case), "text", ""),
        "told": told_about(case, Party.objects.filter(pk=by.side.key).first() if by.side and by.nr else None),
        "rating": "" if by.nr else _rated(case),
        "photos": 0 if by.nr else Attachment.objects.filter(case=case, media_type=PICTURE).count(),
        "contact": {
            "name": person.name,
            "telephone": person.phone,
            "address": person.address,
            "language": contact.language,
        },
        "story": [
            {
                "at": _moment(each.at),
                "step": each.label,
                "who": _("You") if each.relation == OWN_WORDS else each.post,
                "words": words_for_reporter(each.relation, each.words),
            }
            for each in story_for_reporter(case, by.nr)
        ],
    }


def _rated(case: Case) -> str:
    given = rating_of(case)
    return ", ".join(given.words()) if given else ""


def _moment(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None
