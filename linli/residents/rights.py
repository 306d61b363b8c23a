"""What the law lets people do with what is kept about them: see it whole, have it put right, have it gone (PIPL 44-47).

Called by the steps that carry a request out, inside their transaction; who may is theirs to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from linli.residents.accounts import numbers_of
from linli.residents.crypto import blind_index, current_version, seal
from linli.residents.duty_models import NOBODY
from linli.residents.models import Access, Consent, Contact, Extract, Involvement, Mandate, Person, Resident
from linli.residents.reading import FIELDS
from linli.residents.sealing import place_of, unsealed


def scope_of(contact: Contact, *, whole: bool) -> QuerySet[Contact]:
    """What is kept about somebody: all that was given with the same number, or this one contact only."""
    own = Q(pk=contact.pk)
    return Contact.objects.filter(own | Q(phone_index__in=numbers_of(contact)) if whole else own)


def look_within(key: UUID, contacts: QuerySet[Contact], people: Sequence[UUID] = ()) -> Access | None:
    """One line of the list of looks, if it is about one of these contacts or residents' records."""
    theirs = Q(contact__in=contacts.values("pk")) | Q(person__in=people)
    return Access.objects.filter(theirs, pk=key).first()


def correct(contacts: Iterable[Contact], right: Contact, fields: Sequence[str]) -> int:
    """Put other values in the place of what was wrong; the old ones are gone. Returns how many contacts changed.

    The number that somebody signs in with is not changed by this: it was proven.
    """
    new = said_in(right, fields)
    changed = 0
    for contact in contacts:
        proven = {"phone"} if signs_in_with(contact) else set()
        wanted = {name: text for name, text in new.items() if name not in proven}
        if wanted:
            _seal_anew(contact, {**{name: unsealed(contact, name) for name in FIELDS}, **wanted})
            changed += 1
    return changed


def said_in(right: Contact, fields: Sequence[str]) -> dict[str, str]:
    """The values that somebody brought to stand in place of wrong ones; they replace, nobody is shown them."""
    return {name: unsealed(right, name) for name in fields}


def erase(contacts: Iterable[Contact]) -> int:
    """Take sealed values and their index away; the rows stay, empty, so that the list of looks still holds together."""
    keys = [contact.pk for contact in contacts]
    return Contact.objects.filter(pk__in=keys).update(
        name_sealed=b"", phone_sealed=b"", address_sealed=b"", phone_index=""
    )


def erase_about(case: UUID) -> None:
    """Take away what else was kept of a person for one case: the photo of a signed yes, who may act, an opened record.

    Rows of consents and mandates stay, so that it can be shown that there was a yes.
    """
    Consent.objects.filter(about=case).update(paper_sealed=b"")
    Mandate.objects.filter(about=case).update(**NOBODY, last_four="")
    Involvement.objects.filter(about=case).delete()


def signed_in_with(contacts: QuerySet[Contact]) -> set[UUID]:
    """Those of these contacts with which somebody signs in."""
    return set(
        Resident.objects.filter(contact__in=contacts.values("pk")).values_list("contact_id", flat=True)
    )


def is_empty(contact: Contact) -> bool:
    """Whether nothing is kept in a contact (any more)."""
    return not (contact.name_sealed or contact.phone_sealed or contact.address_sealed)


def allow_extract(case: UUID, contact: Contact, *, whole: bool, until: datetime) -> None:
    """Let somebody download a copy of what is kept about them until a moment."""
    Extract.objects.update_or_create(case=case, defaults={"contact": contact, "whole": whole, "until": until})


def allow_ward_extract(case: UUID, contact: Contact, ward: Person, *, until: datetime, entire: bool) -> None:
    """The same of a ward's record for a guardian; `entire`: with what is kept from guardians, as a person decided."""
    of = {"contact": contact, "whole": True, "until": until, "person": ward, "entire": entire}
    Extract.objects.update_or_create(case=case, defaults=of)


def extract_of(case: UUID) -> Extract | None:
    """The copy that a case granted, while it can be fetched."""
    found = Extract.objects.select_related("contact", "person").filter(case=case, until__gt=timezone.now())
    return found.first()


def count_fetch(extract: Extract) -> None:
    """Note that a copy was fetched once more."""
    Extract.objects.filter(pk=extract.pk).update(fetched=F("fetched") + 1)


def _seal_anew(contact: Contact, values: dict[str, str]) -> None:
    """All fields at once, because one key version is kept for all of them."""
    sealed = {f"{name}_sealed": seal(text, place_of(contact, name)) for name, text in values.items()}
    index = blind_index(values["phone"], "phone")
    Contact.objects.filter(pk=contact.pk).update(**sealed, phone_index=index, key_version=current_version())


def signs_in_with(contact: Contact) -> bool:
    """Whether somebody signs in with this contact."""
    return Resident.objects.filter(contact=contact).exists()
