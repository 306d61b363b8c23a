"""Places by the names people use for them: what somebody typed, and what is mentioned in a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from linli.base.generations import Cached
from linli.base.text import half_width
from linli.divisions.codes import Level
from linli.divisions.models import FAMILY, Division

MOST = 20_000  # a large city; in what is larger, places are not told by their name alone
# What people leave out when they say where they live: 东门社区居民委员会 is 东门.
_ENDINGS = {
    Level.VILLAGE: re.compile(r"(社区|村)?(居民委员会|村民委员会|居委会|村委会|社区|村)$"),
    Level.TOWN: re.compile(r"(街道办事处|街道|镇|乡)$"),
}
_OFFICE = re.compile(r"(居民委员会|村民委员会|居委会|村委会|办事处)$")
_SHORTEST = 2  # characters of a name that is looked for in a text


@dataclass(frozen=True)
class Called:
    """A place as people call it: `name` without the office, `short` without its kind as well, `label` to choose by."""

    code: str
    level: int
    name: str
    short: str
    label: str


def called_within(area: str) -> list[Called]:
    """The towns, villages and grids of an area by name; none where there are too many to know by name."""
    return _called(area)


def _read(area: str) -> list[Called]:
    places = Division.objects.within(area).current().filter(level__range=(Level.TOWN, Level.GRID))
    rows = places.order_by("code", "level").values_list("code", "level", "name", "parent__name")
    found = list(rows[: MOST + 1])
    if len(found) > MOST:
        return []
    often = Counter(name for _code, _level, name, _parent in found)
    return [
        _one(Division(code=code, level=level, name=name), parent if often[name] > 1 else "")
        for code, level, name, parent in found
    ]


def _one(place: Division, parent: str | None) -> Called:
    name = _OFFICE.sub("", place.name)
    ending = _ENDINGS.get(Level(place.level))
    short = ending.sub("", place.name) if ending else place.name
    label = f"{place.name}（{parent}）" if parent else place.name
    return Called(place.trimmed, place.level, name, short or name, label)


_called: Cached[list[Called]] = Cached(FAMILY, _read)


def typed_place(typed: str, area: str) -> list[Called]:
    """The places that fit what somebody typed, the best kind of fit only: the whole name, else a part of it."""
    wanted = half_width(typed).strip()
    places = called_within(area)
    exactly = [each for each in places if wanted in (each.label, each.code)]
    as_called = [each for each in places if wanted in (each.name, each.short)]
    return exactly or as_called or [each for each in places if wanted in each.label]


def mentioned(text: str, area: str) -> list[Called]:
    """The places a text names, of the lowest level it names: one if it is clear, several if it is not.

    Of several with one name those in a town that is named too are meant.
    """
    places = called_within(area)
    found = _named(text, places)
    towns = [each.code for each in found if each.level == Level.TOWN]
    lowest = max((each.level for each in found), default=0)
    best = [each for each in found if each.level == lowest]
    inside = [each for each in best if any(each.code.startswith(town) for town in towns)]
    return inside or best


def _named(text: str, places: Iterable[Called]) -> list[Called]:
    """By whole names; the short ones only where no whole name of a village or grid stands in the text."""
    places = list(places)
    whole = [each for each in places if each.name in text]
    if any(each.level > Level.TOWN for each in whole):
        return whole
    return whole + [
        each
        for each in places
        if each.level == Level.VILLAGE and len(each.short) >= _SHORTEST and each.short in text
    ]
