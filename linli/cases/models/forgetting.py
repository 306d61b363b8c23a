"""What is left of a case's file after its years: proofs of its erasure, and why some are kept longer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from linli.base.ids import uuid7
from linli.cases.models.case import Case
from linli.posts.models import Holding, Post


class Forgetting(models.Model):
    """Proof (清除证明) that a closed case's file was erased: when, by which rule, how much of what. Append-only.

    `years` is the period of its kind's procedure. `erased` counts what held something, by part; `kept`: parts that
    stay, by the procedure or because an account still uses them; `left` is how much held something afterwards, read
    again from the database: always 0. The entry `cases.forget` holds the same `digest`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="forgetting")
    at = models.DateTimeField()
    closed_on = models.DateField()
    years = models.PositiveSmallIntegerField()
    erased = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    left = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)


class Hold(models.Model):
    """A case's file is kept beyond its years (暂缓清除): by which duty, until when, and which post says so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    basis = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("since")), name="hold_ends_after_it_begins"
            )
        ]
