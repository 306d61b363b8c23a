"""What is open nearby and may be the same thing that somebody is about to report: shown to anybody, so almost nothing.

A stranger learns what sort of thing it is, in which grid or village, since how many days, whether it is being dealt
with and roughly how many said so; never words, photos, address or person, and nothing of a sensitive category.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, inf, radians
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.coordinates import METRES_PER_DEGREE
from linli.base.errors import Invalid
from linli.base.text import brief, search_tokens
from linli.cases.alike import apart
from linli.cases.catalogue import categories_of, is_sensitive
from linli.cases.duplicates import DUPLICATE
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Category, Link
from linli.cases.procedure import REPORTER, Procedure
from linli.divisions.codes import Level
from linli.divisions.locating import locate
from linli.divisions.models import Division
from linli.residents.openings import proposes
from linli.residents.own_activities import LIKENESS

# In Boston's 311 system 17 % of located requests are followed within 3 days by another of their type within about
# 50 m. What stays open longer goes on being reported, so a month counts. Played through (bench/alike.py), 371 of 372
# such twins that were still open are shown, 23 % of all located reports are asked, and asking takes 9 ms of processor
# with 102,341 matters open.
NEAR = 50.0  # metres
DAYS = timedelta(days=30)
MOST = 3  # more would be a list to search, not a question to answer
MOST_STANDING = 40  # sorts and places on one page
FEWEST_COUNTED = 3  # fewer people are not counted to others
WORDS_ALIKE = 0.25  # the share of character pairs; a paraphrase of the same complaint reached 0.27


@dataclass(frozen=True)
class Spot:
    """What is about to be reported, and where: a division, and the point (longitude, latitude) if there is one."""

    kind: str
    division: Division
    point: tuple[float, float] | None
    category: Category | None
    text: str


@dataclass(frozen=True)
class Nearby:
    """What a stranger may know of an open case. `people` is 0 where fewer than three raised it."""

    number: str
    about: str
    place: str
    days: int
    stage: str
    people: int


def nearby(spot: Spot) -> list[Nearby]:
    """The likeliest open cases, the nearest first; none for a sensitive category or a place nobody knows."""
    found = _likely(spot)
    counted = _people({case.pk for case in found})
    opening = kind_of(spot.kind).procedure.opening.enters
    return [
        Nearby(
            number=case.number,
            about=str(case.category),
            place=case.division.name,
            days=(timezone.localdate() - timezone.localdate(case.at)).days,
            stage=_("Waiting to be taken on") if case.stage == opening else _("Being dealt with"),
            people=counted[case.pk] if counted[case.pk] >= FEWEST_COUNTED else 0,
        )
        for case in found
    ]


@dataclass(frozen=True)
class Standing:
    """How much of one sort is open in one place: how many, since how many days the oldest, how many wait."""

    about: str
    place: str
    count: int
    days: int
    waiting: int


def standing_in(kind: str, span: tuple[int, int]) -> list[Standing]:
    """What anybody may know to be open in a village or grid, by sort and grid, the most first (one statement)."""
    procedure = kind_of(kind).procedure
    stages, opening = _stages(procedure), procedure.opening.enters
    rows = _public(kind, Case.objects.within(span)).filter(stage__in=stages, kind=kind)
    counted = rows.values("category", "division__name").annotate(
        count=Count("pk"), oldest=Min("at"), waiting=Count("pk", filter=Q(stage=opening))
    )
    today = timezone.localdate()
    known = {each.pk: str(each) for each in categories_of(kind)}
    found = [
        Standing(
            about=known[each["category"]],
            place=each["division__name"],
            count=each["count"],
            days=(today - timezone.localdate(each["oldest"])).days,
            waiting=each["waiting"],
        )
        for each in counted.order_by("-count", "oldest")[:MOST_STANDING]
    ]
    return sorted(found, key=lambda each: (-each.count, -each.days))


def offered(spot: Spot, number: str) -> Case:
    """The case with this number, if it is one of those shown to whoever reports this here.

    Invalid, always with the same sentence, for any other: whether there is one elsewhere is nobody's business.
    """
    for case in _likely(spot):
        if case.number == number:
            return case
    sentence = _("No open matter with this number is offered for this place. Send yours without it.")
    raise Invalid(sentence, fields={"same_as": [sentence]})


@proposes(LIKENESS, closed=list)
def _likely(spot: Spot) -> list[Case]:
    if spot.division.level < Level.VILLAGE or (spot.category and is_sensitive(spot.category)):
        return []
    found = sorted(
        (each.metres, -each.at.timestamp(), each.key) for each in _around(spot) if _alike(spot, each)
    )
    keys = [key for _metres, _at, key in found[:MOST]]
    cases = Case.everywhere.with_place().select_related("category").in_bulk(keys) if keys else {}
    return [cases[key] for key in keys]


@dataclass(frozen=True)
class _Candidate:
    """As much of a case as tells whether it is alike; `metres` is infinite where a point is not known."""

    key: UUID
    category: int
    summary: str
    at: datetime
    metres: float


def _around(spot: Spot) -> Iterator[_Candidate]:
    """The open cases near a point, or in the place where there is no point."""
    rows: Any = kind_of(spot.kind).model._default_manager.filter(case__in=_open(spot))
    if spot.point:
        rows = rows.filter(_box(spot.point) | Q(longitude=None))
    read = ("case_id", "case__category", "case__summary", "case__at", "longitude", "latitude")
    for key, category, summary, at, longitude, latitude in rows.values_list(*read):
        known = spot.point is not None and longitude is not None
        metres = apart(spot.point, (longitude, latitude)) if known and spot.point else inf
        if metres <= NEAR or not known:
            yield _Candidate(key, category, summary, at, metres)


def _open(spot: Spot) -> object:
    """Open cases that strangers may hear of, in the grids around, of the last days.

    Kind and key are not asked for here: with them SQLite would walk all open cases by stage instead of the grids.
    """
    stages = _stages(kind_of(spot.kind).procedure)
    cases = _in_place(spot).filter(stage__in=stages, at__gte=timezone.now() - DAYS)
    return _public(spot.kind, cases)


def _public(kind: str, cases: Any) -> Any:
    """Of these cases those that are open and of a sort that strangers may hear of."""
    hidden = [each.pk for each in categories_of(kind) if is_sensitive(each)]
    return cases.filter(closed_at=None, category__isnull=False).exclude(category__in=hidden)


def _in_place(spot: Spot) -> Any:
    low, high = spot.division.span
    if spot.point is None and spot.division.level == Level.VILLAGE:
        return Case.objects.within((low, high))
    village = low - low % (10**5)  # what was reported for the whole village stands under its own code
    return Case.everywhere.in_grids({low, village, *_grids_around(spot.point)})


def _grids_around(point: tuple[float, float] | None) -> Iterable[int]:
    """The codes of the grids in which the corners around a point lie: a street may divide two."""
    if point is None:
        return
    (longitude, latitude), (wide, high) = point, _reach(point)
    for east, north in ((-wide, -high), (-wide, high), (wide, -high), (wide, high)):
        grid = locate(longitude + east, latitude + north).grid
        if grid:
            yield grid.code


def _reach(point: tuple[float, float]) -> tuple[float, float]:
    """NEAR in degrees, eastwards and northwards."""
    high = NEAR / METRES_PER_DEGREE
    return high / max(0.1, cos(radians(point[1]))), high


def _box(point: tuple[float, float]) -> Q:
    (longitude, latitude), (wide, high) = point, _reach(point)
    return Q(
        longitude__range=(longitude - wide, longitude + wide),
        latitude__range=(latitude - high, latitude + high),
    )


def _stages(procedure: Procedure) -> Collection[str]:
    """The stages in which others can still join: not while it follows another case, nor while its reporter is asked
    whether it is solved, since whoever still sees it knows that it is not.
    """
    asked = {
        stage
        for step in procedure.steps.values()
        if REPORTER in step.parties and any(procedure.stages[each].ends for each in step.targets)
        for stage in step.leaves
    }
    return {each.name for each in procedure.stages.values() if not each.ends} - asked - {procedure.following}


def _alike(spot: Spot, each: _Candidate) -> bool:
    """Of the same category, or in largely the same words."""
    if spot.category and spot.category.pk == each.category:
        return True
    one, other = (set(search_tokens(brief(text)).split()) for text in (spot.text, each.summary))
    return bool(one and other) and len(one & other) / len(one | other) >= WORDS_ALIKE


def _people(originals: Collection[UUID]) -> dict[UUID, int]:
    """How many people raised each case or one that follows it; the same telephone number counts once."""
    heads = {key: key for key in originals}
    level: Sequence[UUID] = list(originals)
    while level:
        links = Link.objects.filter(target__in=level, relation=DUPLICATE).values_list("source", "target")
        coming = {source: heads[target] for source, target in links if source not in heads}
        heads |= coming
        level = list(coming)
    seen: dict[UUID, set[object]] = {key: set() for key in originals}
    for key, phone in Case.everywhere.filter(pk__in=heads).values_list("pk", "reporter__phone_index"):
        seen[heads[key]].add(phone or key)
    return {key: len(people) for key, people in seen.items()}
