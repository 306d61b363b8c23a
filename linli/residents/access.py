"""What an access row says, and how rows are made: one for each person that a reading showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from secrets import randbits
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.base.ids import uuid7s
from linli.base.rows import values_from
from linli.posts.actor import Actor, PostActor
from linli.residents.models import Access, How, Reader
from linli.residents.purposes import purpose_named

# Which kinds of data were read; a row holds their sum.
CLASSES = {"name": 1, "phone": 2, "address": 4, "words": 8, "photos": 16, "matters": 32, "readings": 64}
CLASSES |= {"document": 128, "birth": 256, "language": 512, "relation": 1024, "region": 2048, "end": 4096}
CLASSES |= {"guardians": 8192}
WORDS, PHOTOS, MATTERS, READINGS = (CLASSES[each] for each in ("words", "photos", "matters", "readings"))
_READERS = {"post": int(Reader.POST), "party": int(Reader.PARTY), "system": int(Reader.SYSTEM)}
AT_ONCE = 64  # rows that go in by one execution: a list of fifty and a case beside it


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


def values_for(glance: Glance, seen: Mapping[Seen, int]) -> list[list[Any]]:
    """One row for each person, as `insert_values` takes them; all of a reading bear the same trace.

    No models are made: a list of fifty people is written with every page of it.
    """
    by, who = glance.by, glance.by.by()
    alike = {
        "at": timezone.now(),
        "reader": _READERS[who.actor],
        "relation": who.relation,
        "post": who.post,
        "unit": by.post.organisation_id if isinstance(by, PostActor) else None,
        "holding": who.holding,
        "activity": purpose_named(glance.purpose).nr,
        "how": int(glance.how),
        "count": len(seen),
        "trace": randbits(62),
    }
    rows = [
        {
            "id": key,
            "contact_id": whose.contact,
            "person_id": whose.person,
            "about": whose.about,
            "classes": classes,
        }
        for key, (whose, classes) in zip(uuid7s(len(seen)), seen.items(), strict=True)
    ]
    return values_from(Access, alike, rows)
