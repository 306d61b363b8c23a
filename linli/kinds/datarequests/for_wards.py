"""A guardian asks for a ward (民法典 34, 个人信息保护法 31): what, whether it still holds, and carrying it out.

It is always a person who answers, never a rule; what a ward asks alone goes the usual way.
"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.cases.wards import kept_from_guardians
from linli.kinds.datarequests.carrying_out import Done, Granted
from linli.kinds.datarequests.models import DataRequest, Proof, Wanted
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.residents.consents import withdraw_all
from linli.residents.models import Access, Contact, Person
from linli.residents.people.changing import put_right
from linli.residents.people.erasing import erase_whole
from linli.residents.people.warding import contacts_alone, family_of, guards
from linli.residents.purposes import GUARDIAN, GUARDIAN_ASKS
from linli.residents.reading import log
from linli.residents.rights import allow_ward_extract, said_in


def asked_for(ward: UUID, known: Contact | None, proof: Proof) -> Person:
    """The ward a guardian asks for; the ward will see that. Invalid for whoever is not noted as guardian now."""
    person = Person.objects.filter(pk=ward).first()
    if person is None or known is None or proof is not Proof.ACCOUNT or guards(known, person) is None:
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
        return _corrected(request, ward, granted, by)
    if request.wanted == Wanted.DELETION and isinstance(by, PostActor):
        count = erase_whole(ward, by=by, about=request.case.pk)
        return Done(_("Deleted: %(count)d fields of the record.") % {"count": count}, {"deleted": count})
    if request.wanted == Wanted.WITHDRAWAL:
        count = withdraw_all(contacts_alone(ward))
        words = _("Taken back: %(count)d times somebody had said yes.") % {"count": count}
        return Done(words, {"withdrawn": count})
    return Done()


def _corrected(request: DataRequest, ward: Person, granted: Granted, by: Actor) -> Done:
    if request.right is None or not set(granted.parts) <= set(request.wrong):
        raise Invalid(_("Choose among the fields that the requester named."))
    put_right(ward, said_in(request.right, granted.parts), by=by, about=request.case.pk)
    words = _("Put right in the record. What stood there before is gone.")
    return Done(words, {"corrected": list(granted.parts)})
