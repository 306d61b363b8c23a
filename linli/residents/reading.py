"""read(): the one door to a person's data. The access row is written in the same transaction, or nothing is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy

from linli.base.errors import NotFound, NotYours
from linli.base.rows import insert_values
from linli.base.writing import writing
from linli.posts.actor import Actor, PartyActor, PostActor, SystemActor
from linli.posts.may import covers, still_holds
from linli.residents import models
from linli.residents.access import AT_ONCE, Glance, Seen, classes_of, values_for
from linli.residents.consents import in_force
from linli.residents.models import Access, Contact, How
from linli.residents.purposes import INTAKE, Purpose, purpose_named
from linli.residents.sealing import unsealed

FIELDS = ("name", "phone", "address")
_SHIELDED = gettext_lazy("Who raised this is shielded from your post. Write to them through Linli instead.")
_NO_YES = gettext_lazy(
    "There is no yes of the person to this. Ask for it in the case; a yes can be taken back at any time."
)


class Concern(Protocol):
    """What a reading is about: a case, as far as this layer needs to know it."""

    pk: UUID
    code_now: int
    closed_at: datetime | None

    def is_about(self, contact: UUID | None) -> bool:
        """Whether a contact is that of somebody the case is about: its reporter, or another party."""

    def contacts_of_party(self, nr: int) -> set[UUID | None]:
        """The contacts of one party, by its number; the reporter's is 0."""

    def names_to_parties(self, contact: UUID | None) -> bool:
        """Whether the parties of the case may know who this is."""

    def opens_to(self, contact: UUID | None, post: int) -> bool:
        """Whether a post that carries the case through may know who this is."""


@dataclass(frozen=True)
class Person:
    """The fields asked for, unsealed; the others are empty."""

    name: str = ""
    phone: str = ""
    address: str = ""


def read(
    contact: Contact, purpose: str, case: Concern, *, by: Actor, fields: Sequence[str] = FIELDS
) -> Person:
    """Unseal a contact for a listed purpose in a case, and leave the access row the person will see.

    Raises NotFound outside the actor's area or for a contact that is not this case's, NotYours where the
    purpose does not belong to the actor's kind of post (handlers have none).
    """
    rule = purpose_named(purpose)
    if rule.many or rule.look_up or rule.review or rule.of != "contact":
        raise NotYours
    return _opened([(contact, case)], rule, [name for name in rule.fields if name in fields], by)[0]


def read_reviewed(contact: Contact, purpose: str, case: Concern, *, by: PostActor) -> Person:
    """Unseal a contact for a purpose whose readings are reviewed; for `cases.emergency` alone, which opens the review.

    Call it inside the transaction that opens the review: neither is there without the other.
    """
    rule = purpose_named(purpose)
    if not rule.review:
        raise NotYours
    return _opened([(contact, case)], rule, rule.fields, by)[0]


def read_many(pairs: Sequence[tuple[Contact, Concern]], purpose: str, *, by: Actor) -> list[Person]:
    """The same for a list that a second post has approved, a batch of the system's own, or the parties of one case.

    All, or nothing is read.
    """
    rule = purpose_named(purpose)
    between = rule.of_named and len({case.pk for _contact, case in pairs}) == 1
    if rule.of != "contact" or not (rule.many or between or isinstance(by, SystemActor)):
        raise NotYours
    return _opened(pairs, rule, rule.fields, by)


def log_look_up(
    pairs: Sequence[tuple[Contact | None, Concern]],
    *,
    by: Actor,
    purpose: str = INTAKE,
    how: How | None = None,
) -> None:
    """Leave the access rows of an exact look-up, inside the transaction that finds; nothing is unsealed."""
    rule = purpose_named(purpose)
    for contact, case in pairs:
        _check(contact, rule, case, by)
    log([(contact, case.pk) for contact, case in pairs], rule.name, rule.fields, by=by, how=how)


def _opened(
    pairs: Sequence[tuple[Contact, Concern]], rule: Purpose, fields: Sequence[str], by: Actor
) -> list[Person]:
    for contact, case in pairs:
        _check(contact, rule, case, by)
    _check_appointment(by)
    with writing():
        log([(contact, case.pk) for contact, case in pairs], rule.name, fields, by=by)
        return [Person(**{name: unsealed(contact, name) for name in fields}) for contact, _case in pairs]


def log(
    looks: Sequence[tuple[Contact | models.Person | None, UUID | None]],
    purpose: str,
    fields: Sequence[str],
    *,
    by: Actor,
    how: How | None = None,
) -> None:
    """Write an access row for each contact or resident and the case it is about; without them nothing may be shown."""
    rule = purpose_named(purpose)
    seen = {_seen(whose, about): classes_of(fields) for whose, about in looks}
    if seen:
        rows = values_for(Glance(by, rule.name, how or _usual(rule)), seen)
        insert_values(Access, rows, most_at_once=AT_ONCE)


def _seen(whose: Contact | models.Person | None, about: UUID | None) -> Seen:
    if isinstance(whose, models.Person):
        return Seen(None, about, whose.pk)
    return Seen(whose.pk if whose else None, about)


def _usual(rule: Purpose) -> How:
    if "notices" in rule.systems:
        return How.MESSAGE
    return How.EXPORT if rule.many else How.HIT if rule.look_up else How.VIEW


def _check(contact: Contact | None, rule: Purpose, case: Concern, by: Actor) -> None:
    whose = contact.pk if contact else None
    if not case.is_about(whose):
        raise NotFound
    if isinstance(by, PostActor):
        _check_post(contact, rule, case, by)
    elif isinstance(by, PartyActor):
        if by.case != case.pk or not _party_may(rule, whose, case, by):
            raise NotFound
    elif isinstance(by, SystemActor) and by.name not in rule.systems:
        raise NotYours


def _check_post(contact: Contact | None, rule: Purpose, case: Concern, by: PostActor) -> None:
    if not covers(by, case.code_now):
        raise NotFound
    if by.post.kind not in rule.posts:
        raise NotYours(_SHIELDED)
    if rule.by_consent and not (contact and _agreed(contact, rule, case, by)):
        raise NotYours(_NO_YES)
    if rule.of_named and not case.opens_to(contact.pk if contact else None, by.post.pk):
        raise NotYours(_SHIELDED)


def _party_may(rule: Purpose, whose: UUID | None, case: Concern, by: PartyActor) -> bool:
    """One's own, if one is the party and does not only act for it; of the others what is named to the parties."""
    # Who acts in a case by a row of it has a contact of their own there.
    itself = by.relation == by.role or by.agency is not None
    if not {"reporter" if itself else by.relation, by.relation} & rule.parties:
        return False
    return (
        case.names_to_parties(whose)
        if rule.of_named
        else itself and whose in case.contacts_of_party(by.own_nr)
    )


def _agreed(contact: Contact, rule: Purpose, case: Concern, by: PostActor) -> bool:
    """Whether the person's yes to this body holds; with the close of the case it is over."""
    return not case.closed_at and in_force(contact.pk, rule.name, case.pk, by.post.organisation_id)


def _check_appointment(by: Actor) -> None:
    if isinstance(by, PostActor) and not still_holds(by):
        raise NotYours(_SHIELDED)
