"""Thirty believable days: some five hundred matters, each carried through the real actions at its own past times.

All steps are taken in the order in which they happened, so that numbers, clocks, tasks and the ledger read as if
people had worked here.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from linli.base.writing import writing
from linli.cases.models import Case, Notice, Task
from linli.kinds.complaints.demo import complain_some
from linli.kinds.datarequests.demo import claim_some
from linli.kinds.disputes.demo import mediate_some
from linli.kinds.emergencyreads.demo import look_some
from linli.kinds.leaks.demo import leak_one
from linli.kinds.matters.demo import (
    BY_GRID_WORKER,
    Situation,
    carry_on,
    report_one,
    situations,
    some_grid,
)
from linli.kinds.screenings.demo import screen_some
from linli.portals.demo.above import watch_from_above
from linli.portals.demo.duty import keep_watch
from linli.portals.demo.hotline import bring_sheet
from linli.portals.demo.households import count_people, settle_some
from linli.portals.demo.living import Days, Progress, arrivals, catch_up, ground, live_through, undisturbed
from linli.portals.demo.papers import put_on_paper
from linli.portals.demo.world import World
from linli.posts.models import PostKind

# So many wait in each stage at least, however quiet the hour in which somebody starts the demo.
WAITING = {"reported": 8, "accepted": 7, "returned": 3, "dispatched": 12, "handled": 8, "checked": 10}
COUNT = 480  # measured: 28 ms each on an idle core; the whole demo is to be built in 15 s
AT_THE_DOOR = 4  # of those dispatched, for grid workers


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
    made = ground(world.county, now or timezone.now(), seed)
    with undisturbed():
        reported = live_through(made, arrivals(made, days, count), progress)
        reported += _top_up(made)
        reported += watch_from_above(world, made)
        reported += complain_some(made.now)
        reported += bring_sheet(world, made.now)
        reported += claim_some(made.now)
        reported += leak_one(made.now)
        reported += look_some()
        reported += screen_some(made.now)
        settle_some(world)
        count_people(world)
        put_on_paper()
        reported += mediate_some(made.now)
    _let_no_notice_go(made.now)
    catch_up()
    keep_watch(world)
    catch_up()
    return reported


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


def _let_no_notice_go(now: datetime) -> None:
    """What people would have been told then, they were told: nothing of the past goes out today."""
    case_at = Case.everywhere.filter(pk=OuterRef("case")).values("at")[:1]
    past = Notice.objects.filter(state="waiting", next_try__lte=timezone.now())
    with writing():
        past.filter(step="report").update(state="sent", sent_at=Subquery(case_at))
        past.exclude(step="report").filter(state="waiting").update(state="sent", sent_at=now)


def open_tasks() -> int:
    """How much work waits; for the sentence the demo prints."""
    return Task.objects.filter(closed_at=None).count()
