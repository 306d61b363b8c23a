"""The outbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.base.ids import uuid7
from linli.cases.models.case import Case
from linli.posts.models import Post
from linli.residents.models import Contact


class Notice(models.Model):
    """A message that must go out: its own outbox row, written with the step, sent after it.

    It is about a case, or about a row (`about`) of a layer above that registered its channel.
    `told_of`: the case whose step it tells, where that is not the contact's own: a leak is told to those it touches.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="notices")
    about = models.BigIntegerField(null=True)
    told_of = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    step = models.CharField(max_length=30)
    channel = models.CharField(max_length=10)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.SmallIntegerField(default=0)
    next_try = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None, about__isnull=False, post__isnull=False)
                | Q(case__isnull=False, about=None),
                name="notice_about_one_thing",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try"], condition=Q(state__in=["waiting", "sending"]), name="notice_waiting"
            )
        ]

    @property
    def place(self) -> int:
        """Where what it is about lies, or else the post that is told (17-digit code)."""
        where = self.case.code_now if self.case else self.post and self.post.division.code
        return where or 0
