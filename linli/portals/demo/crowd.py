"""A crowd at work now: matters are reported at a given rate and carried on side by side, through the real actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

from linli.base.errors import Refusal
from linli.base.writing import writing
from linli.cases.models import Case
from linli.kinds.matters.demo import Course, Situation, carry_on, report_one, situations, some_grid
from linli.portals.demo.living import Days

STEPS_EACH = 5  # steps for each report, as many as a smooth matter takes, so that no more and more lie open
MOST_OPEN = 2000  # matters it remembers; the others stay for whoever works there
MOST_AT_ONCE = 50  # reports in one transaction, where the rate leaves no time for one each


@dataclass
class Going:
    """A matter that goes on."""

    case: Case
    situation: Situation
    course: Course


@dataclass
class Crowd:
    """Everybody at once; `made.chance` makes what they do repeatable."""

    made: Days
    going: list[Going] = field(default_factory=list)
    reported: int = 0
    steps: int = 0
    refused: int = 0

    def live(self, rate: float, seconds: float, told: Callable[[int], None] = lambda _reported: None) -> None:
        """Report `rate` matters a second for so long, or as many as the machine can; each with steps of others."""
        begun = monotonic()
        while (gone := monotonic() - begun) < seconds:
            due = int(min(rate * gone + 1 - self.reported, MOST_AT_ONCE))
            if due < 1:
                sleep(min(0.2, 1 / rate))
                continue
            with writing():
                for _one in range(due):
                    self.turn()
            told(self.reported)

    def turn(self) -> None:
        """One report, and the next steps of some that go on."""
        chance = self.made.chance
        situation = chance.choice(situations())
        opened = report_one(situation, some_grid(self.made.grids, situation, chance), chance, phones=0)
        self.reported += 1
        going = Going(Case.everywhere.get(pk=opened.case), situation, Course.drawn(situation, chance))
        going.course.troubles -= {
            "silent",
            "reopen",
        }  # silence is for the clock, and what is closed is let go
        if len(self.going) < MOST_OPEN:
            self.going.append(going)
        for _step in range(STEPS_EACH):
            self._carry_on()

    def _carry_on(self) -> None:
        if not self.going:
            return
        place = self.made.chance.randrange(len(self.going))
        one = self.going[place]
        step = one.course.next_step(one.case.stage)
        try:
            if step:
                with writing():  # a refusal takes back this step alone
                    carry_on(one.case, one.situation, step, self.made.chance)
                self.steps += 1
        except Refusal:  # somebody who works here was faster
            self.refused += 1
            step = ""
        if not step or one.case.closed_at:
            self.going[place] = self.going[-1]
            self.going.pop()
