"""Acting for somebody (代办): given by the resident to one telephone number, ended by the resident at once.

Who acts signs in with their own telephone. They see and answer cases; what is sealed they do not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.writing import writing
from linli.ledger.records import By, Line, record
from linli.residents.accounts import numbers_of
from linli.residents.crypto import blind_indexes, current_version, seal
from linli.residents.duty_models import NOBODY
from linli.residents.keeping import plain_phone, takes_text_messages
from linli.residents.models import Contact, Mandate, Resident
from linli.residents.rights import scope_of
from linli.residents.sealing import place_of

REPRESENTATIVE = "representative"
HOW_LONG = [
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("One year")),
]
MOST_DAYS = 365
MOST = 5  # that go on at once: more is a market
BATCH = 200


@dataclass(frozen=True)
class Terms:
    """To whom, for one case (its key) or all, and for how many days."""

    phone: str
    days: int
    about: UUID | None = None


def give(resident: Resident, terms: Terms) -> Mandate:
    """Let the holder of a number act for a resident."""
    with writing():
        made = keep(resident.contact, terms)
        _record("residents.give_mandate", made)
    return made


def keep(contact: Contact, terms: Terms, **noted: Any) -> Mandate:
    """Keep a mandate, inside the caller's transaction, which records it; Invalid or Conflict where it cannot be."""
    phone = plain_phone(terms.phone)
    digests = blind_indexes(phone, "phone")
    if not takes_text_messages(phone) or set(digests) & set(numbers_of(contact)):
        sentence = _("Enter the mobile number of somebody else: they sign in with it.")
        raise Invalid(sentence, fields={"phone": [sentence]})
    if not 1 <= terms.days <= MOST_DAYS:
        sentence = _("Choose from 1 to %(most)d days.") % {"most": MOST_DAYS}
        raise Invalid(sentence, fields={"days": [sentence]})
    Contact.objects.select_for_update().get(pk=contact.pk)
    if _going(given_by(contact)).count() >= MOST:
        raise Conflict(
            _("At most %(most)d people act for you at once. End one of them first.") % {"most": MOST}
        )
    made = Mandate(
        contact=contact,
        agent_index=digests[0],
        key_version=current_version(),
        last_four=phone[-4:],
        about=terms.about,
        until=timezone.now() + timedelta(days=terms.days),
        **noted,
    )
    made.agent_sealed = seal(phone, place_of(made, "agent"))
    made.save(force_insert=True)
    return made


def given_by(contact: Contact) -> QuerySet[Mandate]:
    """Every mandate that was given with somebody's own number, or in a case that left this contact."""
    return Mandate.objects.filter(contact__in=scope_of(contact, whole=True).values("pk"))


def end(key: UUID, resident: Resident) -> None:
    """End it, at once."""
    with writing():
        _record("residents.end_mandate", stop(key, resident.contact))


def stop(key: UUID, contact: Contact) -> Mandate:
    """End one of somebody's mandates, inside the caller's transaction; the number of who acted is gone with it."""
    found = given_by(contact).filter(pk=key).first()
    if found is None:
        raise NotFound
    gone = {"ended_at": timezone.now(), **NOBODY}
    if not _going(Mandate.objects.filter(pk=key)).update(**gone):
        raise Conflict(_("This has ended already."))
    return found


def forget_ended() -> int:
    """Take away the numbers of those whose time to act is over (a worker loop calls this); returns how many."""
    over = Mandate.objects.filter(until__lte=timezone.now()).exclude(agent_index="")
    keys = list(over.values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    with writing():
        return Mandate.objects.filter(pk__in=keys).update(**NOBODY)


def mandates_of(resident: Resident) -> list[Mandate]:
    """Whom a resident lets act, those that go on first."""
    rows = given_by(resident.contact).order_by("-given_at")
    return sorted(rows, key=lambda row: not is_going(row))


def is_going(mandate: Mandate) -> bool:
    """Whether it holds now."""
    return mandate.ended_at is None and mandate.until > timezone.now()


def may_act(agent: Resident, reporter: UUID, case: UUID) -> bool:
    """Whether somebody may act in a case for the person who raised it; asked of the database each time."""
    held = _held_by(agent).filter(Q(about=None) | Q(about=case))
    return held.filter(contact__in=_scope(reporter)).exists()


def acted_for(agent: Resident) -> tuple[QuerySet[Contact], list[UUID]]:
    """The contacts of those somebody acts for in everything, and the single cases."""
    held = list(_held_by(agent).select_related("contact"))
    whole = [each.contact for each in held if each.about is None]
    numbers = {digest for contact in whole for digest in numbers_of(contact)}
    theirs = Q(pk__in=[contact.pk for contact in whole]) | Q(phone_index__in=numbers)
    return Contact.objects.filter(theirs), [each.about for each in held if each.about]


def _scope(reporter: UUID) -> QuerySet[Contact, UUID]:
    return scope_of(Contact.objects.get(pk=reporter), whole=True).values_list("pk", flat=True)


def _held_by(agent: Resident) -> QuerySet[Mandate]:
    return _going(Mandate.objects.filter(agent_index__in=numbers_of(agent.contact)))


def _going(rows: QuerySet[Mandate]) -> QuerySet[Mandate]:
    return rows.filter(ended_at=None, until__gt=timezone.now())


def _record(name: str, mandate: Mandate) -> None:
    record(Line(name, By("party", relation="reporter"), 0, mandate.about, facts={"mandate": str(mandate.pk)}))
