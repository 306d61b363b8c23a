"""Cases a post was told of without having to do anything (抄送), and cases that are kept from a post (回避)."""

from __future__ import annotations

from django.db import models

from linli.base.ids import uuid7
from linli.cases.models.case import Case
from linli.posts.models import Post


class Copy(models.Model):
    """A case was copied to a post: it stands in that post's list and may be read there, wherever it lies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="copies", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "post"], name="copy_once")]
        indexes = [models.Index(fields=["post", "-at", "-id"], name="copy_newest")]


class Withheld(models.Model):
    """A case is kept from a post (回避): it neither sees it nor is given a task in it, whatever else it does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="withheld", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "post"], name="withheld_once")]
        indexes = [models.Index(fields=["post", "case"], name="withheld_post")]
