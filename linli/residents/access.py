"""What an access row says, and how rows are made: one for each person that a reading showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from secrets import randbits
from uuid import UUID

from django.utils import timezone

from linli.posts.actor import Actor, PostActor
from linli.residents.models import Access, How, Reader
from linli.residents.purposes import purpose_named

# Which kinds of data were read; a row holds their sum.
CLASSES = {"name": 1, "phone": 2, "address": 4, "words": 8, "photos": 16, "matters": 32, "readings": 64}
CLASSES |= {"document": 128, "birth": 256, "language": 512, "relation": 1024, "region": 2048, "end": 4096}
WORDS, PHOTOS, MATTERS, READINGS = (CLASSES[each] for each in ("words", "photos", "matters", "readings"))
_READERS = {"post": Reader.POST, "party": Reader.PARTY, "system": Reader.SYSTEM}


@dataclass(frozen=True)
class Seen:
    """Whose record: that of a contact, or of whoever raised a matter without leaving one."""

    contact: UUID | None
    about: UUID | None


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
    by, who, now, trace = glance.by, glance.by.by(), timezone.now(), randbits(62)
    unit = by.post.organisation_id if isinstance(by, PostActor) else None
    activity = purpose_named(glance.purpose).nr
    return [
        Access(
            at=now,
            contact_id=each.contact,
            about=each.about,
            reader=_READERS[who.actor],
            relation=who.relation,
            post=who.post,
            unit=unit,
            holding=who.holding,
            activity=activity,
            classes=classes,
            how=glance.how,
            count=len(seen),
            trace=trace,
        )
        for each, classes in seen.items()
    ]
