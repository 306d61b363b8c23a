"""The simulator: somebody in the demo county always does the next thing, through the same actions as people."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.utils import timezone

from linli.base.errors import Refusal
from linli.cases.models import Case, Task
from linli.cases.procedure import ASKED
from linli.divisions.models import GRID_KINDS, Division
from linli.kinds.matters.demo import (
    BY_GRID_WORKER,
    Course,
    Situation,
    carry_on,
    report_one,
    right_post,
    situation_of,
    situations,
    some_grid,
)
from linli.kinds.matters.models import Matter
from linli.portals.demo.days import at_the_door
from linli.portals.demo.visits import is_held

log = logging.getLogger("linli.simulator")
EVERY = 7.0  # seconds between two turns: about one thing happens in five to ten
MOST_CASES = 3000
REPORTS = 0.25  # of the turns bring a new matter; the others carry one on
# The simulator alone never lets fewer wait than this, so that visitors find work for every role.
LEAST = {"reported": 4, "accepted": 4, "returned": 2, "dispatched": 8, "handled": 4, "checked": 6}
LEAST_AT_THE_DOOR = 2
LOOKED_AT = 30
# What goes before everything else: by the step that asked for it, what of the course answers it.
ANSWERED = {"request_extension": "asked for time", "supervise": "asked", "whistle": "asked"}


@dataclass
class Simulator:
    """One who acts for everybody in the demo; `chance` makes its turns repeatable in tests."""

    chance: Random

    def live(self, now: datetime | None = None) -> str:
        """Take one turn; returns the name of the step taken, empty if there was nothing to do or it was refused."""
        now = now or timezone.now()
        waiting = Counter(
            Case.everywhere.filter(kind="matters", closed_at=None).values_list("stage", flat=True)
        )
        spare = {stage: max(0, waiting[stage] - least) for stage, least in LEAST.items()}
        full = Case.everywhere.count() >= MOST_CASES
        try:
            if not full and (not any(spare.values()) or self.chance.random() < REPORTS):
                return self._report()
            return self._carry_on(spare, now) if any(spare.values()) else ""
        except (
            Refusal
        ) as refusal:  # a visitor was faster, or ended an appointment: the next turn is another one
            log.info("The simulator was refused: %s", refusal.sentence)
            return ""

    def _report(self) -> str:
        grids = (
            Division.objects.current().filter(kind__in=GRID_KINDS, outline__isnull=False).values_list("pk")
        )
        situation = self.chance.choice(situations())
        some = self.chance.sample(list(grids.order_by("code")), 12) if len(grids) > 12 else list(grids)
        nearby = list(Division.objects.filter(pk__in=[pk for (pk,) in some]).defer(None).order_by("code"))
        # Without numbers no text messages: the console stays free for those of visitors.
        report_one(situation, some_grid(nearby, situation, self.chance), self.chance, phones=0)
        return "report"

    def _carry_on(self, spare: dict[str, int], now: datetime) -> str:
        stage = self.chance.choices(list(spare), list(spare.values()))[0]
        for case in self._some(stage):
            situation = situation_of(Matter.objects.values_list("text", flat=True).get(pk=case.pk))
            if situation is None or is_held(case.number, now) or _last_at_the_door(stage, situation):
                continue
            step = self._course(case, situation).next_step(stage)
            carry_on(case, situation, step, self.chance)
            return step
        return ""

    def _some(self, stage: str) -> list[Case]:
        cases = Case.everywhere.filter(kind="matters", stage=stage, closed_at=None).order_by("id")
        found = list(cases[:200])
        return self.chance.sample(found, min(LOOKED_AT, len(found)))

    def _course(self, case: Case, situation: Situation) -> Course:
        course = Course.drawn(situation, self.chance)
        course.troubles -= {"silent", "reopen"}  # these are for the clock and for visitors
        handler = Case.everywhere.values_list("lead_id", flat=True).get(pk=case.pk)
        if handler and handler != right_post(case, situation):
            course.troubles.add("back")
        asked = Task.objects.filter(case=case, closed_at=None, role=ASKED).values_list("asks", flat=True)
        course.troubles |= {ANSWERED[step] for step in asked if step in ANSWERED}
        return course


def _last_at_the_door(stage: str, situation: Situation) -> bool:
    return (
        stage == "dispatched" and situation.category in BY_GRID_WORKER and at_the_door() <= LEAST_AT_THE_DOOR
    )


_simulator = Simulator(Random())  # noqa: S311  no secret


def turn() -> int:
    """A turn for the worker loops. It reports nothing done, so that the loop's pause is the pace."""
    _simulator.live()
    return 0
