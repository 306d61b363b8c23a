"""Carrying out what was granted, inside the transaction of the answer: copy, correction, deletion, withdrawal.

A guardian asks for a ward (民法典 34, 个人信息保护法 31). It is always a person who answers, never a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.cases.held_data import WHY_HELD, Held, held
from linli.cases.wards import kept_from_guardians
from linli.kinds.datarequests.models import Answer, DataRequest, Proof, Wanted
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.residents.consents import withdraw_all
from linli.residents.models import Access, Contact, Person
from linli.residents.people.changing import put_right
from linli.residents.people.erasing import erase_whole
from linli.residents.people.warding import age_of_record, contacts_alone, family_of, guards
from linli.residents.purposes import GUARDIAN, GUARDIAN_ASKS
from linli.residents.reading import log
from linli.residents.rights import (
    allow_extract,
    allow_ward_extract,
    correct,
    erase,
    is_empty,
    said_in,
    scope_of,
)


@dataclass(frozen=True)
class Done:
    """What was done: in words for the requester, and as numbers and names of fields for the ledger."""

    words: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Granted:
    """Until when a copy can be fetched, which fields are put right, and whether nothing is kept from a guardian."""

    until: datetime
    parts: Sequence[str] = ()
    entire: bool = False


def carried_out(request: DataRequest, granted: Granted) -> Done:
    """Do what the request wants, as far as it is ours to do."""
    contact = request.case.reporter
    if contact is None:
        return Done()
    if request.wanted in {Wanted.ACCESS, Wanted.COPY}:
        allow_extract(request.case.pk, contact, whole=request.whole, until=granted.until)
        return Done(
            _("You can fetch it on this page until its last day; your code is asked once more."),
            {"copy": True},
        )
    if request.wanted == Wanted.CORRECTION:
        return _corrected(request, contact, granted.parts)
    if request.wanted == Wanted.DELETION:
        return _deleted(request, contact)
    if request.wanted == Wanted.WITHDRAWAL:
        count = withdraw_all(scope_of(contact, whole=request.whole))
        return Done(
            _("Taken back: %(count)d times you had said yes.") % {"count": count}, {"withdrawn": count}
        )
    return Done()


def _corrected(request: DataRequest, contact: Contact, parts: Sequence[str]) -> Done:
    if request.right is None or not set(parts) <= set(request.wrong):
        raise Invalid(_("Choose among the fields that the requester named."))
    changed = correct(_others(request, contact), request.right, parts)
    return Done(
        _("Put right in %(count)d places. What stood there before is gone.") % {"count": changed},
        {"corrected": list(parts), "places": changed},
    )


def _others(request: DataRequest, contact: Contact) -> QuerySet[Contact]:
    """What is to be put right: not the sealed row that brings the right values, which may hold the same number."""
    scope = scope_of(contact, whole=request.whole)
    return scope.exclude(pk=request.right.pk) if request.right else scope


def _deleted(request: DataRequest, contact: Contact) -> Done:
    staying = held(contact, whole=request.whole, request=request.case.pk)
    scope = [each for each in scope_of(contact, whole=request.whole) if not is_empty(each)]
    gone = erase([each for each in scope if each.pk not in staying])
    lines = [_("Deleted in %(count)d places: name, number and address.") % {"count": gone}]
    for why, count in sorted(Counter(staying[each.pk] for each in scope if each.pk in staying).items()):
        lines.append(_("Kept in %(count)d places, because %(why)s.") % {"count": count, "why": WHY_HELD[why]})
    return Done("\n".join(lines), {"deleted": gone, "kept": len(scope) - gone})


def finish(request: DataRequest) -> None:
    """With the close, the right values go that were brought, and after a granted deletion the request's own contact."""
    forget(request)
    contact = request.case.reporter
    if (
        request.wanted != Wanted.DELETION
        or request.answer not in {Answer.GRANTED, Answer.PARTLY}
        or not contact
    ):
        return
    if held(contact, whole=request.whole, request=request.case.pk)[contact.pk] is Held.REQUEST:
        erase([contact])


def forget(request: DataRequest) -> None:
    """The right values that somebody brought are not needed any more."""
    if request.right:
        erase([request.right])
        request.right = None


def asked_for(ward: UUID, known: Contact | None, proof: Proof) -> Person:
    """The ward a guardian asks for; the ward will see that. Invalid for whoever is not noted as guardian now."""
    person = Person.objects.filter(pk=ward).first()
    if person is None or known is None or proof is Proof.CODE or guards(known, person) is None:
        raise Invalid(
            _(
                "You are not noted as a guardian of this person. Sign in with your number; if it is not known there, "
                "come to the window with the household register, the birth certificate or the judgment."
            )
        )
    with writing():
        by = PartyActor(GUARDIAN, person=known.pk)
        log([(person, None)], GUARDIAN_ASKS, ("guardians",), by=by)
    return person


def look_of_ward(key: UUID, ward: Person) -> Access | None:
    """One line of the list of looks at a ward's record, as far as guardians see it."""
    keys = family_of(ward)
    found = Access.objects.filter(pk=key, person__in=keys).first()
    return found if found and found.about not in kept_from_guardians(keys) else None


def carried_out_for_ward(request: DataRequest, granted: Granted, *, by: Actor) -> Done:
    """Do what was granted, on the ward's record alone. Conflict once the guardianship is over: refuse it then."""
    ward, contact = request.ward, request.case.reporter
    if ward is None or contact is None or request.guard is None:
        raise Conflict(
            _("Whoever asked is not the guardian any more, or the record has ended. Answer with a refusal.")
        )
    if request.wanted in {Wanted.ACCESS, Wanted.COPY}:
        allow_ward_extract(request.case.pk, contact, ward, until=granted.until, entire=granted.entire)
        words = _("You can fetch it on this page until its last day; your code is asked once more.")
        return Done(words, {"copy": True, "entire": granted.entire})
    if request.wanted == Wanted.CORRECTION:
        return _ward_corrected(request, ward, granted, by)
    if request.wanted == Wanted.DELETION and isinstance(by, PostActor):
        count = erase_whole(ward, by=by, about=request.case.pk)
        return Done(_("Deleted: %(count)d fields of the record.") % {"count": count}, {"deleted": count})
    if request.wanted == Wanted.WITHDRAWAL:
        count = withdraw_all(contacts_alone(ward), of_guardians=not age_of_record(ward).child)
        words = _("Taken back: %(count)d times somebody had said yes.") % {"count": count}
        return Done(words, {"withdrawn": count})
    return Done()


def _ward_corrected(request: DataRequest, ward: Person, granted: Granted, by: Actor) -> Done:
    if request.right is None or not set(granted.parts) <= set(request.wrong):
        raise Invalid(_("Choose among the fields that the requester named."))
    put_right(ward, said_in(request.right, granted.parts), by=by, about=request.case.pk)
    words = _("Put right in the record. What stood there before is gone.")
    return Done(words, {"corrected": list(granted.parts)})
