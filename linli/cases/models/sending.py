"""What devices send that work without signal: each step once, photos ahead of what they belong to."""

from __future__ import annotations

from django.db import models

from linli.base.ids import uuid7
from linli.cases.models.case import Case
from linli.posts.models import Account


class Sending(models.Model):
    """A step that a device sent under a key of its own was taken: the same key takes nothing a second time.

    What opens a case has its key in the case itself (`Case.origin_key`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class SentPhoto(models.Model):
    """A photo that came ahead of its step: cleaned and kept on disk; no case has it yet, or one has it by now.

    `received` is the SHA-256 of the bytes as they came, `digest` that of the cleaned picture.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    received = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
