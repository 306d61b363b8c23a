"""The keyed digests residents are found by: a telephone or document number typed whole, a likeness, an address.

Each domain has its own key, and none is that of the contacts of cases, so that tables cannot be joined by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linli.base.text import tidy
from linli.divisions.models import Division
from linli.residents.crypto import blind_index, blind_indexes
from linli.residents.models import Household, Member, Person
from linli.residents.sealing import Changes

PHONE, DOCUMENT, ADDRESS = "person/phone", "person/document", "household/address"
_BELOW_VILLAGE = 10**5


def likeness_domain(division: Division) -> str:
    """A key for each village: two villages' namesakes cannot be joined."""
    return f"person/likeness/{division.code // _BELOW_VILLAGE}"


def likeness(texts: Mapping[str, str], household: Any) -> str:
    """Name and birth date; without a birth date, name and household: there are many namesakes."""
    name = "".join(texts["name"].split())
    if not name:
        return ""
    return f"{name}/{texts['birth']}" if texts.get("birth") else f"{name}//{household}"


def indexes_of(texts: Mapping[str, str], division: Division, household: Any) -> Changes:
    """The three indexes of a person, from the plain texts of name, phone, document and birth."""
    return {
        "phone_index": blind_index(texts["phone"], PHONE),
        "document_index": blind_index(texts["document"], DOCUMENT),
        "likeness_index": blind_index(likeness(texts, household), likeness_domain(division)),
    }


def likeness_indexes(texts: Mapping[str, str], division: Division, household: Any) -> list[str]:
    """What a likeness is found by."""
    return blind_indexes(likeness(texts, household), likeness_domain(division))


def address_text(division: Division, address: str) -> str:
    """An address as it is compared: in its grid, without blanks."""
    return f"{division.code}/{''.join(tidy(address).split())}" if address.strip() else ""


def renewed_person(person: Person, texts: Mapping[str, str]) -> Changes:
    """The indexes of a row whose columns have been opened, for a change of keys."""
    plain = {column.removesuffix("_sealed"): text for column, text in texts.items()}
    return indexes_of(plain, person.division, household_of(person))


def renewed_household(household: Household, texts: Mapping[str, str]) -> Changes:
    """The same for an address."""
    text = address_text(household.division, texts["address_sealed"])
    return {"address_index": blind_index(text, ADDRESS)}


def household_of(person: Person) -> Any:
    """The id of the household a person lives in now, if any."""
    return Member.objects.filter(person=person, until=None).values_list("household_id", flat=True).first()
