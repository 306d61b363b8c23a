"""A matter's own columns, and the catalogue that says who deals with what, where, and within which time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.base.worktime import Unit
from linli.cases.models import Case
from linli.divisions.models import Division
from linli.posts.models import Organisation, Post


class Category(models.Model):
    """What a matter is about. Sensitive ones never appear on public maps or in prompts about duplicates."""

    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    sensitive = models.BooleanField(default=False)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name_en if (get_language() or "zh").startswith("en") else self.name_zh


class Responsibility(models.Model):
    """One catalogue row: this category, in this area, is dealt with by this post within this time."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="responsibilities")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    unit = models.CharField(max_length=20, default=Unit.WORKING_DAYS.value)
    amount = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Placing(models.TextChoices):
    """How the place became known; an uncertain one is shown as such."""

    INSIDE = "inside", _("from the point given")
    NEAREST = "nearest", _("from the point given; nearest grid")
    CHOSEN = "chosen", _("chosen by the reporter")
    UNKNOWN = "unknown", _("place not yet known")


class Matter(models.Model):
    """What was seen, where, and which post deals with it."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="matter")
    text = models.TextField()
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="matters")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    landmark = models.CharField(max_length=200, blank=True)
    placing = models.CharField(max_length=10, choices=Placing.choices, default=Placing.UNKNOWN)
    happened_at = models.DateTimeField(null=True)
    handler = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    next_owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    result = models.TextField(blank=True)
    rounds = models.PositiveSmallIntegerField(default=0)

    def words(self) -> str:
        """What the search finds it by."""
        return f"{self.text} {self.landmark}"
