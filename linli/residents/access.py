"""What an access row says, and how rows are made: one for each person that a reading showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from secrets import randbits
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.base.ids import uuid7
from linli.base.rows import copies_of
from linli.posts.actor import Actor, PostActor
from linli.residents.models import Access, How, Reader
from linli.residents.purposes import purpose_named

# Which kinds of data were read; a row holds their sum.
CLASSES = {"name": 1, "phone": 2, "address": 4, "words": 8, "photos": 16, "matters": 32, "readings": 64}
CLASSES |= {"document": 128, "birth": 256, "language": 512, "relation": 1024, "region": 2048, "end": 4096}
CLASSES |= {"guardians": 8192}
WORDS, PHOTOS, MATTERS, READINGS = (CLASSES[each] for each in ("words", "photos", "matters", "readings"))
_READERS = {"post": Reader.POST, "party": Reader.PARTY, "system": Reader.SYSTEM}


@dataclass(frozen=True)
class Seen:
    """Whose record: that of a contact, of a resident, or of whoever raised a matter without leaving a contact."""

    contact: UUID | None
    about: UUID | None
    person: UUID | None = None


@dataclass(frozen=True)
class Glance:
    """Who read, why, and in which way."""

    by: Actor
    purpose: str
    how: How


def classes_of(names: Iterable[str]) -> int:
    """The sum of classes of data; KeyError for one that is not listed."""
    return sum({CLASSES[each] for each in names})


def names_of(classes: int) -> list[str]:
    """The classes of data in a sum."""
    return [name for name, number in CLASSES.items() if classes & number]


def rows_of(glance: Glance, seen: Mapping[Seen, int]) -> list[Access]:
    """One row for each person, not yet written; all of a reading bear the same trace."""
    now, trace = timezone.now(), randbits(62)
    return [
        _row(
            glance,
            len(seen),
            at=now,
            contact_id=each.contact,
            person_id=each.person,
            about=each.about,
            classes=classes,
            trace=trace,
        )
        for each, classes in seen.items()
    ]


def values_for(glance: Glance, seen: Mapping[Seen, int]) -> list[list[Any]]:
    """The same, as `insert_values` takes them: a list of fifty is written with every page of it."""
    alike = _row(glance, len(seen), at=timezone.now(), classes=0, trace=randbits(62))
    return copies_of(
        alike,
        [
            {
                "id": uuid7(),
                "contact_id": each.contact,
                "person_id": each.person,
                "about": each.about,
                "classes": classes,
            }
            for each, classes in seen.items()
        ],
    )


def _whose(each: Seen) -> dict[str, Any]:
    return {"contact_id": each.contact, "person_id": each.person, "about": each.about}


def _row(glance: Glance, count: int, **of_each: Any) -> Access:
    by, who = glance.by, glance.by.by()
    return Access(
        reader=_READERS[who.actor],
        relation=who.relation,
        post=who.post,
        unit=by.post.organisation_id if isinstance(by, PostActor) else None,
        holding=who.holding,
        activity=purpose_named(glance.purpose).nr,
        how=glance.how,
        count=count,
        **of_each,
    )
