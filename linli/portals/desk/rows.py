"""One row of a list of cases, alike on every list and in its export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.cases.kinds import kind_of
from linli.cases.models import Case, Copy, Task
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


def rows_of(rows: Sequence[Case | Task | Copy]) -> list[CaseRow]:
    """Rows for a page of any list; they come with their cases and divisions (one statement)."""
    cases = [case_of(row) for row in rows]
    lights = lights_of(cases)
    return [_row(case, lights[case.pk], _moment(row)) for row, case in zip(rows, cases, strict=True)]


def case_of(row: Case | Task | Copy) -> Case:
    """The case of a row of any list."""
    return row if isinstance(row, Case) else row.case


def _moment(row: Case | Task | Copy) -> datetime:
    return row.closed_at or row.opened_at if isinstance(row, Task) else row.at


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
