"""Plain values that the frames draw: a line of a timeline, a row of a summary list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True)
class Line:
    """One thing that happened, for `{% timeline %}`. `mark` is "", "now", "good", "bad" or "note".

    What was withdrawn is `struck`; `href` and `action` make a link below the words.
    """

    at: datetime
    title: str | Promise
    who: str | Promise = ""
    text: str | Promise = ""
    mark: str = ""
    struck: bool = False
    href: str = ""
    action: str | Promise = ""


@dataclass(frozen=True)
class Count:
    """A number in a row of a table, for `{% counts %}`: its column, the list it opens, and what is said beside it."""

    column: str
    number: int
    href: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Row:
    """One label and its value, for `{% summary %}`; `href` and `action` make the link at its end."""

    label: str | Promise
    value: object
    href: str = ""
    action: str | Promise = ""
