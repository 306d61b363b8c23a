"""One row of a list of cases, alike on every list and in its export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.cases.kinds import kind_of
from linli.cases.models import Case, Task
from linli.portals.desk.lights import Light, lights_of


@dataclass(frozen=True)
class CaseRow:
    """What a list says about a case. `moment` is what the list is about: reported, handed over, done."""

    number: str
    summary: str
    kind: str
    stage: str
    place: str
    code: str
    light: Light
    moment: datetime


def stage_words(case: Case) -> str:
    """The label of a case's stage; for one that has ended, how it ended."""
    procedure = kind_of(case.kind).procedure
    return str(procedure.outcomes.get(case.outcome) or procedure.stages[case.stage].label)


def rows_of_cases(cases: Sequence[Case]) -> list[CaseRow]:
    """Rows for a list of cases; they come with their divisions."""
    lights = lights_of(cases)
    return [_row(case, lights[case.pk], case.at) for case in cases]


def rows_of_tasks(tasks: Sequence[Task]) -> list[CaseRow]:
    """Rows for a list of tasks; they come with their cases and divisions."""
    lights = lights_of([task.case for task in tasks])
    return [_row(task.case, lights[task.case_id], task.closed_at or task.opened_at) for task in tasks]


def _row(case: Case, light: Light, moment: datetime) -> CaseRow:
    return CaseRow(
        number=case.number,
        summary=case.summary,
        kind=str(kind_of(case.kind).procedure.label),
        stage=stage_words(case),
        place=case.division.name,
        code=case.division.trimmed,
        light=light,
        moment=moment,
    )
