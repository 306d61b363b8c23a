"""Writing entries: `record()` and its set-wise form, always inside the transaction of the change itself."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from linli.base.ids import uuid7
from linli.base.rows import fresh, insert_many
from linli.ledger import names
from linli.ledger.models import Entry, EntryDetail

Plain = str | int | float | bool | None
_CODE = re.compile(r"[A-Za-z0-9_.:+\-]{0,64}")


@dataclass(frozen=True)
class By:
    """Who acted, as plain values: `actor` is post, party or system; the rest as far as it applies."""

    actor: str
    post: int | None = None
    holding: int | None = None
    relation: str = ""


@dataclass(frozen=True)
class Line:
    """One entry to be written. `words` holds free text and is stored apart, erasable."""

    name: str
    by: By
    division: int
    about: UUID | None = None
    at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def record(line: Line) -> Entry:
    """Write one entry inside the caller's transaction, so that the record is part of the change."""
    return record_many([line])[0]


def record_many(lines: Iterable[Line]) -> list[Entry]:
    """Write entries set-wise (two statements at most). Raises RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("An entry is written in the transaction of what it records, or not at all.")
    entries, details = entries_of(lines)
    insert_many(entries)
    insert_many(details)
    return entries


def entries_of(lines: Iterable[Line]) -> tuple[list[Entry], list[EntryDetail]]:
    """The unsaved rows; those about one thing keep the order in which they are given, also within one moment."""
    entries, details = [], []
    now = timezone.now()
    last: Entry | None = None
    for line in lines:
        entry, detail = _entry_of(line, now, last)
        last = entry
        entries.append(entry)
        details += [detail] if detail else []
    return entries, details


def _entry_of(line: Line, now: datetime, last: Entry | None) -> tuple[Entry, EntryDetail | None]:
    names.known(line.name)
    at = line.at or now
    key = uuid7(at)
    if last and last.about == line.about and last.at == at and last.id > key:
        key = UUID(int=last.id.int + 1)
    entry = fresh(
        Entry,
        id=key,
        name=line.name,
        about=line.about,
        actor=line.by.actor,
        post=line.by.post,
        holding=line.by.holding,
        relation=line.by.relation,
        division=line.division,
        at=at,
        recorded_at=now,
        facts={key: _plain(key, value) for key, value in line.facts.items()},
    )
    words = {key: text for key, text in line.words.items() if text}
    if not words:
        return entry, None
    salt = secrets.token_hex(16)
    entry.words_digest = digest(salt, words)
    return entry, fresh(EntryDetail, entry=entry, salt=salt, words=words)


def _plain(key: str, value: Any) -> Plain | list[Any]:
    """Only ids, codes, numbers and enumerations may enter an entry; anything else belongs into words."""
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(key, each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    if not _CODE.fullmatch(text):
        raise ValueError(f"Fact {key!r} is free text; entries hold codes only, words go to EntryDetail.")
    return text


def digest(salt: str, words: Mapping[str, str]) -> str:
    """The salted SHA-256 by which an entry refers to its words (hex)."""
    canonical = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(salt) + canonical.encode()).hexdigest()


def erasable(details: QuerySet[EntryDetail]) -> QuerySet[EntryDetail]:
    """Those of some entries' words that are still there, but for what the registered redaction rule keeps."""
    there = details.filter(words__isnull=False)
    given = there.values_list("entry__name", flat=True).distinct()
    kept = [name for name in given if names.known(name).redaction is names.Redaction.KEEP]
    return there.exclude(entry__name__in=kept)


def erase_words(details: QuerySet[EntryDetail]) -> None:
    """Erase words and their salt, where they may be: the digest stays, and nothing can be guessed from it any more."""
    keys = list(erasable(details).values_list("pk", flat=True))
    EntryDetail.objects.filter(pk__in=keys).update(words=None, salt="")
