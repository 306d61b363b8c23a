"""Accounts of residents: they come into being when somebody first proves to hold a telephone number."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.posts.models import Account
from linli.residents.crypto import blind_index, blind_indexes
from linli.residents.keeping import GivenContact, plain_phone, sealed_contact
from linli.residents.models import Contact, Person, Resident
from linli.residents.people.indexes import PHONE
from linli.residents.sealing import unsealed


def account_of(phone: str) -> Account | None:
    """The account that belongs to a number, if its holder has ever signed in."""
    return Account.objects.filter(username__in=_usernames(phone)).first()


def first_sign_in(phone: str) -> Account:
    """The account of a number just proven; made now if there is none. Twice at once makes one."""
    with writing():
        known = account_of(phone)
        account, new = (known, False) if known else Account.objects.get_or_create(username=username_of(phone))
        if new:
            account.set_unusable_password()
            account.save(update_fields=["password"])
            keep_phone(account, phone, verified=True)
        return account


def keep_phone(account: Account, phone: str, *, verified: bool) -> None:
    """Seal the number as the account's contact."""
    contact = sealed_contact(GivenContact(phone=phone))
    with writing():
        if Resident.objects.filter(account=account).exists():
            raise Conflict
        contact.save(force_insert=True)
        Resident.objects.create(account=account, contact=contact, phone_verified=verified)


def mark_verified(account: Account) -> None:
    """Note that the holder of the account has proven to hold its number."""
    with writing():
        Resident.objects.filter(account=account, phone_verified=False).update(phone_verified=True)


def resident_of(account: object) -> Resident | None:
    """The resident behind a signed-in account, if its number is proven; None for staff and strangers."""
    if not isinstance(account, Account) or account.pk is None:
        return None
    return Resident.objects.select_related("contact").filter(account=account, phone_verified=True).first()


def contacts_of(resident: Resident) -> QuerySet[Contact]:
    """Every contact given with the resident's own number: the way to what was raised with it."""
    return Contact.objects.filter(phone_index__in=numbers_of(resident.contact))


def numbers_of(contact: Contact, domain: str = "phone") -> list[str]:
    """The digests of a contact's number under every key in use; none where no number was given.

    Never compare two stored digests: while a key is changed, one may be of the old key and the other of the new.
    """
    phone = unsealed(contact, "phone")  # for its digests only; nobody is shown it
    return blind_indexes(phone, domain)


def records_of(own: Contact) -> list[UUID]:
    """The one residents' record that holds the number of somebody's own contact, with those merged into it.

    Nothing where a household shares a number: who looked at one of them is not told to another.
    """
    rows = Person.objects.filter(phone_index__in=numbers_of(own, PHONE))
    merged = dict(rows.values_list("pk", "merged_into"))
    roots = {into or key for key, into in merged.items()}
    return sorted(roots | set(merged)) if len(roots) == 1 else []


def contacts_with(phone: str) -> QuerySet[Contact]:
    """Every contact that was given with exactly this number, by its keyed digest, the newest first.

    Invalid for anything but a whole number: there is no way to look for a part of one.
    """
    whole = plain_phone(phone)
    if not whole:
        raise Invalid(_("Enter the whole telephone number of the caller."))
    return Contact.objects.filter(phone_index__in=blind_indexes(whole, "phone")).order_by("-id")


def username_of(phone: str) -> str:
    """The user name of a number's account. Its own index domain: it cannot be joined with a contact's index."""
    return _as_username(blind_index(plain_phone(phone), "account"))


def _usernames(phone: str) -> list[str]:
    return [_as_username(index) for index in blind_indexes(plain_phone(phone), "account")]


def _as_username(index: str) -> str:
    return f"resident-{index[:40]}"
