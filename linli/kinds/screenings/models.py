"""A screening's own columns, the places it asks, and what was said of its being known already. Names no person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid
from linli.cases.duplicates import BECAME
from linli.cases.models import Case, Link
from linli.divisions.codes import DIGITS, SIZES, Level
from linli.divisions.models import Division
from linli.kinds.screenings.placing import Asked, Layout, laid_out
from linli.posts.models import Post

A_YEAR = timedelta(days=365)
_WHOLE = 10**DIGITS  # all codes in one part
MOST_LISTED = 200  # places by name on one page


class Answer(models.TextChoices):
    """What a place answered; nothing found is as good an answer as any."""

    OPEN = "", _("Not answered")
    CLEAR = "clear", _("Looked, nothing found")
    FOUND = "found", _("Something found")


@dataclass(frozen=True)
class Part:
    """A part of the area: how many places of it were asked, have answered, have not, and have nobody to ask.

    `hours` is what this screening asks of it, `year` what all screenings asked of it within a year.
    """

    name: str
    places: int
    answered: int
    open: int
    unheld: int
    hours: float
    year: float = 0


class Screening(models.Model):
    """What is looked for, why, on what basis, until when, and how long it takes each place."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="screening")
    why = models.TextField()
    basis = models.CharField(max_length=200)
    order = models.CharField(max_length=200, blank=True)
    asked = models.CharField(max_length=10, choices=Asked.choices, default=Asked.GRIDS)
    minutes = models.PositiveSmallIntegerField()
    until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    account = models.TextField(blank=True)

    def words(self) -> str:
        """What the search finds it by."""
        return self.why

    @property
    def came_of(self) -> int:
        """How many cases were opened from it."""
        return Link.objects.filter(source=self.case_id, relation=BECAME).count()

    @cached_property
    def layout(self) -> Layout | None:
        """What would be asked if it were sent now; None where its area has no such places any more."""
        try:
            return laid_out(self.case.division, self.asked)
        except Invalid:
            return None

    @property
    def hours(self) -> float:
        """What it would ask of all places together, in hours."""
        return _hours(self.layout.held * self.minutes) if self.layout else 0

    @property
    def year(self) -> float:
        """What screenings have asked of all places of its area within a year, in hours."""
        return sum(_asked_within_a_year(self.case.division.span, _WHOLE).values())

    def waiting(self) -> list[Place]:
        """The places that have not answered yet, by their names."""
        rows = self.places.filter(answer=Answer.OPEN, post__isnull=False)
        return list(rows.select_related("division").order_by("code")[:MOST_LISTED])

    def unheld(self) -> list[Place]:
        """The places with nobody to ask when it was sent."""
        rows = self.places.filter(post=None).select_related("division")
        return list(rows.order_by("code")[:MOST_LISTED])

    @cached_property
    def communities(self) -> list[Part]:
        """How it stands in each village and community, and what it asks of each in hours (three statements)."""
        return parts_of(self, Level.VILLAGE)

    @cached_property
    def parts(self) -> list[Part]:
        """The same by the parts of its area one level below, as far as these are larger."""
        level = self.case.division.level + 1
        return parts_of(self, level) if level < Level.VILLAGE else self.communities

    @property
    def total(self) -> Part:
        """All of it together."""
        rows = self.parts
        counts = [[each.places, each.answered, each.open, each.unheld] for each in rows]
        places, answered, still, unheld = (
            (sum(column) for column in zip(*counts, strict=True)) if rows else 4 * [0]
        )
        return Part("", places, answered, still, unheld, sum(each.hours for each in rows))


class Place(models.Model):
    """A grid or village that is asked; who is to answer is a post, and None where nobody holds one."""

    id = models.BigAutoField(primary_key=True)
    screening = models.ForeignKey(Screening, models.PROTECT, related_name="places")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    code = models.BigIntegerField(db_index=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["screening", "division"], name="screening_place_once")]
        indexes = [models.Index(fields=["screening", "post"], name="screening_place_of_post")]


class Remark(models.Model):
    """Somebody who was asked says that this is known already; whoever sent it answers."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="remarks")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["screening", "post"], name="screening_remark_once")]


def parts_of(screening: Screening, level: int) -> list[Part]:
    """How a screening stands by the divisions of a level in its area, and what was asked of each within a year."""
    size = SIZES[level]
    counts = {
        "places": Count("pk"),
        "answered": Count("pk", filter=~Q(answer=Answer.OPEN)),
        "unheld": Count("pk", filter=Q(post=None)),
    }
    rows = _by_part(screening.places.all(), size).annotate(**counts).order_by("part")
    prefixes = [row["part"] for row in rows]
    names = _names(prefixes, size, level)
    year = _asked_within_a_year(screening.case.division.span, size)
    return [
        Part(
            names.get(row["part"], ""),
            row["places"],
            row["answered"],
            row["places"] - row["answered"] - row["unheld"],
            row["unheld"],
            hours=_hours((row["places"] - row["unheld"]) * screening.minutes),
            year=year.get(row["part"], 0),
        )
        for row in rows
    ]


def _by_part(rows: models.QuerySet[Place], size: int) -> Any:
    return rows.order_by().annotate(part=F("code") / Value(size)).values("part")


def _names(prefixes: Sequence[int], size: int, level: int) -> dict[int, str]:
    found = Division.objects.current().filter(level=level, code__in=[each * size for each in prefixes])
    return {code // size: name for code, name in found.values_list("code", "name")}


def _asked_within_a_year(span: tuple[int, int], size: int) -> dict[int, float]:
    low, high = span
    rows = Place.objects.filter(
        code__gte=low, code__lt=high, post__isnull=False, screening__sent_at__gte=timezone.now() - A_YEAR
    )
    summed = _by_part(rows, size).annotate(minutes=Sum("screening__minutes"))
    return {row["part"]: _hours(row["minutes"]) for row in summed}


def _hours(minutes: int) -> float:
    return round(minutes / 60, 1)
