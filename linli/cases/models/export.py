"""Lists that somebody takes out of the system as a file."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.base.ids import uuid7
from linli.posts.models import Holding, Post


class ExportState(models.TextChoices):
    """Where an export stands. `asked` and `approved` are only for those with names and telephone numbers."""

    ASKED = "asked"
    REFUSED = "refused"
    APPROVED = "approved"
    FETCHED = "fetched"
    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    OVER = "over"


class Export(models.Model):
    """One file somebody asked for: a list as it was narrowed, or named cases with how to reach who raised them.

    `until`: an answer is wanted, a maker's claim holds, or the file is kept, until then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="+", db_index=False)
    listing = models.CharField(max_length=20)
    query = models.TextField(blank=True)
    about = models.CharField(max_length=500)
    form = models.CharField(max_length=4)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=ExportState.choices)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    cases = models.JSONField(default=list)
    answered_by = models.ForeignKey(Holding, models.PROTECT, null=True, related_name="+", db_index=False)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["state", "until"],
                condition=Q(state__in=["asked", "approved", "waiting", "making", "ready"]),
                name="export_open",
            )
        ]
