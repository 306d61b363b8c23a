"""What a document says, as plain values: the same for every template, so that it can also be shown as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """A section: its heading, its paragraphs, and rows of labels and values."""

    heading: str = ""
    paragraphs: Sequence[str] = ()
    rows: Sequence[Row] = ()


@dataclass(frozen=True)
class Place:
    """Where somebody signs: the words in front of it, and whose it is (relation and seat)."""

    label: str
    relation: str
    seat: int = 0


@dataclass(frozen=True)
class Contents:
    """A whole document. `extra` holds what only the kind's own template knows of; `signing` who is to sign.

    `part`: which of several that stand side by side; `only`: the parties it is for, by number; empty for all.
    """

    title: str
    number: str
    addressed: str = ""
    parts: Sequence[Part] = ()
    body: str = ""
    date: str = ""
    signing: Sequence[Place] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    part: int = 0
    only: Sequence[int] = ()

    def as_data(self) -> dict[str, Any]:
        """As it is kept and as templates read it."""
        return asdict(self)
