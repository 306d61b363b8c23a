"""Who may act for a resident as parent or other guardian (监护): asked of the database each time, as of today.

A child's guardians are that until the midnight in which it becomes eighteen, whoever has noted it or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.errors import NotFound
from linli.posts.actor import PartyActor
from linli.residents.accounts import numbers_of, records_of
from linli.residents.crypto import blind_indexes
from linli.residents.models import Contact, Guardianship, Person
from linli.residents.people.ages import Age, age_of
from linli.residents.people.indexes import PHONE
from linli.residents.sealing import unsealed

BY_NUMBER = "guardian/phone"  # a domain of its own: guardians cannot be joined with contacts or residents


class Ground(models.TextChoices):
    """Why somebody has a guardian."""

    MINOR = "minor", _("under eighteen")
    NONE = "none", _("without capacity, by finding of a court")
    LIMITED = "limited", _("with limited capacity, by finding of a court")


class Tie(models.TextChoices):
    """Who the guardian is (民法典 27, 28, 32)."""

    PARENT = "parent", _("mother or father")
    SPOUSE = "spouse", _("wife or husband")
    CHILD = "child", _("daughter or son")
    GRANDPARENT = "grandparent", _("grandparent")
    SIBLING = "sibling", _("elder sister or brother")
    RELATIVE = "relative", _("another close relative")
    OTHER = (
        "other",
        _("somebody else who is willing, with the consent of the committee or the civil affairs office"),
    )
    BODY = "body", _("the residents' or villagers' committee, or the civil affairs office")


class Paper(models.TextChoices):
    """From which paper it is known; it was seen, no copy is kept."""

    HOUSEHOLD = "household", _("household register (户口簿)")
    BIRTH = "birth", _("birth certificate (出生医学证明)")
    JUDGMENT = "judgment", _("judgment or ruling of a court (法院裁判文书)")
    NAMED = "named", _("decision of the committee or civil affairs office that names the guardian (指定监护)")
    AGREED = "agreed", _("agreement of guardians, or agreed beforehand (监护协议)")
    WILL = "will", _("will of a parent (遗嘱指定)")


ENDS = {
    "able": _("the ward is able to act alone, or lives on own work from sixteen on (民法典 18, 39)"),
    "unable": _("the guardian is not able to act any more (民法典 39)"),
    "died": _("the ward or the guardian has died (民法典 39)"),
    "revoked": _("a court has taken it away, or placed it with others for now (民法典 36)"),
    "replaced": _("somebody else is the guardian now (民法典 30, 31)"),
    "mistake": _("it was noted by mistake"),
    "other": _("another reason by which a court has ended it (民法典 39)"),
}


@dataclass(frozen=True)
class Guard:
    """A guardianship as far as nobody's name is needed for it: why, who it is to the ward, from which paper."""

    row: Guardianship
    ground: str
    tie: str
    paper: str
    why_ended: str
    born: str

    @property
    def ground_words(self) -> str:
        """Why somebody has a guardian, in words."""
        return str(Ground(self.ground).label) if self.ground else ""

    @property
    def tie_words(self) -> str:
        """Who the guardian is to the ward, in words."""
        return str(Tie(self.tie).label) if self.tie else ""

    @property
    def paper_words(self) -> str:
        """From which paper it is known, in words."""
        return str(Paper(self.paper).label) if self.paper else ""

    @property
    def why_words(self) -> str:
        """Why it ended, in words; empty while it goes on, or where the age ended it."""
        return str(ENDS.get(self.why_ended, ""))

    def going(self, on: date) -> bool:
        """Whether it holds on a day; an erased one holds never."""
        row = self.row
        if not self.ground or on < row.since or (row.until and on >= row.until):
            return False
        return self.ground != Ground.MINOR or age_of(self.born, on).minor


def guard(row: Guardianship) -> Guard:
    """Read a row's terms; the caller leaves the access row where it shows them."""
    ground, tie, paper, why = (*unsealed(row, "terms").split("/"), "", "", "", "")[:4]
    return Guard(row, ground, tie, paper, why, unsealed(row, "born"))


def family_of(person: Person) -> list[UUID]:
    """A record and those that were merged into it, however deep."""
    keys = [person.pk]
    for key in keys:
        keys += Person.objects.filter(merged_into=key).values_list("pk", flat=True)
    return keys


def guards_of(person: Person, *, going: bool = True) -> list[Guard]:
    """The guardianships of a resident that hold today, or all there ever were, the oldest first."""
    rows = Guardianship.objects.filter(person__in=family_of(person)).order_by("since", "id")
    found = [guard(row) for row in rows]
    today = timezone.localdate()
    return [each for each in found if each.going(today) and not _ended(person)] if going else found


def guarded_by(contact: Contact) -> list[Guard]:
    """The guardianships that hold today of whoever has proven to hold a contact's number, or came to a window."""
    known = Q(number_index__in=numbers_of(contact, BY_NUMBER)) | Q(contact=contact)
    return _going(Guardianship.objects.filter(known))


def guards(contact: Contact, person: Person) -> Guard | None:
    """The guardianship by which somebody may act for a resident today; None for anybody else."""
    keys = family_of(person)
    return next((each for each in guarded_by(contact) if each.row.person_id in keys), None)


def require_guardian(by: PartyActor, person: Person) -> Guard:
    """The same for an actor whom a door has proven to hold a contact's number; NotFound for anybody else."""
    contact = Contact.objects.filter(pk=by.person).first() if by.person else None
    found = guards(contact, person) if contact else None
    if found is None:
        raise NotFound
    return found


def is_contested(found: Iterable[Guard]) -> bool:
    """Whether guardians of one ward disagree: then a person decides what one of them asks for, not a rule."""
    return any(each.row.contested_on for each in found)


def age_of_record(person: Person) -> Age:
    """How old a resident is today, from whatever of the record says it; unknown where nothing does."""
    texts = [unsealed(person, "birth"), _of_card(unsealed(person, "document"))]
    texts += [each.born for each in guards_of(person, going=False)]
    return age_of(next((text for text in texts if text), ""), timezone.localdate())


def record_behind(contact: Contact) -> Person | None:
    """The resident's record that a contact is of: the one with its number, among several the one with its name."""
    rows = Person.objects.filter(phone_index__in=numbers_of(contact, PHONE), merged_into=None)
    found = list(rows.filter(erased_at=None).select_related("division"))
    if len(found) > 1:
        name = unsealed(contact, "name")
        found = [each for each in found if name and unsealed(each, "name") == name]
    return found[0] if len(found) == 1 else None


def contacts_alone(person: Person) -> QuerySet[Contact]:
    """The contacts given with the number of a record, where no other resident has it too."""
    found = Contact.objects.filter(phone_index__in=blind_indexes(unsealed(person, "phone"), "phone"))
    newest = found.order_by("-id").first()
    return found if newest and person.pk in records_of(newest) else found.none()


def _going(rows: QuerySet[Guardianship]) -> list[Guard]:
    today = timezone.localdate()
    found = (guard(row) for row in rows.select_related("person").order_by("since", "id"))
    return [each for each in found if each.going(today) and not _ended(each.row.person)]


def _ended(person: Person) -> bool:
    while person.merged_into is not None:
        person = person.merged_into
    return person.ended_on is not None


def _of_card(document: str) -> str:
    """The day of birth in an identity card's number."""
    kind, _colon, number = document.partition(":")
    digits = number[6:14]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if kind == "card" and len(number) == 18 else ""
