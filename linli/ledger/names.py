"""Every entry name is registered once, with its label for readers and what becomes of its words on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Redaction(StrEnum):
    """What happens to an entry's words when a person asks for erasure."""

    ERASE = "erase"
    KEEP = "keep"  # the law demands keeping, or there is nothing personal in them
    NO_WORDS = "no_words"


@dataclass(frozen=True)
class Name:
    """`label()` gives the short name in the reader's language; `message()` the sentence with {placeholders}."""

    name: str
    label: Callable[[], str]
    message: Callable[[], str]
    redaction: Redaction


_names: dict[str, Name] = {}


def register(
    name: str, *, label: Callable[[], str], redaction: Redaction, message: Callable[[], str] | None = None
) -> None:
    """Make a name known; a second, different registration of the same name is a programming error."""
    _names[name] = Name(name, label, message or label, redaction)


def known(name: str) -> Name:
    """The registration of a name; KeyError with the missing name otherwise."""
    return _names[name]


def all_names() -> list[Name]:
    """Every registered name, for the data dictionary and for tests."""
    return sorted(_names.values(), key=lambda each: each.name)
