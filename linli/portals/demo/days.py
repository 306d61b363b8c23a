"""Thirty believable days: some five hundred matters, each carried through the real actions at its own past times.

All steps are taken in the order in which they happened, so that numbers, clocks, tasks and the ledger read as if
people had worked here. The rhythm is measured in the 121,145 requests of Boston's 311 in 2015.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from linli.base.errors import Conflict
from linli.base.worktime import ONE_DAY, PLACE_TIME
from linli.base.writing import writing
from linli.cases.calendars import calendar_of
from linli.cases.followers import close_followers
from linli.cases.models import Case, Clock, Notice, Task
from linli.cases.search import fold
from linli.divisions.models import GRID_KINDS, Division
from linli.kinds.complaints.demo import complain_some
from linli.kinds.datarequests.demo import claim_some
from linli.kinds.disputes.demo import mediate_some
from linli.kinds.emergencyreads.demo import look_some
from linli.kinds.leaks.demo import leak_one
from linli.kinds.matters.demo import (
    BY_GRID_WORKER,
    Course,
    Situation,
    carry_on,
    report_one,
    situations,
    some_grid,
)
from linli.kinds.screenings.demo import screen_some
from linli.ledger.sequencing import sequence_all
from linli.portals.demo.hotline import bring_sheet
from linli.portals.demo.households import settle_some
from linli.portals.demo.papers import put_on_paper
from linli.portals.demo.world import World
from linli.posts.models import PostKind

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
# So many wait in each stage at least, however quiet the hour in which somebody starts the demo.
WAITING = {"reported": 8, "accepted": 7, "returned": 3, "dispatched": 12, "handled": 8, "checked": 10}
COUNT = 480  # measured: 28 ms each on an idle core; the whole demo is to be built in 15 s
AT_THE_DOOR = 4  # of those dispatched, for grid workers
TURNS_PER_COMMIT = 150
Progress = Callable[[int, int], None]


@dataclass
class Days:
    """Where and when the matters happen."""

    grids: Sequence[Division]
    now: datetime
    chance: Random


def fill_days(
    world: World,
    *,
    days: int = 30,
    count: int = COUNT,
    seed: int = 311,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> int:
    """Fill the days up to now with matters in a place that has grids and posts; the same for the same seed."""
    outlined = Division.objects.within(world.county.trimmed).current().filter(kind__in=GRID_KINDS).defer(None)
    made = Days(list(outlined.order_by("code")), now or timezone.now(), Random(seed))  # noqa: S311  no secret
    with _undisturbed():
        reported = _live_through(made, _arrivals(made, days, count), progress)
        reported += _top_up(made)
        reported += complain_some(made.now)
        reported += bring_sheet(world, made.now)
        reported += claim_some(made.now)
        reported += leak_one(made.now)
        reported += look_some()
        reported += screen_some(made.now)
        settle_some(world)
        put_on_paper()
        reported += mediate_some(made.now)
    _settle(made.now)
    return reported


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Many small objects, none of them garbage in cycles: collecting takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _arrivals(made: Days, days: int, count: int) -> list[datetime]:
    today = made.now.astimezone(PLACE_TIME).date()
    dates = [today - ONE_DAY * back for back in range(days)]
    weights = [BY_WEEKDAY[day.weekday()] for day in dates]
    moments = (_moment(made.chance, made.chance.choices(dates, weights)[0]) for _one in range(count))
    return sorted(moment for moment in moments if moment < made.now)


def _moment(chance: Random, day: date) -> datetime:
    hour = chance.choices(range(24), BY_HOUR)[0]
    at = time(hour, chance.randrange(60), chance.randrange(60))
    return datetime.combine(day, at, PLACE_TIME)


def _live_through(made: Days, arrivals: list[datetime], progress: Progress | None) -> int:
    """Take all steps of all matters in the order of time, as far as now."""
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number, at in enumerate(arrivals):
        heappush(waiting, (at, number, _life(made, at)))
    last = 0
    while waiting:
        with writing():
            for _turn in range(min(TURNS_PER_COMMIT, len(waiting))):
                _at, number, life = heappop(waiting)
                following = next(life, None)
                last = max(last, number)
                if following is not None and following < made.now:
                    heappush(waiting, (following, number, life))
                if not waiting:
                    break
        if progress:
            progress(last, len(arrivals))
    return len(arrivals)


def _life(made: Days, at: datetime) -> Iterator[datetime]:
    """One matter: each `next()` takes a step and gives the time of the one after it."""
    situation = made.chance.choice(situations())
    course = Course.drawn(situation, made.chance)
    opened = report_one(situation, some_grid(made.grids, situation, made.chance), made.chance, at=at)
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
    return _in_office(at, made.chance)


def _silence_ends(case: Case) -> datetime:
    return Clock.objects.get(case=case.pk, name="confirm", stopped_at=None).due_at


def _awake(at: datetime, chance: Random) -> datetime:
    local = at.astimezone(PLACE_TIME)
    if OPENS <= local.hour < LATEST:
        return at
    day = local.date() + ONE_DAY * (local.hour >= LATEST)
    return datetime.combine(day, time(OPENS, chance.randrange(60), chance.randrange(60)), PLACE_TIME)


def _in_office(at: datetime, chance: Random) -> datetime:
    """The moment itself, or soon after the doors open again; some work on days off."""
    local = at.astimezone(PLACE_TIME)
    day = local.date()
    if OPENS <= local.hour < CLOSES and (calendar_of().is_workday(day) or chance.random() < 0.15):
        return at
    if local.hour >= CLOSES:
        day += ONE_DAY
    opens = datetime.combine(calendar_of().next_workday(day), time(OPENS), PLACE_TIME)
    return max(opens, at) + timedelta(minutes=min(540, chance.expovariate(1 / 60)))


# --- so that every role finds work ----------------------------------------------------------------------------


def _top_up(made: Days) -> int:
    """Report some more in the last hours where too few wait, and carry them as far as that stage."""
    there: Counter[str] = Counter(Case.everywhere.filter(closed_at=None).values_list("stage", flat=True))
    lacking = [(stage, False) for stage, least in WAITING.items() for _one in range(least - there[stage])]
    lacking += [("dispatched", True)] * (AT_THE_DOOR - at_the_door())
    for place, (stage, door) in enumerate(lacking):
        fitting = [each for each in situations() if _fits(each, door=door)]
        with writing():
            _carry_to(
                made,
                made.chance.choice(fitting),
                stage,
                made.now - timedelta(minutes=20 + 4 * (len(lacking) - place)),
            )
    return len(lacking)


def _fits(situation: Situation, *, door: bool) -> bool:
    return "refuse" not in situation.said and (not door or situation.category in BY_GRID_WORKER)


def at_the_door() -> int:
    """How many matters wait for grid workers."""
    return Task.objects.filter(closed_at=None, post__kind=PostKind.GRID_WORKER).count()


ROADS = {
    "reported": (),
    "accepted": ("accept",),
    "returned": ("accept", "dispatch_wrongly", "send_back"),
    "dispatched": ("accept", "dispatch"),
    "handled": ("accept", "dispatch", "handle"),
    "checked": ("accept", "dispatch", "handle", "check"),
}


def _carry_to(made: Days, situation: Situation, stage: str, at: datetime) -> None:
    opened = report_one(situation, some_grid(made.grids, situation, made.chance), made.chance, at=at)
    case = Case.everywhere.get(pk=opened.case)
    for step in ROADS[stage]:
        at += timedelta(minutes=made.chance.uniform(1, 4))
        carry_on(case, situation, step, made.chance, at=at)


# --- afterwards ---------------------------------------------------------------------------------------------


def _settle(now: datetime) -> None:
    """Give the entries their positions, fill the search, and let no notice of the past go out today."""
    case_at = Case.everywhere.filter(pk=OuterRef("case")).values("at")[:1]
    past = Notice.objects.filter(state="waiting", next_try__lte=timezone.now())
    with writing():
        past.filter(step="report").update(state="sent", sent_at=Subquery(case_at))
        past.exclude(step="report").filter(state="waiting").update(state="sent", sent_at=now)
    while close_followers():
        pass
    sequence_all()
    while fold():
        pass


def open_tasks() -> int:
    """How much work waits; for the sentence the demo prints."""
    return Task.objects.filter(closed_at=None).count()
