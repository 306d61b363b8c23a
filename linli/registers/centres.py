"""What a command centre keeps: its shift book (值班日志), and rules that call attention with what they called (预警).

An alert rule can say kind, area, body, count and how cases stand against their clock; there is no column for anything
else, least of all for a person or a word.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.base.ids import uuid7
from linli.divisions.models import Division
from linli.posts.models import Holding, Organisation, Post


class ShiftLine(models.Model):
    """A line of a centre's shift book; only ever added. Its words stand with its entry in the ledger.

    `about`: the line that this one corrects, or the hand-over that this one takes over. `numbers`: of cases.
    """

    class Sort(models.TextChoices):
        """What a line is."""

        NOTE = "note", pgettext_lazy("shift book", "Note")
        CORRECTION = "correction", pgettext_lazy("shift book", "Correction")
        HAND_OVER = "hand_over", pgettext_lazy("shift book", "Hand-over")
        TAKE_OVER = "take_over", pgettext_lazy("shift book", "Taken over")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    centre = models.ForeignKey(Organisation, models.PROTECT, related_name="shift_lines", db_index=False)
    sort = models.CharField(max_length=10, choices=Sort.choices)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="+", db_index=False)
    entry = models.UUIDField(unique=True)
    about = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    numbers = models.JSONField(default=list)
    overdue = models.PositiveIntegerField(null=True)
    soon = models.PositiveIntegerField(null=True)
    questions = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["centre", "-id"], name="shift_book")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["about"], condition=Q(sort="take_over"), name="shift_taken_over_once"
            )
        ]


class AlertRule(models.Model):
    """When so many cases of a kind, in an area, led by a body, stand so against their clock, a centre is told."""

    class Stands(models.TextChoices):
        """How the cases that are counted stand against their clock."""

        OPEN = "open", _("Open")
        OVERDUE = "overdue", _("Overdue")
        SOON = "soon", _("Due within three days")

    centre = models.ForeignKey(Organisation, models.PROTECT, related_name="alert_rules")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=30, blank=True)
    body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    stands = models.CharField(max_length=10, choices=Stands.choices)
    count = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(count__gte=1), name="alert_rule_counts")]


class Alert(models.Model):
    """What a rule called attention to: from when until when, how many at first and at most, and which post saw it."""

    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="alerts")
    raised_at = models.DateTimeField()
    counted = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    cleared_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["rule", "-raised_at"], name="alert_history")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule"], condition=Q(cleared_at=None), name="alert_raised_once")
        ]
