"""Coverage of mediation: every village has a people's committee, every large unit one; each hole can be filled."""

from __future__ import annotations

from dataclasses import dataclass

from linli.divisions.codes import Level
from linli.divisions.models import Division, Kind
from linli.registers.models import Body, BodyKind, LargeUnit


@dataclass(frozen=True)
class Coverage:
    """How many there are, and which lack a committee; `short` are committees not set up as the law says."""

    villages: int
    units: int
    bodies: int
    bare_villages: list[Division]
    bare_units: list[LargeUnit]
    short: list[Body]


def coverage(area: Division) -> Coverage:
    """Look through a subtree in four statements, however large it is."""
    low, high = area.span
    inside = {"organisation__division__code__gte": low, "organisation__division__code__lt": high}
    bodies = list(Body.objects.filter(until=None, **inside).select_related("organisation__division"))
    peoples = [body for body in bodies if body.kind == BodyKind.PEOPLES]
    served = {body.organisation.division_id for body in peoples if body.unit_id is None}
    villages = list(
        Division.objects.within(area.trimmed)
        .current()
        .filter(level=Level.VILLAGE, kind=Kind.REAL)
        .order_by("code")
    )
    units = list(
        LargeUnit.objects.filter(until=None, division__code__gte=low, division__code__lt=high)
        .select_related("division")
        .order_by("division__code", "title")
    )
    with_body = {body.unit_id for body in bodies}
    return Coverage(
        len(villages),
        len(units),
        len(bodies),
        [each for each in villages if each.pk not in served],
        [each for each in units if each.pk not in with_body],
        [body for body in peoples if body.short_of_law],
    )
