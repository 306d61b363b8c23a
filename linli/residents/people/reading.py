"""The door to a resident's record: one at a time, for a listed purpose, with the access row in the same transaction.

The same door as `residents.reading`, for records instead of the contacts of cases: its register of purposes, its log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import NotFound, NotYours
from linli.base.writing import writing
from linli.divisions.codes import Level
from linli.posts.actor import Actor, PartyActor, PostActor, SystemActor
from linli.posts.may import covers, require_holding
from linli.residents.models import Involvement, Member, Person, Residence
from linli.residents.people.documents import Document
from linli.residents.people.warding import require_guardian
from linli.residents.purposes import Purpose, purpose_named
from linli.residents.reading import log
from linli.residents.sealing import unsealed

FIELDS = ("name", "phone", "document", "birth", "language", "address", "region")
OWN = ("name", "phone", "document", "birth", "language", "end")  # columns of the person's own row
_WIDEST = Level.TOWN  # whoever answers for more than a town has no window that residents come to
_SHIELDED = gettext_lazy("Residents' records are not open to your post.")


@dataclass(frozen=True)
class Record:
    """The fields asked for, opened; the others are empty. `document` is the kind, `number` its number."""

    person: Person
    name: str = ""
    phone: str = ""
    document: str = ""
    number: str = ""
    birth: str = ""
    language: str = ""
    address: str = ""
    region: str = ""
    end: str = ""

    @property
    def document_label(self) -> str:
        """The kind of document in words."""
        return str(Document(self.document).label) if self.document else ""


def read_person(
    person: Person, purpose: str, *, by: Actor, fields: Sequence[str] = FIELDS, about: UUID | None = None
) -> Record:
    """Open the record of one resident for a listed purpose, and leave the row that the resident will see.

    Raises NotFound outside the actor's area, for an erased record, and for a case the record was not opened for;
    NotYours where the purpose is not the actor's.
    """
    return read_people([person], purpose, by=by, fields=fields, about=about)[0]


def read_people(
    people: Sequence[Person], purpose: str, *, by: Actor, fields: Sequence[str], about: UUID | None = None
) -> list[Record]:
    """The same for the members of one household, or the two records of a pair: all, or nothing is read."""
    rule = purpose_named(purpose)
    fresh = _read_again(people)
    roots = fresh if rule.pairs else [root_of(each) for each in fresh]
    for person in roots:
        require_sight(person, rule, by=by, about=about)
    if isinstance(by, PostActor):
        require_holding(by)
    covered = [name for name in rule.fields if name in fields]
    with writing():
        log([(person, about) for person in roots], rule.name, covered, by=by)
        return [_opened(person, covered) for person in roots]


def _read_again(people: Sequence[Person]) -> list[Person]:
    """As the database has them now: whoever moved meanwhile is not of this area any more."""
    rows = Person.objects.select_related("division", "merged_into__division")
    found = rows.in_bulk([each.pk for each in people])
    return [found[each.pk] for each in people]


def require_sight(person: Person, rule: Purpose, *, by: Actor, about: UUID | None = None) -> None:
    """Whether this actor may open this record for this purpose."""
    if rule.of != "person":
        raise NotYours(_SHIELDED)
    if isinstance(by, SystemActor):
        if by.name not in rule.systems:
            raise NotYours(_SHIELDED)
    elif isinstance(by, PartyActor) and by.relation in rule.parties:
        require_guardian(by, person)
    elif not isinstance(by, PostActor) or not covers(by, person.division.code):
        raise NotFound
    else:
        require_window(by, rule.posts, wide=rule.wide)
    if person.erased_at or (about and not _opened_for(person, about)):
        raise NotFound


def require_window(by: PostActor, kinds: frozenset[str], *, wide: bool = False) -> None:
    """Residents' records are for the posts residents deal with: of a grid, a village, at most a town."""
    if not has_window(by, kinds, wide=wide):
        raise NotYours(_SHIELDED)


def has_window(by: PostActor, kinds: frozenset[str], *, wide: bool = False) -> bool:
    """The same as a question, for showing the way or not."""
    return by.post.kind in kinds and (wide or by.post.division.level >= _WIDEST)


def root_of(person: Person) -> Person:
    """The record that a merged one was taken up by."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def opened(row: Model, field: str) -> str:
    """One field, for the actions of this layer, which have asked and logged; never for a page."""
    return unsealed(row, field)


def texts_of(person: Person) -> dict[str, str]:
    """The plain texts of a person's own columns, for making indexes anew."""
    return {name: opened(person, name) for name in OWN}


def split_document(text: str) -> tuple[str, str]:
    """Kind and number, which are sealed as one."""
    kind, _colon, number = text.partition(":")
    return kind, number


def residence_now(person: Person, kind: str) -> Residence | None:
    """Where a person lives, or is registered, now; after the end, where that was last."""
    rows = Residence.objects.filter(person=person, kind=kind).select_related("household__division")
    return rows.order_by("-since", "-id").first()


def _opened(person: Person, fields: Sequence[str]) -> Record:
    texts = {name: opened(person, name) for name in fields if name in OWN}
    if "document" in texts:
        texts["document"], texts["number"] = split_document(texts["document"])
    if "address" in fields:
        actual = residence_now(person, Residence.Kind.ACTUAL)
        texts["address"] = opened(actual.household, "address") if actual and actual.household else ""
    if "region" in fields:
        registered = residence_now(person, Residence.Kind.REGISTERED)
        texts["region"] = opened(registered, "region") if registered else ""
    return Record(person, **texts)


def _opened_for(person: Person, about: UUID) -> bool:
    return Involvement.objects.filter(person=person, about=about).exists()


def members_of(person: Person, *, by: Actor) -> list[tuple[Member, Record]]:
    """Who lives in a person's household now, the person included: names and relations, each with its row."""
    own = Member.objects.filter(person=person, until=None).first()
    if own is None:
        return []
    rows = Member.objects.filter(household=own.household, until=None, person__merged_into=None)
    members = list(rows.select_related("person__division", "person__merged_into").order_by("since", "id"))
    records = read_people([each.person for each in members], "household", by=by, fields=("name", "relation"))
    return list(zip(members, records, strict=True))


def relation_of(member: Member) -> str:
    """A member's place in the household, as a code; part of what `members_of` has logged."""
    return opened(member, "relation")


def not_found() -> NotFound:
    """What a number says that belongs to nobody here; the same for one that belongs to somebody elsewhere."""
    sentence = _("No resident of your area is known by this number.")
    return NotFound(sentence, fields={"number": [sentence]})
