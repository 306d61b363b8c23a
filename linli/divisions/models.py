"""The division tree as of a date, and how one division followed another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linli.base.coordinates import Datum
from linli.divisions.codes import LEVEL_NAMES, Level, level_of, span, trimmed

FAMILY = "divisions"  # of caches that depend on the tree (base.generations)
LOCAL = "local"  # the source of rows a place made itself; no imported list ever ends them


class Kind(models.TextChoices):
    """What a node is. Statistical and placeholder nodes are no administrative divisions and can be hidden."""

    REAL = "real", _("administrative division")
    STATISTICAL = "statistical", _("statistical area")
    PLACEHOLDER = "placeholder", _("placeholder without an administration")
    GRID = "grid", _("grid")
    SPECIAL_GRID = "special_grid", _("special grid")
    MICRO_GRID = "micro_grid", _("micro-grid")


GRID_KINDS = (Kind.GRID, Kind.SPECIAL_GRID)


class Divisions(models.QuerySet["Division"]):
    """Divisions as of a day and within an area."""

    def as_of(self, day: date) -> Divisions:
        """Those in force on `day`: from `valid_from` on, up to but without `valid_to`."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def current(self) -> Divisions:
        """Those nobody has ended."""
        return self.filter(valid_to=None)

    def within(self, code: str) -> Divisions:
        """The division with this trimmed code and everything below it: one range on one index."""
        low, high = span(code)
        return self.filter(code__gte=low, code__lt=high, level__gte=level_of(code))

    def coded(self, code: str) -> Divisions:
        """Those with exactly this trimmed code, that is, code and level."""
        return self.filter(code=span(code)[0], level=level_of(code))


if TYPE_CHECKING:
    _Objects = models.Manager["Division"]
else:
    _Objects = models.Manager.from_queryset(Divisions)


class DivisionObjects(_Objects):
    """Leaves the outline out of ordinary reads: a county's is 50 kB, and lists never show it."""

    def get_queryset(self) -> Divisions:
        return Divisions(self.model, using=self._db).defer("outline")

    if TYPE_CHECKING:

        def as_of(self, day: date) -> Divisions: ...
        def current(self) -> Divisions: ...
        def within(self, code: str) -> Divisions: ...
        def coded(self, code: str) -> Divisions: ...


class Division(models.Model):
    """One node of the tree for one stretch of time. Identity is the id; codes are re-used and renumbered."""

    id = models.BigAutoField(primary_key=True)
    code = models.BigIntegerField()
    level = models.PositiveSmallIntegerField(
        choices=[(level.value, name) for level, name in LEVEL_NAMES.items()]
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REAL)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    outline = models.BinaryField(null=True, blank=True)  # WKB in WGS-84, whatever the source's datum was
    schematic = models.BooleanField(default=False)  # invented, not surveyed: said wherever it is shown
    datum = models.CharField(
        max_length=5, choices=[(each.value, each.value) for each in Datum], default=Datum.NONE
    )
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=60, default=LOCAL)

    objects = DivisionObjects()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "level", "valid_from"], name="division_once_at_a_time"),
            models.UniqueConstraint(
                fields=["code", "level"], condition=Q(valid_to=None), name="division_one_current"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="division_ends_after_it_begins",
            ),
        ]
        # Counting places of a kind, and those below one, without reading their rows: a province has 140,000.
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "code", "level"], condition=Q(valid_to=None), name="division_kind_current"
            ),
            models.Index(
                fields=["parent", "kind"], condition=Q(valid_to=None), name="division_below_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trimmed} {self.name}"

    @property
    def trimmed(self) -> str:
        """The code as it leaves Python."""
        return trimmed(self.code, self.level)

    @property
    def span(self) -> tuple[int, int]:
        """The half-open range of codes of this division and all below it."""
        return span(self.code, self.level)

    def contains(self, other: Division) -> bool:
        """Whether `other` is this division or lies below it."""
        low, high = self.span
        return low <= other.code < high and other.level >= self.level


class Succession(models.Model):
    """One division took another's place on a day."""

    class How(models.TextChoices):
        """What happened to the predecessor."""

        MERGED = "merged", _("merged")
        RENAMED = "renamed", _("renamed")
        RENUMBERED = "renumbered", _("renumbered")
        SPLIT = "split", _("split")

    predecessor = models.ForeignKey(Division, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Division, models.PROTECT, related_name="origins")
    on = models.DateField()
    how = models.CharField(max_length=12, choices=How.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
        ]


__all__ = ["FAMILY", "GRID_KINDS", "LOCAL", "Division", "Divisions", "Kind", "Level", "Succession"]
