"""Reply templates."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from linli.divisions.models import Division
from linli.posts.models import Organisation


class ReplyTemplate(models.Model):
    """Words that an area, or one body in it, has ready for a field of a step (答复模板). Changed by a new one."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=30)
    step = models.CharField(max_length=30)
    field = models.CharField(max_length=30)
    title = models.CharField(max_length=60)
    text = models.TextField()
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
