"""Follow codes: what a reporter without an account needs to see a case and answer for it.

The code is derived from the case's key, not stored: nothing to leak from a backup, and the same report sent
twice gets the same receipt.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from linli.base.errors import NotFound
from linli.base.ids import READABLE
from linli.base.text import half_width
from linli.cases.models import Case
from linli.cases.reading import numbered
from linli.posts.actor import PartyActor
from linli.residents.crypto import derived_code

LENGTH = 8


def follow_code(case: UUID) -> str:
    """Eight characters that are hard to mix up (36 bits; guesses are rate-limited)."""
    return derived_code(f"case/{case}", READABLE, LENGTH)


def followed(number: str, code: str) -> tuple[Case, PartyActor]:
    """The case behind a number and its code, and the reporter as an actor. A wrong pair is simply not found."""
    case = numbered(number)
    typed = half_width(code).strip().upper().replace(" ", "").replace("-", "")
    right = follow_code(case.pk) if case else "x" * LENGTH
    if not typed.isascii() or not hmac.compare_digest(typed, right) or case is None:
        raise NotFound
    return case, PartyActor("reporter", case.pk)
