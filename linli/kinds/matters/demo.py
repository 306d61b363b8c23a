"""Believable matters for the demo: what people report, and how each is carried on, through the real actions.

The texts are in demo.yaml. Nothing here decides when; the days of the demo, its simulator and the replay of a
real day all call `report_one()` and `carry_on()` with their own times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import shapely

from linli.base.generations import Cached
from linli.base.yamls import read_yaml
from linli.cases.catalogue import suggestion
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Category, Task
from linli.cases.opening import Opened
from linli.cases.procedure import Step
from linli.cases.tasks import is_for
from linli.divisions.models import Division
from linli.kinds.matters import actions
from linli.posts.actor import Actor, PartyActor, PostActor, SystemActor
from linli.posts.lookup import nearest, serving
from linli.posts.models import Holding, Organisation, Post, PostKind
from linli.residents.keeping import GivenContact

TEXTS = Path(__file__).with_name("demo.yaml")
CHANNELS = {"w": "web", "p": "phone", "g": "grid", "c": "window"}
# Shares as in Boston's 121,145 requests of 2015: 51 % by telephone, 26 % by app and web, 23 % by the city's own people.
SHARES = {"w": 26, "p": 46, "g": 23, "c": 5}
BEGINNINGS = {
    "p": ("来电反映：", "市民来电：", ""),
    "g": ("巡查发现：", "巡查：", ""),
    "c": ("居民到窗口反映：", ""),
}
CALLED = ("女士", "先生", "师傅", "阿姨", "大爷")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林"
NOBODYS_NUMBER = "1200000"  # no mobile number begins with 12, so nobody can be called by mistake
BY_GRID_WORKER = {"0103", "0402", "0403"}  # settled at the door, not by a department


@dataclass(frozen=True)
class Situation:
    """Something people report, where it happens, and what is said about it at each turn."""

    category: str
    text: str
    places: tuple[str, ...]
    sources: str
    where: str = ""
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def words(self, about: str, chance: Random) -> str:
        """What somebody writes at a turn (`result`, `fail`, `refuse` ...): its own words or common ones."""
        return chance.choice(self.said.get(about) or _texts().common[about])


@dataclass(frozen=True)
class Texts:
    """The whole of demo.yaml."""

    situations: tuple[Situation, ...]
    wider: tuple[Situation, ...]
    common: dict[str, tuple[str, ...]]


@cache
def _texts() -> Texts:
    raw = read_yaml(TEXTS)
    places = {name: tuple(each) for name, each in raw["places"].items()}
    listed, wider = (
        tuple(_situation(each, places[each["at"]]) for each in raw[name]) for name in ("situations", "wider")
    )
    return Texts(listed, wider, {name: tuple(each) for name, each in raw["common"].items()})


def _situation(raw: dict[str, str], places: tuple[str, ...]) -> Situation:
    shape = {"category", "at", "from", "where", "text"}
    said: dict[str, tuple[str, ...]] = {name: (text,) for name, text in raw.items() if name not in shape}
    return Situation(raw["category"], raw["text"], places, raw["from"], raw.get("where", ""), said)


def situations() -> tuple[Situation, ...]:
    """Everything people report in the demo."""
    return _texts().situations


def wider_situations() -> tuple[Situation, ...]:
    """What no county can settle by itself: each says why it goes up, and what the upper level decides."""
    return _texts().wider


def situation_of(text: str) -> Situation | None:
    """The situation a text was made from; None for what a visitor wrote."""
    known = (*situations(), *wider_situations())
    return next((each for each in known if all(part in text for part in each.text.split("{at}"))), None)


# --- reporting ----------------------------------------------------------------------------------------------


def some_grid(grids: Sequence[Division], situation: Situation, chance: Random) -> Division:
    """A grid where this can happen: communities are urban, villages rural."""
    fitting = [grid for grid in grids if situation.where in ("", _where(grid))]
    return chance.choice(fitting or grids)


def _where(grid: Division) -> str:
    return "rural" if "村" in grid.name and "社区" not in grid.name else "urban"


def report_one(
    situation: Situation, grid: Division, chance: Random, *, at: datetime | None = None, phones: float = 0.7
) -> Opened:
    """Report a situation in a grid, from one of its sources; `phones` of those who call or write leave a number."""
    source = chance.choices(situation.sources, [SHARES[each] for each in situation.sources])[0]
    landmark = chance.choice(situation.places)
    longitude, latitude = point_in(grid, chance)
    by = _opener(source, grid)
    contact = GivenContact()
    if source != "g" and chance.random() < phones:
        contact = GivenContact(
            chance.choice(SURNAMES) + chance.choice(CALLED), _number(chance), language="zh-hans"
        )
    text = chance.choice(BEGINNINGS.get(source, ("",))) + situation.text.format(at=landmark)
    given = actions.Report(text=text, landmark=landmark, contact=contact, channel=CHANNELS[source])
    if source in "wg":
        given["longitude"], given["latitude"] = longitude, latitude
    else:
        given["division"] = grid
    if chance.random() < 0.8:
        given["category"] = _category(situation.category)
    return actions.report(by=by, at=at, **given)


def _opener(source: str, grid: Division) -> Actor:
    kinds = {"p": PostKind.CALL_TAKER, "g": PostKind.GRID_WORKER, "c": PostKind.CLERK}
    found = holder_of(nearest(kinds[source], grid.code)) if source in kinds else None
    return found or PartyActor("reporter")


def _number(chance: Random) -> str:
    return f"{NOBODYS_NUMBER}{chance.randrange(10_000):04d}"


def point_in(grid: Division, chance: Random) -> tuple[float, float]:
    """Some point inside a grid."""
    area = shapely.from_wkb(bytes(grid.outline or b""))
    west, south, east, north = area.bounds
    for _try in range(20):
        x, y = chance.uniform(west, east), chance.uniform(south, north)
        if shapely.contains_xy(area, x, y):
            return x, y
    inside = area.representative_point()
    return inside.x, inside.y


def _read_categories() -> dict[str, Category]:
    return {category.code: category for category in Category.objects.filter(kind="matters")}


_categories: Cached[dict[str, Category]] = Cached("catalogue", _read_categories)


def _category(code: str) -> Category:
    return _categories()[code]


# --- carrying on --------------------------------------------------------------------------------------------


@dataclass
class Course:
    """What will go otherwise than smoothly in one matter; each happens once."""

    troubles: set[str]

    @staticmethod
    def drawn(situation: Situation, chance: Random) -> Course:
        """Mostly smooth; refused or referred on only where that makes sense."""
        troubles = {name for name, share in TROUBLES.items() if chance.random() < share}
        if "refuse" in situation.said or chance.random() < 0.02:
            troubles.add("refuse")
        if "refer" in situation.said and chance.random() < 0.7:
            troubles.add("refer")
        return Course(troubles)

    def next_step(self, stage: str) -> str:
        """The step that comes next in a stage; empty when nobody will do anything any more."""
        for trouble, step in TURNS.get(stage, ()):
            if trouble in self.troubles:
                self.troubles.discard(trouble)
                self.troubles |= FOLLOWING.get(trouble, set())
                return step
        return SMOOTH.get(stage, "")


# 25 % are late in the 311 data; how often work is sent back, fails or is contested is not in it, so these are set.
TROUBLES = {
    "wrong": 0.08, "fail": 0.09, "contest": 0.07, "silent": 0.2, "reopen": 0.04,
    "unclear": 0.04, "same": 0.03, "joint": 0.06, "disowned": 0.02, "longer": 0.05, "parked": 0.02, "pressed": 0.03,
    "called": 0.02,
}  # fmt: skip
# What a trouble brings with it, so that a question is answered and what rests goes on.
FOLLOWING = {
    "wrong": {"back"},
    "longer": {"asked for time"},
    "parked": {"resting"},
    "pressed": {"asked"},
    "called": {"asked", "asked too"},
}
TURNS = {
    "reported": (("refuse", "refuse"), ("same", "link_duplicate"), ("unclear", "ask_verification")),
    "accepted": (("refer", "refer"), ("wrong", "dispatch_wrongly"), ("joint", "dispatch_jointly")),
    "dispatched": (
        ("back", "send_back"),
        ("disowned", "disclaim"),
        ("asked for time", "extend"),
        ("resting", "resume"),
        ("asked", "respond"),
        ("asked too", "respond"),
        ("longer", "request_extension"),
        ("parked", "park"),
        ("pressed", "supervise"),
        ("called", "whistle"),
    ),
    "handled": (("fail", "fail"),),
    "checked": (("contest", "contest"), ("silent", "lapse")),
    "closed": (("reopen", "reopen"),),
    "refused": (("reopen", "reopen"),),
}
SMOOTH = {
    "reported": "accept", "accepted": "dispatch", "returned": "dispatch",
    "dispatched": "handle", "handled": "check", "checked": "confirm",
    "verifying": "verify", "arbitrating": "rule", "escalated": "hand_down", "deciding": "redo",
}  # fmt: skip
# The steps that go by another name here, because they are taken otherwise than usual.
STEPS = {
    "dispatch_wrongly": "dispatch",
    "dispatch_jointly": "dispatch",
    "escalate_further": "escalate",
    "hand_on": "hand_down",
}


def carry_on(
    case: Case, situation: Situation, step: str, chance: Random, *, at: datetime | None = None
) -> None:
    """Take one step as whoever has to take it would, and bring `case` up to date; refusals come through."""
    kind = kind_of(case.kind)
    rule = kind.procedure.steps[STEPS.get(step, step)]
    given = GIVEN[step](case, situation, chance)
    by = _whoever(case, situation, step, chance)
    kind.function(rule)(kind.reference(case), by=by, seen=case.version, at=at, **given)
    case.refresh_from_db(fields=["stage", "version"])


def _whoever(case: Case, situation: Situation, step: str, chance: Random) -> Actor:
    reporter = PartyActor("reporter", case.pk)
    if step == "lapse":
        return SystemActor("clock")
    if step == "reopen":
        return reporter
    if step in ("confirm", "contest"):
        if case.channel == "grid" and situation.category not in BY_GRID_WORKER:
            return holder_of(case.opened_by_id) or reporter
        if case.channel == "web" or chance.random() < 0.2:
            return reporter
    return holder_of(_post_for(kind_of(case.kind).procedure.steps[STEPS.get(step, step)], case)) or reporter


def _post_for(rule: Step, case: Case) -> int | None:
    """Who has the task that a step belongs to; failing one, the nearest post with the power."""
    tasks = list(Task.objects.filter(case=case.pk, closed_at=None).select_related("post").order_by("id"))
    fitting = [task for task in tasks if is_for(task, rule, task.post_id)]
    fitting = fitting or [task for task in tasks if task.post.kind in rule.posts]
    return next((task.post_id for task in fitting), None) or next(
        (post for kind in sorted(rule.posts) if (post := nearest(kind, case.code_now))), None
    )


def _read_holder(post: int | None) -> PostActor | None:
    held = Holding.objects.current().filter(post_id=post or 0).select_related("post__division")
    found = held.order_by("acting").first()
    return PostActor(found) if found else None


holder_of: Cached[PostActor | None] = Cached("posts", _read_holder)  # by the post's id


def right_post(case: Case, situation: Situation) -> int:
    """Who should deal with it: the grid worker, the catalogue's post, or the nearest team."""
    found = suggestion(_category(situation.category), case.code_now, case.at.date())
    post = found.post.pk if found else None
    if situation.category in BY_GRID_WORKER:
        post = nearest(PostKind.GRID_WORKER, case.code_now)
    return post or nearest(PostKind.HANDLER, case.code_now) or 0


def _dispatching(case: Case, situation: Situation, chance: Random) -> dict[str, Any]:
    to = Post.objects.get(pk=right_post(case, situation))
    return {"to": to, "note": situation.words("dispatch", chance)}


def _dispatching_wrongly(case: Case, situation: Situation, chance: Random) -> dict[str, Any]:
    """To the town's team what is a department's, to a department what is the team's."""
    right = right_post(case, situation)
    others = (
        Post.objects.filter(kind=PostKind.HANDLER, until=None).select_related("division").exclude(pk=right)
    )
    serving = [post for post in others if post.division.span[0] <= case.code_now < post.division.span[1]]
    return {"to": chance.choice(serving) if serving else Post.objects.get(pk=right), "note": ""}


def _dispatching_jointly(case: Case, situation: Situation, chance: Random) -> dict[str, Any]:
    """To the right post, with the town's team or another department to help."""
    given = _dispatching(case, situation, chance)
    served = serving([PostKind.HANDLER], case.code_now)
    others = Post.objects.filter(pk__in=served).exclude(pk=given["to"].pk).order_by("pk")
    return {**given, "helpers": chance.sample(list(others), min(2, len(others)))}


def _others(case: Case, situation: Situation, chance: Random) -> list[Post]:
    return list(_dispatching_jointly(case, situation, chance)["helpers"])


def _merging(case: Case, situation: Situation, chance: Random) -> dict[str, Any]:
    """Into the oldest open matter about the same in the same village; failing one, any other that is open."""
    found = Case.objects.within(case.division.span).filter(kind="matters", closed_at=None).exclude(pk=case.pk)
    original = found.exclude(stage="merged").order_by("id").first()
    return {"original": original or case, "note": "同一地点的同一问题。"}


def _referring(case: Case, situation: Situation, chance: Random) -> dict[str, Any]:
    name = situation.said["refer"][0]
    to = Organisation.objects.filter(name__endswith=name).first() or Organisation.objects.order_by("pk")[0]
    return {"to": to, "reason": chance.choice(_texts().common["refer"])}


def _said(parameter: str, about: str = "") -> Callable[[Case, Situation, Random], dict[str, Any]]:
    return lambda _case, situation, chance: {parameter: situation.words(about or parameter, chance)}


GIVEN: dict[str, Callable[[Case, Situation, Random], dict[str, Any]]] = {
    "accept": lambda _case, situation, chance: {
        "category": _category(situation.category),
        "note": situation.words("accept", chance),
    },
    "refuse": _said("reason", "refuse"),
    "refer": _referring,
    "dispatch": _dispatching,
    "dispatch_wrongly": _dispatching_wrongly,
    "handle": _said("result"),
    "send_back": _said("reason", "back"),
    "dispatch_jointly": _dispatching_jointly,
    "link_duplicate": _merging,
    "ask_verification": _said("note", "look"),
    "verify": _said("finding", "found"),
    "disclaim": _said("reason", "disown"),
    "rule": lambda case, situation, chance: {
        "to": Post.objects.get(pk=right_post(case, situation)),
        "reason": situation.words("ruling", chance),
    },
    "request_extension": lambda _case, situation, chance: {
        "amount": chance.choice((2, 3, 5)),
        "reason": situation.words("longer", chance),
    },
    "extend": lambda _case, situation, chance: {"amount": 3, "reason": situation.words("granted", chance)},
    "park": lambda _case, _situation, chance: {
        "because": chance.choice(("weather", "funding", "conditions"))
    },
    "resume": lambda _case, _situation, _chance: {},
    "supervise": lambda _case, situation, chance: {"question": situation.words("press", chance), "hours": 8},
    "whistle": lambda case, situation, chance: {
        "to": _others(case, situation, chance),
        "hours": 4,
        "task": situation.words("call", chance),
    },
    "respond": _said("reply"),
    "escalate": _said("reason", "up"),
    "escalate_further": _said("reason", "further"),
    "hand_down": _said("advice"),
    "hand_on": _said("advice", "hand_on"),
    "redo": _said("reason", "ruling"),
    "check": _said("note", "check"),
    "fail": _said("reason", "fail"),
    "confirm": _said("note", "confirm"),
    "contest": _said("reason", "contest"),
    "lapse": lambda _case, _situation, _chance: {},
    "reopen": _said("reason", "reopen"),
}
