"""Where a case stands on its way, as one follows a parcel: the usual way, and where this one left it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.procedure import Procedure
from linli.cases.story import Happening


@dataclass(frozen=True)
class Milestone:
    """One point on the way; `state` is "past", "here" or "ahead"."""

    label: str
    state: str


def shown_stage(case: Case, story: list[Happening]) -> str:
    """The stage the reporter may know: where the last published step led (an inner return is not shown)."""
    return next((str(each.facts["to"]) for each in reversed(story) if each.facts.get("to")), case.stage)


def milestones(case: Case, story: list[Happening]) -> list[Milestone]:
    """The usual way with the present point marked; a way that ended elsewhere is shown as it went."""
    procedure = kind_of(case.kind).procedure
    here, way = shown_stage(case, story), usual_way(case.kind)
    if here not in way:
        passed = [stage for stage in way if stage in {each.facts.get("to") for each in story}]
        way = (*passed, here)
    place = way.index(here)
    states = ["past" if at < place else "ahead" for at in range(len(way))]
    states[place] = "here"
    return [
        Milestone(str(procedure.stages[stage].label), state) for stage, state in zip(way, states, strict=True)
    ]


@cache
def usual_way(kind: str) -> tuple[str, ...]:
    """The longest way forward through the stages, in the order in which the procedure lists them."""
    procedure = kind_of(kind).procedure
    return _longest(procedure, procedure.opening.enters)


def _longest(procedure: Procedure, stage: str) -> tuple[str, ...]:
    order = [each.name for each in procedure.stages.values() if not each.aside]
    leaving = [step.enters for step in procedure.leaving(stage) if step.enters in order]
    forward = [each for each in leaving if order.index(each) > order.index(stage)]
    if procedure.stages[stage].ends or not forward:
        return (stage,)
    return (stage, *max((_longest(procedure, each) for each in dict.fromkeys(forward)), key=len))
