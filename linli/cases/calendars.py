"""The working calendar of each place: the country's days and hours, and over them what nearer places decided."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from linli.base.generations import Cached
from linli.base.worktime import Calendar, Hours
from linli.cases.models import CalendarDay, WorkHours
from linli.divisions.codes import EVERYWHERE
from linli.divisions.models import Division

FAMILY = "calendar"
Dated = tuple[tuple[date, Hours], ...]


@dataclass
class Layer:
    """What one place decided, or the country."""

    span: tuple[int, int]
    days: dict[date, bool] = field(default_factory=dict)
    hours: Dated = ()


class Calendars:
    """All places' calendars: layers from the widest (the country) to the narrowest, the nearest wins."""

    def __init__(self, layers: dict[int | None, Layer]) -> None:
        self.layers = {None: Layer(EVERYWHERE), **layers}
        self._sorted = sorted(self.layers.values(), key=lambda layer: layer.span[0] - layer.span[1])
        self._known: dict[tuple[int, ...], Calendar] = {}

    def of(self, code: int | None = None) -> Calendar:
        """The calendar at a place (17-digit code), or the country's."""
        key: tuple[int, ...] = (0,)
        if code is not None and len(self._sorted) > 1:
            spans = enumerate(layer.span for layer in self._sorted)
            key = tuple(number for number, (low, high) in spans if low <= code < high)
        if key not in self._known:
            self._known[key] = self._merged(key)
        return self._known[key]

    def _merged(self, numbers: tuple[int, ...]) -> Calendar:
        exceptions: dict[date, bool] = {}
        hours: Dated = ()
        for number in numbers:
            exceptions.update(self._sorted[number].days)
            hours = _over(self._sorted[number].hours, hours)
        return Calendar(exceptions, frozenset(day.year for day in self._sorted[0].days), hours)


def _over(nearer: Dated, wider: Dated) -> Dated:
    """A place's hours hold from its first row on; before, those of the wider area."""
    if not nearer:
        return wider
    return nearer + tuple(each for each in wider if each[0] < nearer[-1][0])


def read_calendars() -> Calendars:
    """Everything the places have entered, read afresh: three statements."""
    days: dict[int | None, dict[date, bool]] = defaultdict(dict)
    for division, day, worked in CalendarDay.objects.values_list("division", "day", "worked"):
        days[division][day] = worked
    hours: dict[int | None, list[tuple[date, Hours]]] = defaultdict(list)
    for row in WorkHours.objects.order_by("-valid_from", "-pk"):
        own = Hours(row.opens, row.closes, row.break_from, row.break_to)
        hours[row.division_id].append((row.valid_from, own))
    keys = [key for key in {*days, *hours} if key is not None]
    spans = {None: EVERYWHERE, **{key: place.span for key, place in Division.objects.in_bulk(keys).items()}}
    return Calendars({key: Layer(span, days[key], tuple(hours[key])) for key, span in spans.items()})


_calendars: Cached[Calendars] = Cached(FAMILY, read_calendars)


def calendar_of(code: int | None = None) -> Calendar:
    """The calendar at a place (17-digit code), or the country's; no statement while nothing changes."""
    return _calendars().of(code)
