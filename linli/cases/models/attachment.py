"""The files of a case."""

from __future__ import annotations

from django.db import models

from linli.base.ids import uuid7
from linli.cases.models.case import Case

PICTURE, SCAN = "image/jpeg", "application/pdf"


class Attachment(models.Model):
    """A file of a case, outside the web root: a picture that was encoded anew, or a scan as it came."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=30)
    size = models.PositiveIntegerField()
    step = models.CharField(max_length=30)
    added_at = models.DateTimeField()
