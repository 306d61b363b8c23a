"""Identifiers: UUIDv7 keys minted from the time something happened, and short numbers people can read out."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.utils import timezone

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: a follow code is read out over the telephone and written on paper.
READABLE = "34679ACDEFGHJKMNPQRTWXY"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def uuid7(at: datetime | None = None) -> UUID:
    """A time-ordered key (RFC 9562 §5.7 and §6.2, method 3) that starts with the microsecond of `at`.

    Keys of one millisecond keep their order too, so a list by key is a list by time. Times before 1970 sort
    as 1970: the key only orders, `at` itself is stored beside it.
    """
    return UUID(int=_first_since(at or timezone.now()) | int.from_bytes(secrets.token_bytes(8), "big") >> 2)


def uuid7s(count: int) -> list[UUID]:
    """So many keys of this moment, none of which tells the others: for the rows of one statement, drawn at once."""
    first, drawn = _first_of(timezone.now()), secrets.token_bytes(8 * count)
    return [
        UUID(int=first | int.from_bytes(drawn[place : place + 8], "big") >> 2)
        for place in range(0, 8 * count, 8)
    ]


def first_key(at: datetime) -> UUID:
    """The least of all keys of a moment: what lists by key since a day begins with."""
    return UUID(int=_first_since(at))


def _first_of(at: datetime) -> int:
    since = at - EPOCH  # in whole numbers: dividing by a timedelta takes ten times as long
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    milliseconds, rest = divmod(max(0, microseconds), 1000)
    return (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (rest * 4096 // 1000) << 64 | 0b10 << 62


_first_since = lru_cache(maxsize=512)(_first_of)  # one moment makes the keys of all rows that came of it


def check_digit(digits: str) -> str:
    """The ISO 7064 MOD 11,10 check digit: catches every single slip and nearly all swaps of neighbours."""
    carry = 10
    for digit in digits:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return str((11 - carry) % 10)


def readable_number(place: str, year: int, sequence: int) -> str:
    """`place`-yy-sequence-check, e.g. `320831-26-00042-7`: unique per county and year by its counter."""
    digits = f"{place}{year % 100:02d}{sequence:05d}"
    return f"{place}-{year % 100:02d}-{sequence:05d}-{check_digit(digits)}"


def has_valid_check_digit(number: str) -> bool:
    """Whether a number somebody typed can be one of ours, before any look-up."""
    digits = number.replace("-", "")
    return (
        digits.isascii() and digits.isdigit() and len(digits) > 8 and check_digit(digits[:-1]) == digits[-1]
    )
