"""The city and the province above the demo county: who is on duty there, what was taken up to them, and what came back.

They see the county as figures. So that their pages have content, a few matters that no county can settle go up one
level at a time, some are handed down with a decision, and two others are pressed from above; all by the real actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate

from django.db.models import Q

from linli.base.writing import writing
from linli.cases.joint import joint_in
from linli.cases.models import Case
from linli.cases.procedure import ASKED
from linli.cases.taking import Version
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.kinds.matters.actions import supervise
from linli.kinds.matters.demo import Situation, carry_on, report_one, some_grid, wider_situations
from linli.kinds.matters.models import Matter
from linli.portals.demo.living import Days, in_office
from linli.portals.demo.people import WATCHERS
from linli.portals.demo.world import World, seat
from linli.posts.actor import PostActor

ACCEPT, UP, FURTHER, DOWN, ON = "accept", "escalate", "escalate_further", "hand_down", "hand_on"
Way = tuple[tuple[str, int], ...]
# How each of the wider situations goes, in turn: the steps, and how many hours ago each was taken.
WAYS: tuple[Way, ...] = (
    ((ACCEPT, 52), (UP, 30), (FURTHER, 5)),  # it waits with the city
    ((ACCEPT, 297), (UP, 270), (FURTHER, 246)),  # there too, and too long
    ((ACCEPT, 168), (UP, 146), (FURTHER, 120), (FURTHER, 50)),  # with the province
    ((ACCEPT, 218), (UP, 196), (FURTHER, 170), (DOWN, 28)),  # decided by the city, with the county again
    (
        (ACCEPT, 278),
        (UP, 260),
        (FURTHER, 236),
        (DOWN, 170),
        (ON, 150),
        ("dispatch_jointly", 146),
    ),  # and at work
    (
        (ACCEPT, 348),
        (UP, 326),
        (FURTHER, 300),
        (FURTHER, 270),
        (DOWN, 26),
    ),  # by the province, with the city again
)
REPORTED_BEFORE = 2  # hours before it was accepted
ASKED_AGO = (74, 6)  # hours: the city's question has waited too long, the province's is new
HOURS = 8
LOOKED_AT = 200


def watch_from_above(world: World, made: Days) -> int:
    """Seat the duty officers of the levels above a county, and give them their part; how many matters went up."""
    if world.county.level != Level.COUNTY:
        return 0
    with writing():
        watching = [_seated(world, place) for place in _above(world.county)]
    for situation, way in zip(wider_situations(), WAYS, strict=True):
        with writing():
            _go(made, situation, way)
    with writing():
        for by, case, hours in zip(
            watching, _joint_and_late(world.county, made.now), ASKED_AGO, strict=False
        ):
            _press(made, by, case, made.now - timedelta(hours=hours))
    return len(WAYS)


def _above(place: Division) -> Iterator[Division]:
    """The city, then the province."""
    while place.parent:
        place = place.parent
        yield place


def _seated(world: World, place: Division) -> PostActor:
    sitter = WATCHERS[Level(place.level)]
    seat(world, sitter._replace(organisation=place.name + sitter.organisation, place=place.name), place)
    return world.by(sitter.key)


def _go(made: Days, situation: Situation, way: Way) -> None:
    grid = some_grid(made.grids, situation, made.chance)
    moments = [_at(made, ago, left) for left, (_step, ago) in zip(range(len(way), 0, -1), way, strict=True)]
    moments = list(accumulate(moments, lambda before, at: max(at, before + timedelta(minutes=9))))
    reported = moments[0] - timedelta(hours=REPORTED_BEFORE)
    case = Case.everywhere.get(pk=report_one(situation, grid, made.chance, at=reported).case)
    for (step, _ago), at in zip(way, moments, strict=True):
        carry_on(case, situation, step, made.chance, at=at)


def _at(made: Days, ago: int, left: int) -> datetime:
    """In office hours, and before now however the demo's days lie, with time for the steps that are left."""
    moment = in_office(made.now - timedelta(hours=ago), made.chance)
    return min(moment, made.now - timedelta(minutes=9 * left))


def _joint_and_late(county: Division, now: datetime) -> list[Case]:
    """Joint cases of a county to be pressed, the longest overdue first: they have stood still, and nobody was asked."""
    asked = now - timedelta(hours=max(ASKED_AGO))
    cases = joint_in(county.span, late=True, most=LOOKED_AT).filter(kind="matters", stage="dispatched")
    return list(cases.exclude(Q(tasks__opened_at__gt=asked) | Q(tasks__role=ASKED))[: len(ASKED_AGO)])


def _press(made: Days, by: PostActor, case: Case, at: datetime) -> None:
    matter = Matter.objects.get(pk=case.pk)
    question = wider_situations()[0].words("press", made.chance)
    supervise(matter, by=by, seen=Version(case.version), question=question, hours=HOURS, at=at)
