"""Registering a resident: asked once. What is already held is found first, by a number or by a likeness.

Where somebody is registered decides nothing: whoever lives here is a resident here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.ids import uuid7
from linli.base.text import half_width, tidy
from linli.base.writing import writing
from linli.divisions.codes import Level, level_of
from linli.divisions.models import Division
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import covers, require
from linli.posts.powers import kinds_with
from linli.residents.crypto import blind_index, blind_indexes, current_version
from linli.residents.keeping import plain_phone
from linli.residents.models import Household, Member, Person, Residence
from linli.residents.openings import require_open
from linli.residents.own_activities import PEOPLE
from linli.residents.people.documents import Document, plain_number
from linli.residents.people.fields import put
from linli.residents.people.indexes import (
    ADDRESS,
    DOCUMENT,
    PHONE,
    address_text,
    indexes_of,
    likeness_indexes,
)
from linli.residents.people.pairs import note_pair
from linli.residents.people.reading import not_found, opened, require_window, root_of
from linli.residents.reading import log

REGISTER = "residents.register"
RELATIONS = ("head", "spouse", "child", "parent", "grandchild", "grandparent", "sibling", "relative", "other")
LOOK_UP = "residents.look_up"


class Known(Conflict):
    """Records that may be of the same person. `found` are those of the own area that the whole number leads to.

    `unopened`: there are others here, which a name or a shared telephone does not open; `elsewhere`: outside the area.
    """

    code = "known"

    def __init__(self, alike: list[tuple[Person, str]], *, by: PostActor) -> None:
        super().__init__(_("The system may hold this person already."))
        near = [(each, index) for each, index in alike if covers(by, each.division.code)]
        phones = [each for each, index in near if index == "phone"]
        documents = [each for each, index in near if index == "document"]
        self.found = documents + (phones if len(phones) == 1 else [])
        self.unopened = len(self.found) < len(near)
        self.elsewhere = len(near) < len(alike)


@dataclass(frozen=True)
class GivenResident:
    """What somebody said of themselves, not yet sealed. `apart`: a household of its own at a known address."""

    name: str
    division: Division
    address: str
    phone: str = ""
    document: str = Document.NONE
    number: str = ""
    birth: date | None = None
    language: str = ""
    region: str = ""
    relation: str = "head"
    apart: bool = False
    since: date = field(default_factory=timezone.localdate)


def checked_texts(given: GivenResident) -> dict[str, str]:
    """The plain texts of a person's columns; Invalid with the fields that are wrong."""
    name = tidy(given.name)[:60]
    if not name:
        raise Invalid(fields={"name": [_("Please enter the name.")]})
    number = plain_number(given.document, given.number)
    return {
        "name": name,
        "phone": plain_phone(given.phone),
        "document": f"{given.document}:{number}" if number else "",
        "birth": given.birth.isoformat() if given.birth else "",
        "language": given.language,
    }


def plain_region(text: str) -> str:
    """The code of a place of registration, anywhere in the country; empty where nobody says."""
    digits = half_width(text).strip()
    if digits:
        level_of(digits)
    return digits


def register(given: GivenResident, *, by: PostActor, sure: bool = False) -> Person:
    """Keep a resident's record (居民登记). Raises Known, once, where the system may hold the person already."""
    require(by, REGISTER, within=given.division.code)
    require_window(by, kinds_with(REGISTER))
    require_open(PEOPLE)
    _check_place(given)
    texts, region = checked_texts(given), plain_region(given.region)
    with writing():
        alike = likely(
            texts, given.division, None if given.apart else known_home(given.division, given.address)
        )
        if not alike or sure:
            return _registered(given, texts, region, alike, by=by)
        # That somebody tried is kept though nothing else is: asking is a look-up like any other.
        _note_look_up(texts["document"] or texts["phone"] or texts["name"], len(alike), by)
    raise Known(alike, by=by)


def _registered(
    given: GivenResident,
    texts: dict[str, str],
    region: str,
    alike: list[tuple[Person, str]],
    *,
    by: PostActor,
) -> Person:
    household = home_at(given.division, given.address, apart=given.apart)
    person = _kept(given, texts, household)
    settle(person, household, given.since, given.relation)
    if region:
        keep_region(person, region, given.since)
    for other, index in alike:
        note_pair(other, person, index)
    facts = {"household": household.pk, "alike": len(alike)}
    record(Line(REGISTER, by.by(), given.division.code, person.pk, facts=facts))
    log([(person, None)], "upkeep", [name for name in texts if texts[name]], by=by)
    return person


def _note_look_up(typed: str, found: int, by: PostActor) -> None:
    words = {"digest": blind_index(typed, "look-up")}
    record(Line(LOOK_UP, by.by(), by.post.division.code, facts={"found": found}, words=words))


def _check_place(given: GivenResident) -> None:
    if given.division.level < Level.VILLAGE:
        raise Invalid(fields={"division": [_("Choose the grid, or the village, that the home lies in.")]})
    if not tidy(given.address):
        raise Invalid(fields={"address": [_("Please enter the address, as on the door.")]})
    if given.relation not in RELATIONS:
        raise Invalid(fields={"relation": [_("Choose one of the list.")]})
    if given.since > timezone.localdate():
        raise Invalid(fields={"since": [_("This day is still to come.")]})


def _kept(given: GivenResident, texts: dict[str, str], household: Household) -> Person:
    person = Person(id=uuid7(), division=given.division, key_version=current_version())
    put(person, given.division, **texts)
    for name, value in indexes_of(texts, given.division, household.pk).items():
        setattr(person, name, value)
    person.save(force_insert=True)
    return person


def known_home(division: Division, address: str) -> Household | None:
    """The household at exactly this address, if one is known."""
    indexes = blind_indexes(address_text(division, address), ADDRESS)
    return Household.objects.filter(division=division, address_index__in=indexes).order_by("id").first()


def home_at(division: Division, address: str, *, apart: bool = False) -> Household:
    """The household at exactly this address, or a new one."""
    if not apart and (found := known_home(division, address)):
        return found
    home = Household(id=uuid7(), division=division, key_version=current_version())
    put(home, division, address=tidy(address)[:200])
    home.address_index = blind_index(address_text(division, address), ADDRESS)
    home.save(force_insert=True)
    return home


def settle(person: Person, household: Household, since: date, relation: str) -> None:
    """Let a person live in a household from a day; the caller has ended what was before."""
    home = Residence(
        id=uuid7(),
        person=person,
        kind=Residence.Kind.ACTUAL,
        household=household,
        since=since,
        key_version=current_version(),
    )
    home.save(force_insert=True)
    member = Member(
        id=uuid7(), person=person, household=household, since=since, key_version=current_version()
    )
    put(member, household.division, relation=relation)
    member.save(force_insert=True)


def keep_region(person: Person, region: str, since: date) -> None:
    """Note where somebody is registered from a day; the place before ends there."""
    before = Residence.objects.filter(person=person, kind=Residence.Kind.REGISTERED, until=None)
    before.update(until=since)
    row = Residence(
        id=uuid7(),
        person=person,
        kind=Residence.Kind.REGISTERED,
        since=since,
        key_version=current_version(),
    )
    put(row, person.division, region=region)
    row.save(force_insert=True)


def likely(
    texts: dict[str, str], division: Division, household: Household | None
) -> list[tuple[Person, str]]:
    """Records that share the document, the telephone with the name's likeness, or the likeness; and by which."""
    wanted = (
        ("document", blind_indexes(texts["document"], DOCUMENT)),
        ("phone", blind_indexes(texts["phone"], PHONE)),
        ("likeness", likeness_indexes(texts, division, household.pk if household else None)),
    )
    found: dict[Any, tuple[Person, str]] = {}
    for name, indexes in wanted:
        for person in _with(**{f"{name}_index__in": indexes}) if indexes else ():
            root = root_of(person)
            found.setdefault(root.pk, (root, name))
    return list(found.values())


def find(number: str, *, by: PostActor) -> list[Person]:
    """Residents of one's own area by a telephone or document number typed whole; NotFound for none.

    Each look-up is an entry, found or not (with a keyed digest of what was typed, which can be erased).
    """
    require(by, REGISTER, within=by.post.division.code)
    require_window(by, kinds_with(REGISTER))
    typed = _whole(number)
    low, high = by.post.division.span
    with writing():
        rows = _with_number(typed).filter(division__code__gte=low, division__code__lt=high)
        found = {root.pk: root for root in map(root_of, rows) if covers(by, root.division.code)}
        _note_look_up(typed, len(found), by)
    if not found:
        raise not_found()
    return list(found.values())


def find_one(number: str, name: str, *, by: PostActor) -> Person:
    """The one resident with this number; where a telephone is shared, the one who has this name too."""
    found = find(number, by=by)
    if len(found) > 1:
        wanted = "".join(tidy(name).split())
        found = [each for each in found if wanted and "".join(opened(each, "name").split()) == wanted]
    if len(found) != 1:
        shared = _("Several residents share this telephone. Enter the whole name too, or a document number.")
        raise Invalid(fields={"called": [shared]})
    return found[0]


def anywhere(number: str) -> list[Person]:
    """Records with this number wherever they lie, for whoever moves in to bring theirs along; shown to nobody."""
    return list({root.pk: root for root in map(root_of, _with_number(_whole(number)))}.values())


def _with_number(typed: str) -> Any:
    documents = [f"{kind}:{typed}" for kind in Document.values]
    indexes = [index for text in documents for index in blind_indexes(text, DOCUMENT)]
    return _with(Q(document_index__in=indexes) | Q(phone_index__in=blind_indexes(typed, PHONE)))


def _with(*conditions: Q, **named: Iterable[str]) -> Any:
    rows = Person.objects.filter(*conditions, erased_at=None, **named)
    return rows.select_related("division", "merged_into__division").order_by("id")


def _whole(number: str) -> str:
    typed = "".join(half_width(number).split()).upper().replace("-", "")
    try:
        return plain_phone(typed)
    except Invalid:
        if 5 <= len(typed) <= 20 and typed.isascii() and typed.isalnum():
            return typed
    raise Invalid(fields={"number": [_("Enter the whole telephone or document number.")]})
