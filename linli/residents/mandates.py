"""Acting for somebody (代办): given by the resident to one telephone number, ended by the resident at once.

Who acts signs in with their own telephone. They see and answer cases; what is sealed they do not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.writing import writing
from linli.ledger.records import By, Line, record
from linli.residents.crypto import blind_index
from linli.residents.keeping import plain_phone, takes_text_messages
from linli.residents.models import Contact, Mandate, Resident

REPRESENTATIVE = "representative"
MOST_DAYS = 365
MOST = 5  # that go on at once: more is a market


@dataclass(frozen=True)
class Terms:
    """To whom, for one case (its key) or all, and for how many days."""

    phone: str
    days: int
    about: UUID | None = None


def give(resident: Resident, terms: Terms) -> Mandate:
    """Let the holder of a number act for a resident."""
    phone = plain_phone(terms.phone)
    index = blind_index(phone, "phone")
    if not takes_text_messages(phone) or index == resident.contact.phone_index:
        sentence = _("Enter the mobile number of somebody else: they sign in with it.")
        raise Invalid(sentence, fields={"phone": [sentence]})
    if not 1 <= terms.days <= MOST_DAYS:
        sentence = _("Choose from 1 to %(most)d days.") % {"most": MOST_DAYS}
        raise Invalid(sentence, fields={"days": [sentence]})
    until = timezone.now() + timedelta(days=terms.days)
    with writing():
        Resident.objects.select_for_update().get(pk=resident.pk)
        if _going(Mandate.objects.filter(contact=resident.contact)).count() >= MOST:
            raise Conflict(
                _("At most %(most)d people act for you at once. End one of them first.") % {"most": MOST}
            )
        made = Mandate.objects.create(
            contact=resident.contact, agent_index=index, last_four=phone[-4:], about=terms.about, until=until
        )
        _record("residents.give_mandate", made)
    return made


def end(key: UUID, resident: Resident) -> None:
    """End it, at once."""
    with writing():
        found = Mandate.objects.filter(pk=key, contact=resident.contact).first()
        if found is None:
            raise NotFound
        if not _going(Mandate.objects.filter(pk=key)).update(ended_at=timezone.now()):
            raise Conflict(_("This has ended already."))
        _record("residents.end_mandate", found)


def mandates_of(resident: Resident) -> list[Mandate]:
    """Whom a resident lets act, those that go on first."""
    rows = Mandate.objects.filter(contact=resident.contact).order_by("-given_at")
    return sorted(rows, key=lambda row: not is_going(row))


def is_going(mandate: Mandate) -> bool:
    """Whether it holds now."""
    return mandate.ended_at is None and mandate.until > timezone.now()


def may_act(agent: Resident, reporter: UUID, case: UUID) -> bool:
    """Whether somebody may act in a case for the person who raised it; asked of the database each time."""
    index = Contact.objects.filter(pk=reporter).values("phone_index")
    given = _going(Mandate.objects.filter(agent_index=agent.contact.phone_index))
    return (
        given.filter(Q(about=None) | Q(about=case), contact__phone_index__in=index)
        .exclude(agent_index="")
        .exists()
    )


def acted_for(agent: Resident) -> tuple[QuerySet[Contact], list[UUID]]:
    """The contacts of those somebody acts for in everything, and the single cases."""
    given = _going(Mandate.objects.filter(agent_index=agent.contact.phone_index)).exclude(agent_index="")
    numbers = given.filter(about=None).values("contact__phone_index")
    contacts = Contact.objects.filter(phone_index__in=numbers).exclude(phone_index="")
    return contacts, [key for key in given.values_list("about", flat=True) if key]


def _going(rows: QuerySet[Mandate]) -> QuerySet[Mandate]:
    return rows.filter(ended_at=None, until__gt=timezone.now())


def _record(name: str, mandate: Mandate) -> None:
    record(Line(name, By("party", relation="reporter"), 0, mandate.about, facts={"mandate": str(mandate.pk)}))
