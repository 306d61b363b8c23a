"""Rollups: figures by place and period, what each case adds to them, and how far the folding has come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

NAME = "figures"  # of the mark and of the row that says how the folding stands


class Tally(models.Model):
    """The figures of one place in one period, of one kind, and of one body or of all together.

    `place` is a code cut to its `level`. `period` is 0 (now), a year (2026), a quarter (20264), a month (202611) or a
    day (20261126). `body` is `shares.ALL`, an organisation, or what pools them. `counts` has no zeros.
    """

    cell = models.CharField(max_length=100, primary_key=True)  # the other columns together, as one key
    level = models.PositiveSmallIntegerField()
    period = models.IntegerField()
    place = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    body = models.BigIntegerField()
    counts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["level", "period", "place"], name="tally_of_period")]


class Share(models.Model):
    """What one case adds to the rollups now, so that it can be taken out again (see `shares`).

    `turns_at`: from when on time alone makes it another; empty where that cannot happen any more.
    """

    case = models.UUIDField(primary_key=True)
    adds = models.TextField()
    turns_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["turns_at"], condition=Q(turns_at__isnull=False), name="share_turns")
        ]


class Pooled(models.Model):
    """Under which body the cases are counted that a post leads (see `shares.body_keys`)."""

    post = models.BigIntegerField(primary_key=True)
    body = models.BigIntegerField()


class Progress(models.Model):
    """How the folding stands, beside its mark. `stamp` grows with every batch.

    `whole`: the rollups hold every case; without it figures are counted live. `as_of`: the moment the last batch went
    by. `sweep`: which cases are gone through again, after the one with the key `swept`. `calendars`, `posts` and
    `rules` tell of which state of these the rollups are. `lags` counts steps by how long they took to be folded.
    """

    class Sweep(models.TextChoices):
        """Which cases are gone through again."""

        NONE = ""
        OPEN = "open"
        ALL = "all"

    name = models.CharField(max_length=30, primary_key=True)
    stamp = models.BigIntegerField(default=0)
    whole = models.BooleanField(default=False)
    as_of = models.DateTimeField(null=True)
    sweep = models.CharField(max_length=4, blank=True, choices=Sweep.choices, default=Sweep.NONE)
    swept = models.UUIDField(null=True)
    calendars = models.BigIntegerField(default=0)
    posts = models.BigIntegerField(default=0)
    rules = models.CharField(max_length=64, blank=True)
    lags = models.JSONField(default=dict)
