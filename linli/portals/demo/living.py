"""How matters live: when people report, how long each step takes, and all steps taken in the order of time.

The rhythm is measured in the 121,145 requests of Boston's 311 in 2015.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import islice
from random import Random

from linli.base.errors import Conflict
from linli.base.worktime import ONE_DAY, PLACE_TIME
from linli.base.writing import writing
from linli.cases.calendars import calendar_of
from linli.cases.followers import close_followers
from linli.cases.models import Case, Clock
from linli.cases.search import fold
from linli.divisions.models import GRID_KINDS, Division
from linli.kinds.matters.demo import Course, carry_on, report_one, situations, some_grid
from linli.ledger.sequencing import sequence_all

# Of 1,000 requests: how many come on each weekday (Monday first) and in each hour. Boston 311, 2015.
BY_WEEKDAY = (167, 199, 184, 175, 160, 62, 53)
BY_HOUR = (6, 5, 4, 3, 4, 5, 12, 42, 80, 100, 104, 95, 81, 78, 87, 80, 55, 39, 34, 26, 21, 18, 13, 7)
# Handling takes this many times its limit: median and spread of a log-normal. The original has a median of 2.8 days
# and 25 % late; its p90 of 38.7 days does not fit into thirty days and comes out at about 10.
OF_LIMIT, SPREAD = 0.32, 1.5
# The other steps in minutes: median, and the spread of a log-normal.
MINUTES = {
    "accept": (35, 1.0), "refuse": (60, 1.0), "refer": (90, 1.0), "dispatch": (45, 1.0), "dispatch_wrongly": (30, 1.0),
    "send_back": (300, 0.8), "check": (240, 1.0), "fail": (240, 0.8), "confirm": (900, 1.1), "contest": (700, 1.0),
    "reopen": (3000, 0.5), "ask_verification": (30, 0.8), "verify": (150, 0.8), "link_duplicate": (40, 0.8),
    "dispatch_jointly": (60, 0.8), "disclaim": (120, 0.8), "rule": (300, 0.6), "request_extension": (120, 0.8),
    "extend": (90, 0.5), "park": (200, 0.5), "resume": (4000, 0.5), "supervise": (600, 0.5), "whistle": (120, 0.5),
    "respond": (120, 0.5), "hand_down": (200, 0.5), "redo": (600, 0.5),
}  # fmt: skip
OPENS, CLOSES = 8, 18  # when offices act; the reporter answers until late
LATEST = 21
TURNS_PER_COMMIT = 150
Progress = Callable[[int, int], None]


@dataclass
class Days:
    """Where and until when the matters happen; `phones` of those who call or write leave a number."""

    grids: Sequence[Division]
    now: datetime
    chance: Random
    phones: float = 0.7


def ground(within: Division, now: datetime, seed: int) -> Days:
    """The grids below a place, as they stand now; the same chance for the same seed."""
    outlined = (
        Division.objects.within(within.trimmed).current().filter(kind__in=GRID_KINDS, outline__isnull=False)
    )
    return Days(list(outlined.defer(None).order_by("code")), now, Random(seed))  # noqa: S311  no secret


@contextmanager
def undisturbed() -> Iterator[None]:
    """Many small objects, none of them garbage in cycles: collecting takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def arrivals(made: Days, days: int, count: int) -> list[datetime]:
    """When about `count` matters are reported in so many days, the last of which is today, in the order of time."""
    today = made.now.astimezone(PLACE_TIME).date()
    dates = [today - ONE_DAY * back for back in range(days)]
    weights = [BY_WEEKDAY[day.weekday()] for day in dates]
    moments = (_moment(made.chance, made.chance.choices(dates, weights)[0]) for _one in range(count))
    return sorted(moment for moment in moments if moment < made.now)


def _moment(chance: Random, day: date) -> datetime:
    hour = chance.choices(range(24), BY_HOUR)[0]
    at = time(hour, chance.randrange(60), chance.randrange(60))
    return datetime.combine(day, at, PLACE_TIME)


def live_through(made: Days, moments: Sequence[datetime], progress: Progress | None = None) -> int:
    """Take all steps of all matters in the order of time, as far as now; only those that go on are in memory."""
    coming = ((at, number, _life(made, at)) for number, at in enumerate(moments))
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = [*islice(coming, 1)]
    newest = 0
    while waiting:
        with writing():
            for _turn in range(TURNS_PER_COMMIT):
                _at, number, life = heappop(waiting)
                if number == newest:
                    newest += 1
                    for each in islice(coming, 1):
                        heappush(waiting, each)
                following = next(life, None)
                if following is not None and following < made.now:
                    heappush(waiting, (following, number, life))
                if not waiting:
                    break
        if progress:
            progress(newest, len(moments))
    return len(moments)


def _life(made: Days, at: datetime) -> Iterator[datetime]:
    """One matter: each `next()` takes a step and gives the time of the one after it."""
    situation = made.chance.choice(situations())
    course = Course.drawn(situation, made.chance)
    opened = report_one(
        situation, some_grid(made.grids, situation, made.chance), made.chance, at=at, phones=made.phones
    )
    case = Case.everywhere.get(pk=opened.case)
    while step := course.next_step(case.stage):
        at = _when(made, case, step, at)
        if case.stage == "checked" and (step == "lapse" or at > _silence_ends(case)):
            step = "lapse"
            at = _silence_ends(case) + timedelta(seconds=made.chance.randrange(2, 15))
        yield at
        with suppress(Conflict):  # the time to extend had run out, say: it goes on without
            carry_on(case, situation, step, made.chance, at=at)


def _when(made: Days, case: Case, step: str, at: datetime) -> datetime:
    if step == "lapse":
        return at
    if step == "handle":
        promise = Clock.objects.filter(case=case.pk, name="promise", stopped_at=None).first()
        limit = promise.amount if promise else 5
        at += timedelta(days=limit * 1.4 * OF_LIMIT * made.chance.lognormvariate(0, SPREAD))
    else:
        middle, spread = MINUTES[step]
        at += timedelta(minutes=middle * made.chance.lognormvariate(0, spread))
    if step in ("confirm", "contest", "reopen"):
        return _awake(at, made.chance)
    return in_office(at, made.chance)


def _silence_ends(case: Case) -> datetime:
    return Clock.objects.get(case=case.pk, name="confirm", stopped_at=None).due_at


def _awake(at: datetime, chance: Random) -> datetime:
    local = at.astimezone(PLACE_TIME)
    if OPENS <= local.hour < LATEST:
        return at
    day = local.date() + ONE_DAY * (local.hour >= LATEST)
    return datetime.combine(day, time(OPENS, chance.randrange(60), chance.randrange(60)), PLACE_TIME)


def in_office(at: datetime, chance: Random) -> datetime:
    """A moment itself, or soon after the doors open again; some work on days off."""
    local = at.astimezone(PLACE_TIME)
    day = local.date()
    if OPENS <= local.hour < CLOSES and (calendar_of().is_workday(day) or chance.random() < 0.15):
        return at
    if local.hour >= CLOSES:
        day += ONE_DAY
    opens = datetime.combine(calendar_of().next_workday(day), time(OPENS), PLACE_TIME)
    return max(opens, at) + timedelta(minutes=min(540, chance.expovariate(1 / 60)))


def catch_up() -> None:
    """Bring after what the loops of a server do: who follows an original, positions, the search."""
    while close_followers():
        pass
    sequence_all()
    while fold():
        pass
