"""How many people live in a place (常住人口): figures from outside, with day and source; never counted from records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.base.generations import Cached
from linli.divisions.models import Division

FAMILY = "inhabitants"


class Inhabitants(models.Model):
    """The figure of a division as of a day; the one of the latest day counts."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    count = models.PositiveIntegerField()
    day = models.DateField()
    source = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["division", "day"], name="inhabitants_of_day"),
            models.CheckConstraint(condition=Q(count__gte=1), name="inhabitants_are_some"),
        ]


def inhabitants_by_part(code: str, level: int) -> Mapping[int, Inhabitants]:
    """The figures in force of the parts of an area, by the part's 17-digit code; `level` is that of the parts."""
    return _by_part(code, level)


def _read(code: str, level: int) -> Mapping[int, Inhabitants]:
    places = Division.objects.within(code).current().filter(level=level)
    rows = Inhabitants.objects.filter(division__in=places).select_related("division")
    return {row.division.code: row for row in rows.defer("division__outline").order_by("day")}


_by_part: Cached[Mapping[int, Inhabitants]] = Cached(FAMILY, _read)
