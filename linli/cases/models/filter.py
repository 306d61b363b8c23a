"""Filters that a post keeps for itself, or that somebody in charge gives to all posts of a body or an area."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.divisions.models import Division
from linli.posts.models import Organisation, Post


class SavedFilter(models.Model):
    """A list and its filters under a name; it narrows cases, never persons. A deleted one can be taken back."""

    title = models.CharField(max_length=40)
    listed = models.CharField(max_length=20)
    choices = models.JSONField(default=dict)
    owner = models.ForeignKey(Post, models.PROTECT, related_name="filters", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_index=False
    )
    area = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "title"], condition=Q(deleted_at=None), name="filter_title_once"
            ),
            models.CheckConstraint(
                condition=Q(organisation=None) | Q(area=None), name="filter_shared_one_way"
            ),
        ]
