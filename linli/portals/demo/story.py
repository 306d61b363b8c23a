"""One matter from report to confirmation: where the visitor's story stands, and who goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from linli.base.errors import Unavailable
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Category
from linli.cases.opening import Opened
from linli.divisions.models import GRID_KINDS, Division
from linli.kinds.matters.actions import report
from linli.portals.demo.roles import Landing, post_landing, resident_landing
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

# No situation of the simulator, so that nobody but the visitor carries it on.
TEXT = "文化活动室门前的路灯三天不亮了。晚上跳完舞回家，台阶看不清，昨天有位老人绊了一跤，幸好没伤着。请尽快来修。"
LANDMARK = "文化活动室门前"
CATEGORY = "0201"
REPORTER = GivenContact("李女士", "12000000001", language="zh-hans")
STORY = "demo.story"
UNLOCKED, RECEIPT = "cases", "receipt"  # the residents' door keeps these two in the session
STEPS = ("report", "accept", "dispatch", "handle", "check", "confirm")
REACHED = {"reported": 1, "accepted": 2, "returned": 2, "dispatched": 3, "handled": 4, "checked": 5}


@dataclass(frozen=True)
class Turn:
    """One step of the story line: its label, and whether it is past, now or still to come."""

    label: str
    state: str


@dataclass(frozen=True)
class Story:
    """The visitor's matter. `landing` is where the next role goes on; None at the end."""

    case: Case
    stage: str
    turns: list[Turn]
    landing: Landing | None

    @property
    def who(self) -> str:
        """The post that goes on; empty for the resident."""
        return self.landing.holding.post.title if self.landing and self.landing.holding else ""


def begin() -> Opened:
    """Report the prepared matter as a resident does, through the real action."""
    grid = Division.objects.current().filter(kind__in=GRID_KINDS).order_by("code").first()
    if grid is None:
        raise Unavailable
    return report(
        by=PartyActor("reporter"),
        text=TEXT,
        landmark=LANDMARK,
        category=Category.objects.get(code=CATEGORY),
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=REPORTER,
    )


def story_of(request: HttpRequest) -> Story | None:
    """The story of this session: what was reported last, in the tour or in the visitor's own words."""
    keys = [key for key in (request.session.get(RECEIPT), request.session.get(STORY)) if key]
    matters = Case.everywhere.filter(kind="matters").select_related("division")
    case = next((found for key in keys if (found := matters.filter(pk=key).first())), None)
    if case is None:
        return None
    stages = kind_of(case.kind).procedure.stages
    return Story(case, str(stages[case.stage].label), list(_turns(case)), _landing(case))


@dataclass(frozen=True)
class Arrival:
    """A matter that came in just now, and how many seconds ago."""

    number: str
    place: str
    ago: int


def just_arrived() -> list[Arrival]:
    """The newest that residents raised on the web, without a word of what they wrote (one statement)."""
    now = timezone.now()
    rows = Case.everywhere.filter(kind="matters", channel="web").with_place().order_by("-id")[:3]
    return [
        Arrival(case.number, case.division.name, max(0, int((now - case.recorded_at).total_seconds())))
        for case in rows
    ]


def _landing(case: Case) -> Landing | None:
    if kind_of(case.kind).procedure.stages[case.stage].ends:
        return None
    return resident_landing(case) if case.stage == "checked" else post_landing(case)


def _turns(case: Case) -> Iterator[Turn]:
    steps = kind_of(case.kind).procedure.steps
    reached = REACHED.get(case.stage, len(STEPS))
    for place, name in enumerate(STEPS):
        state = "past" if place < reached else "now" if place == reached else "next"
        yield Turn(str(steps[name].label), state)
