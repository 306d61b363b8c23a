"""Replaying a real day: each request through the real actions, at its original times, into the demo county.

When it happened (`at`) is the city's time; when it was recorded is now. The promise is the city's own target.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from heapq import heappop, heappush
from random import Random
from typing import Any

import shapely

from linli.base.errors import NotFound, Refusal
from linli.base.generations import bump
from linli.base.writing import writing
from linli.cases.clocks import GIVEN
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Category, Clock, Limit
from linli.cases.opening import Opened, Origin
from linli.cases.search import fold
from linli.divisions.locating import locate
from linli.divisions.models import Division
from linli.divisions.stretching import Onto
from linli.kinds.matters import actions
from linli.kinds.matters.demo import Situation, carry_on, holder_of
from linli.ledger.sequencing import sequence_all
from linli.portals.demo import boston
from linli.portals.demo.boston import Request
from linli.posts.actor import Actor, PartyActor
from linli.posts.lookup import nearest
from linli.posts.models import PostKind

TURNS_PER_COMMIT = 150
# The steps of a closed request, at these parts of its time; an open one has come as far as the dispatch.
WAY = (("accept", 0.02), ("dispatch", 0.05), ("handle", 0.9), ("check", 1.0), ("confirm", 1.0))
SO_FAR = 2
DONE = "已按原始记录办结。"
OPENERS = {"phone": PostKind.CALL_TAKER, "grid": PostKind.GRID_WORKER}
LIMITS_FROM, LIMITS_TO = date(2004, 1, 1), date(2024, 1, 1)
Progress = Callable[[int, int], None]


@dataclass
class Replayed:
    """What became of each request: `cases` by the city's number; `refused` with the sentence; both can be read."""

    asked: int
    cases: dict[int, Opened] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    steps: int = 0
    seconds: float = 0.0

    def as_json(self, requests: Sequence[Request]) -> dict[str, Any]:
        """The report: the sums, then one row for each request with the city's times beside ours."""
        kept = Case.everywhere.in_bulk([opened.case for opened in self.cases.values()])
        return {
            "requests": self.asked,
            "stored": len(self.cases),
            "refused": {str(key): sentence for key, sentence in self.refused.items()},
            "steps": self.steps,
            "seconds": round(self.seconds, 1),
            "rows": [
                _row(each, kept[self.cases[each.key].case]) for each in requests if each.key in self.cases
            ],
        }


def _row(request: Request, case: Case) -> dict[str, Any]:
    return {
        "city_number": request.key,
        "number": case.number,
        "opened": request.opened.isoformat(),
        "promised": request.promised.isoformat() if request.promised else None,
        "closed": request.closed.isoformat() if request.closed else None,
        "at": case.at.isoformat(),
        "recorded_at": case.recorded_at.isoformat(),
        "stage": case.stage,
    }


def replay(
    requests: Sequence[Request],
    root: Division,
    *,
    speed: float | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Carry all requests through, `speed` times as fast as it was (None: without waiting); then number the ledger."""
    begun, done = time.monotonic(), Replayed(len(requests))
    _lay_down_limits()
    outline = Division.objects.defer(None).get(pk=root.pk).outline
    if not outline:
        raise NotFound
    onto = Onto.inside(shapely.from_wkb(bytes(outline)), boston.BOX)
    pace = _Pace(speed, requests[0].opened)
    lives = [(each.opened, place, _life(each, onto, done)) for place, each in enumerate(requests)]
    while lives:
        pace.wait_for(lives[0][0])
        with writing():
            for _turn in range(TURNS_PER_COMMIT):
                if lives and pace.has_come(lives[0][0]):
                    _take_turn(lives, requests, done)
        if progress:
            progress(len(done.cases) + len(done.refused), len(requests))
    sequence_all()
    while fold():
        pass
    done.seconds = time.monotonic() - begun
    return done


class _Pace:
    """The city's clock, running `speed` times as fast from its first moment on; None runs ahead of every clock."""

    def __init__(self, speed: float | None, first: datetime) -> None:
        self.speed, self.first, self.begun = speed, first, time.monotonic()

    def _left(self, moment: datetime) -> float:
        if self.speed is None:
            return 0.0
        return (moment - self.first).total_seconds() / self.speed - (time.monotonic() - self.begun)

    def has_come(self, moment: datetime) -> bool:
        return self._left(moment) <= 0

    def wait_for(self, moment: datetime) -> None:
        time.sleep(max(0.0, self._left(moment)))


Lives = list[tuple[datetime, int, Iterator[datetime]]]


def _take_turn(lives: Lives, requests: Sequence[Request], done: Replayed) -> None:
    _at, place, life = heappop(lives)
    try:
        following = next(life, None)
    except Refusal as refusal:
        done.refused[requests[place].key] = refusal.sentence
        return
    if following is not None:
        heappush(lives, (following, place, life))


def _life(request: Request, onto: Onto, done: Replayed) -> Iterator[datetime]:
    """One request: each `next()` takes a step and gives the time of the one after it."""
    opened = _report(request, onto)
    done.cases[request.key] = opened
    if opened.again:  # replayed before
        return
    case = Case.everywhere.get(pk=opened.case)
    chance = Random(request.key)  # noqa: S311  no secret
    situation = Situation(request.category, request.text, (request.area,), "w", said={"result": (DONE,)})
    for step, part in WAY if request.closed else WAY[:SO_FAR]:
        at = request.share(part)
        yield at
        carry_on(case, situation, step, chance, at=at)
        done.steps += 1
        if step == "accept" and request.promised:
            _keep_promise(case, request.promised)


def _report(request: Request, onto: Onto) -> Opened:
    given = actions.Report(
        text=request.text, landmark=request.area, channel=request.channel, happened_at=request.opened
    )
    given["category"] = Category.objects.get(code=request.category)
    by: Actor = PartyActor("reporter")
    if request.point:
        given["longitude"], given["latitude"] = onto(*request.point)
        by = _opener(request, onto) or by
    origin = Origin.of("replay", str(request.key), repr(request).encode())
    return actions.report(by=by, origin=origin, at=request.opened, **given)


def _opener(request: Request, onto: Onto) -> Actor | None:
    grid = locate(*onto(*request.point)).grid if request.point else None
    kind = OPENERS.get(request.channel)
    return holder_of(nearest(kind, grid.code)) if kind and grid else None


def _keep_promise(case: Case, promised: datetime) -> None:
    """The city's own target takes the place of the limit counted here."""
    Clock.objects.filter(case=case.pk, name="promise", stopped_at=None).update(
        due_at=promised, first_due=promised, source=GIVEN
    )
    Case.everywhere.filter(pk=case.pk).update(due=promised)


def _lay_down_limits() -> None:
    """The rows of limits begin in 2024; for days before that the same ones are laid down, dated and named."""
    kind = kind_of("matters").name
    if Limit.objects.filter(kind=kind, valid_from=LIMITS_FROM).exists():
        return
    rows = list(Limit.objects.filter(kind=kind, valid_from=LIMITS_TO))
    for row in rows:
        row.pk, row.valid_from, row.valid_to, row.source = None, LIMITS_FROM, LIMITS_TO, "replay"
    with writing():
        Limit.objects.bulk_create(rows)
        bump("limits")
