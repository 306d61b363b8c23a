"""Follow codes: what a party without an account needs to see a case and answer for it.

The code is derived from the case's key, for other parties from that of their row, not stored: nothing to leak from a
backup, and the same report sent twice gets the same receipt.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from uuid import UUID

from linli.base.errors import NotFound
from linli.base.ids import READABLE
from linli.base.text import half_width
from linli.cases.models import Case, Party
from linli.cases.parties import actors_in, rows_of_parties
from linli.cases.reading import numbered
from linli.posts.actor import PartyActor
from linli.residents.crypto import derived_code
from linli.residents.models import Contact

LENGTH = 8


@dataclass(frozen=True)
class Way:
    """One party's way into a case: the actor it makes, by which contact, and the code that opens it."""

    by: PartyActor
    contact: UUID | None
    code: str


def follow_code(case: UUID) -> str:
    """Eight characters that are hard to mix up (36 bits; guesses are rate-limited)."""
    return derived_code(f"case/{case}", READABLE, LENGTH)


def party_code(party: Party) -> str:
    """The same for one party by its present row: whoever gets a new number gets another code."""
    return derived_code(f"case/{party.case_id}/party/{party.pk}", READABLE, LENGTH)


def ways_into(case: Case) -> list[Way]:
    """Every party's way into a case, the reporter's first (one statement for a kind with parties, else none)."""
    return [
        Way(by, row.contact_id, party_code(row)) if row else Way(by, case.reporter_id, follow_code(case.pk))
        for row, by in actors_in(case, rows_of_parties(case))
    ]


def code_for(case: Case, contact: Contact | None) -> str:
    """The code of whoever has this contact in the case; empty for whose number was replaced or who left."""
    key = contact.pk if contact else None
    return next((way.code for way in ways_into(case) if way.contact == key), "")


def followed(number: str, code: str) -> tuple[Case, PartyActor]:
    """The case behind a number and a party's code, and that party as an actor. A wrong pair is simply not found."""
    case = numbered(number)
    typed = half_width(code).strip().upper().replace(" ", "").replace("-", "")
    ways = ways_into(case) if case else []
    found = [way.by for way in ways if _is(typed, way.code)]
    if case is None or not found:
        raise NotFound
    return case, found[0]


def _is(typed: str, right: str) -> bool:
    return typed.isascii() and hmac.compare_digest(typed, right)
