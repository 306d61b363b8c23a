"""What several posts work on now: cases in which one helps another, and questions that wait for an answer.

The command centre counts them. They stand apart from the figures, because of one case several questions may be open.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.analytics.definition import Block, Figure
from linli.analytics.populations import AT_ONCE, STANDING, Folding, Population, cases_of
from linli.analytics.questions import Question
from linli.base.rows import any_of
from linli.base.stored import Key
from linli.cases.joint import helping, pressing_everywhere, questions, with_answer_due
from linli.cases.models import Task
from linli.cases.procedure import ASKED


def _joint(asked: Question) -> QuerySet[Any]:
    """The open cases in which a post helps another one."""
    return STANDING.rows(asked).filter(pk__in=helping().values("case"))


def _asked(asked: Question) -> QuerySet[Any]:
    """The open questions, each a task, with until when it must be answered."""
    return asked.narrowed(with_answer_due(questions()), "case__")


def _asked_in(_asked: Question, keys: Sequence[Key]) -> QuerySet[Any]:
    """Those in some cases, found by the case."""
    steps = pressing_everywhere()
    of_cases = Task.objects.filter(case__in=any_of(keys), closed_at=None, role=ASKED, asks__in=steps)
    return with_answer_due(of_cases)


# Few are open, so that is asked first.
_HELPED = Q(closed_at=None) & Q(Exists(helping().filter(case=OuterRef("pk"))))
JOINT_CASES = Population("joint", _joint, folding=Folding(cases_of, among=_HELPED, turns=(("due", AT_ONCE),)))
QUESTIONS = Population(
    "questions",
    _asked,
    "case__",
    Folding(_asked_in, "case_id", turns=(("answer_due", AT_ONCE),), several=True),
)

_gauge = partial(Figure, block=Block.NOW, label="", meaning="")  # the pages have words of their own for them
JOINT = _gauge(name="joint", population=JOINT_CASES)
JOINT_LATE = _gauge(
    name="joint_late", population=JOINT_CASES, test=lambda asked: Q(due__lt=asked.now), among="joint"
)
AWAITED = _gauge(name="awaited", population=QUESTIONS)
AWAITED_LATE = _gauge(
    name="awaited_late",
    population=QUESTIONS,
    test=lambda asked: Q(answer_due__lt=asked.now),
    among="awaited",
)
BESIDE = (JOINT, JOINT_LATE, AWAITED, AWAITED_LATE)
