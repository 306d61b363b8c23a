"""Entering how many people live in a place, one by one or from a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.generations import bump
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.ledger.records import Line, record
from linli.posts.actor import Actor
from linli.registers.actions.bodies import check
from linli.registers.entries import INHABITANTS
from linli.registers.inhabitants import FAMILY, Inhabitants


@dataclass(frozen=True)
class Living:
    """How many people live in a place, as of a day, and who says so."""

    division: Division
    count: int
    day: date
    source: str


def enter_inhabitants(given: Sequence[Living], *, by: Actor) -> int:
    """Enter figures, all or none; one of the same place and day is put right. How many were entered."""
    for each in given:
        check(by, each.division)
        if each.count < 1 or each.day > timezone.localdate() or not each.source:
            raise Invalid(_("Give at least one person, a day that is not in the future, and the source."))
    with writing():
        for each in given:
            values = {"count": each.count, "source": each.source}
            Inhabitants.objects.update_or_create(division=each.division, day=each.day, defaults=values)
            facts = {"count": each.count, "day": each.day.isoformat()}
            record(Line(INHABITANTS, by.by(), each.division.code, facts=facts))
        bump(FAMILY)
    return len(given)
