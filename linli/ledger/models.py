"""The ledger's tables. Rows are only ever added; the database itself refuses changes (see triggers.py)."""

from __future__ import annotations

from django.db import models

from linli.base.ids import uuid7


class Entry(models.Model):
    """One step taken: who, what, about which case, where, when. Ids, codes, numbers and enumerations only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    about = models.UUIDField(null=True)
    actor = models.CharField(max_length=10)
    post = models.BigIntegerField(null=True)
    holding = models.BigIntegerField(null=True)
    relation = models.CharField(max_length=30, blank=True)
    division = models.BigIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    words_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["about", "id"], name="entry_about"),
            models.Index(fields=["name", "id"], name="entry_named"),
        ]


class EntryDetail(models.Model):
    """The words of an entry: the only part that can be erased. The entry keeps their salted digest."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="detail")
    salt = models.CharField(max_length=32)
    words = models.JSONField(null=True)


class Position(models.Model):
    """An entry's place in the one order every reader agrees on: 1, 2, 3 ... without a gap."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="position")


class Unplaced(models.Model):
    """Entries waiting for a position; a trigger on `Entry` adds them, the sequencer takes them out."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, related_name="+", db_constraint=False
    )
