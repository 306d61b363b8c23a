"""Actor: everyone and everything that can take a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from linli.ledger.records import By
from linli.posts.models import Holding, Post


@dataclass(frozen=True)
class PostActor:
    """A post and the person who holds it now."""

    holding: Holding

    @cached_property
    def post(self) -> Post:
        """The post whose powers are used."""
        return self.holding.post

    @cached_property
    def area(self) -> tuple[int, int]:
        """The half-open code range in which it has them, as it was when the actor was read: at each request anew."""
        return self.post.division.span

    def by(self) -> By:
        """As the ledger keeps it: the post, and the appointment that says who sat on it."""
        return By("post", post=self.holding.post_id, holding=self.holding.pk)


@dataclass(frozen=True)
class Side:
    """Which party of a case: the key of its row as it stands now, its role, its number (the reporter's is 0)."""

    key: UUID
    role: str
    nr: int


@dataclass(frozen=True)
class Agency:
    """By which row of a case somebody acts for a party there (代理): its key and number, and how far that goes.

    `begins` and `ends` are its first and last day, None: no end is known. `special`: also for what needs a special
    power (特别授权); `by_law`: as a guardian, whose acts are the party's own.
    """

    key: UUID
    nr: int
    special: bool
    by_law: bool
    begins: date | None = None
    ends: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether a day is within its term."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class PartyActor:
    """Somebody with a relation to one case (the reporter ...), known by follow code or account.

    `person`: the contact they have proven to be, where a door knows it, and how (`proof`: `account` or `code`).
    `side`: which party they are, or act for; None is the reporter, as long as nobody put a new number in for them.
    `agency`: by what they act for that party, where the case itself says so; a mandate given elsewhere has none.
    """

    relation: str
    case: UUID | None = None
    person: UUID | None = None
    proof: str = ""
    side: Side | None = None
    agency: Agency | None = None

    @property
    def role(self) -> str:
        """The role in the case, also of whoever acts for somebody who has it."""
        return self.side.role if self.side else "reporter"

    @property
    def nr(self) -> int:
        """The number of the party in the case; the reporter is 0."""
        return self.side.nr if self.side else 0

    @property
    def row(self) -> Side | Agency | None:
        """By which row of the case they come into it themselves; None for a reporter without one."""
        return self.agency or self.side

    @property
    def own_nr(self) -> int:
        """The number of whoever it is: of who acts for a party by a row, their own and not that party's."""
        return self.row.nr if self.row else 0

    def acts_on(self, day: date) -> bool:
        """Whether they may act on a day: a party always, who acts for one within the term of their power."""
        return self.agency is None or self.agency.holds_on(day)

    def by(self) -> By:
        """As the ledger keeps it: the relation only, never a person."""
        return By("party", relation=self.relation)


@dataclass(frozen=True)
class SystemActor:
    """The clock, an import, a sensor."""

    name: str

    def by(self) -> By:
        """As the ledger keeps it."""
        return By("system", relation=self.name)


Actor = PostActor | PartyActor | SystemActor
