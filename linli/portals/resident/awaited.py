"""Whether the next word in a case is the reader's: a question put to them, or a stage that waits for their answer."""

from __future__ import annotations

from collections.abc import Sequence

from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.procedure import Procedure, Step
from linli.cases.story import OWN_SIDE, Happening


def is_awaited(step: Step, case: Case, story: Sequence[Happening]) -> bool:
    """Whether a step is an answer that is waited for, not one of those that are merely open."""
    procedure = kind_of(case.kind).procedure
    if step.settles:
        return _unanswered(step, procedure, story)
    return step in _answers(procedure, case.stage) and _was_told(procedure, case.stage, story)


def _unanswered(step: Step, procedure: Procedure, story: Sequence[Happening]) -> bool:
    """Whether the question that a step answers was put last, and not answered since."""
    asked = set(step.settles)
    answers = {each.name for each in procedure.steps.values() if asked & set(each.settles)}
    newest = next((each.step for each in reversed(story) if each.step in asked | answers), "")
    return newest in asked


def _answers(procedure: Procedure, stage: str) -> list[Step]:
    """The steps of parties that a stage is there for: they lead out of it, and out of no other."""
    leaving = [] if procedure.stages[stage].aside else procedure.leaving(stage)
    return [step for step in leaving if step.parties and step.enters and step.leaves == {stage}]


def _was_told(procedure: Procedure, stage: str, story: Sequence[Happening]) -> bool:
    """Whether the reader was told of something since their own answer; that their own case came in asks nothing."""
    answers = {step.name for step in _answers(procedure, stage)}
    for each in reversed(story):
        if each.relation in OWN_SIDE and each.step in answers:
            return False
        step = procedure.steps[each.step]
        if step.notice and not step.opens:
            return True
    return False
