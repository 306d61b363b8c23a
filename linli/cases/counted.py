"""What a kind counts of its own cases: said in the kind's folder, counted by analytics, which knows no single kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Q
from django.utils.functional import Promise

from linli.cases.procedure import Words


class Span(Protocol):
    """What is asked for: from a moment to the moment after, as it stands now."""

    @property
    def begin(self) -> datetime:
        """The first moment."""

    @property
    def end(self) -> datetime:
        """The first moment after."""

    @property
    def now(self) -> datetime:
        """The moment the question is put."""


Condition = Callable[[Span], Q]


@dataclass(frozen=True)
class Group:
    """Cases of a kind that are counted together, as a condition on the case; the first figure of it is the whole."""

    name: str
    label: str | Promise
    rows: Condition


@dataclass(frozen=True)
class Counted:
    """A number of cases of a group. Without a `test` it is the whole group; the `divides` ones add up to it.

    `timed`: for these it is also said how long they took.
    """

    name: str
    group: Group
    label: str | Promise | Words
    meaning: str | Promise
    test: Condition | None = None
    divides: bool = False
    timed: bool = False
