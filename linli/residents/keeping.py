"""Taking people's data in: tidy, check, seal. Nothing leaves this module unsealed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.ids import uuid7
from linli.base.rows import fresh
from linli.base.text import half_width, tidy
from linli.residents.crypto import blind_index, current_version, seal
from linli.residents.models import Contact
from linli.residents.sealing import place_of, unsealed

_MOBILE = re.compile(r"1[3-9]\d{9}")
# A number with its area code has twelve digits at most: more are an extension, which no message and no search reaches.
_OTHER = re.compile(r"(?!0[1-9]\d{11})\+?\d{5,15}")
# Also signs nobody sees, which come along with a number that is copied from a list of contacts.
_SIGNS = re.compile(r"[\s\-－‐–—()（）·.\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Before a mobile number: the country's, or the 0 with which exchanges show one from elsewhere.
_ABROAD = re.compile(r"^(\+86|0086|86|0)(?=1[3-9]\d{9}$)")
# Before an area code: the country's, with the 0 of the area code or, as is right, without it.
_TRUNK = re.compile(r"^(?:(?:\+86|0086)0?|860)(?=(?:10|2\d|[3-9]\d\d)\d{7,8}$)(?![48]00)")


@dataclass(frozen=True)
class GivenContact:
    """What somebody gave us, not yet sealed."""

    name: str = ""
    phone: str = ""
    address: str = ""
    language: str = field(default_factory=lambda: get_language() or "zh-hans")

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.address)


def plain_phone(text: str) -> str:
    """A telephone number as digits, from any way of typing it; Invalid with an example otherwise."""
    digits = _SIGNS.sub("", half_width(text))
    digits = _ABROAD.sub("", digits)
    digits = _TRUNK.sub("0", digits)
    if digits and not (_MOBILE.fullmatch(digits) or _OTHER.fullmatch(digits)):
        raise Invalid(_("Please enter a telephone number of digits, such as 13912345678 or 0517-12345678."))
    return digits


def takes_text_messages(phone: str) -> bool:
    """Whether a number, as `plain_phone` gives it, is a mobile one of the mainland."""
    return bool(_MOBILE.fullmatch(phone))


def renumbered(old: Contact | None, phone: str) -> Contact:
    """An unsaved Contact with another number and all else as it was; nobody is shown what that is."""
    if old is None:
        return sealed_contact(GivenContact(phone=phone))
    kept = {name: unsealed(old, name) for name in ("name", "address")}
    return sealed_contact(GivenContact(phone=phone, language=old.language, **kept))


def sealed_contact(given: GivenContact) -> Contact:
    """An unsaved, sealed Contact, so that many can be written set-wise by whoever opens cases."""
    contact = fresh(Contact, id=uuid7(), language=given.language, key_version=current_version())
    phone = plain_phone(given.phone)
    contact.phone_index = blind_index(phone, "phone")
    for part, text in (
        ("name", tidy(given.name)[:60]),
        ("phone", phone),
        ("address", tidy(given.address)[:200]),
    ):
        setattr(contact, f"{part}_sealed", seal(text, place_of(contact, part)))
    return contact
