"""A matter's own columns; what it is about and who leads stand in the case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.posts.models import Organisation
from linli.residents.words import Words


class Placing(models.TextChoices):
    """How the place became known; an uncertain one is shown as such."""

    INSIDE = "inside", _("from the point given")
    NEAREST = "nearest", _("from the point given; nearest grid")
    CHOSEN = "chosen", _("chosen by the reporter")
    UNKNOWN = "unknown", _("place not yet known")


class Matter(models.Model):
    """What was seen, where, and which post deals with it."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="matter")
    text = Words()
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    landmark = models.CharField(max_length=200, blank=True)
    placing = models.CharField(max_length=10, choices=Placing.choices, default=Placing.UNKNOWN)
    happened_at = models.DateTimeField(null=True)
    next_owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    condition = models.CharField(max_length=200, blank=True)
    result = models.TextField(blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)

    def words(self) -> str:
        """What the search finds it by."""
        return f"{self.text} {self.landmark}"

    def sheet(self) -> list[tuple[str, object]]:
        """What its printed file says, as labels and values; empty values are left out."""
        return [
            (gettext("What was reported"), self.text),
            (gettext("Place"), self.landmark),
            (gettext("How the place became known"), Placing(self.placing).label),
            (gettext("Seen"), self.happened_at),
            (gettext("Taken over by"), self.next_owner and self.next_owner.name),
            (gettext("What was done"), self.result),
            (gettext("Times it went back"), self.rounds or ""),
        ]
