"""How long it took: order statistics over all spells, found set-wise; no sample is drawn and no number is too large.

Of n spells from the shortest on, the one in the middle is the (n + 1) // 2-th, and nine in ten keep within the
ceil(0.9 n)-th.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, RowNumber

from linli.analytics.counting import Age, behind, first_and_middle
from linli.analytics.definition import Figure
from linli.analytics.populations import CLOSED, STANDING
from linli.analytics.questions import Question
from linli.analytics.rollups import folded_spells
from linli.analytics.standing import standing
from linli.base.errors import NotFound
from linli.base.worktime import ONE_DAY
from linli.cases.calendars import calendar_of
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.models import Case, CaseQuerySet, areas_see
from linli.cases.narrowing import least_key
from linli.cases.procedure import Stage
from linli.ledger.models import Entry

BEFORE = date(1970, 1, 1)


class PlaceDay(Func):
    """Days since 1970 by the clock of the place, which is eight hours ahead all year (base.worktime.PLACE_TIME)."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Of the text that SQLite keeps, to the second: its days are rounded to the millisecond."""
        template = "CAST(julianday(substr(%(expressions)s, 1, 19)) - 2440587.5 + 8.0 / 24 AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """By the rules of the zone."""
        template = "(CAST(%(expressions)s AT TIME ZONE INTERVAL '8 hours' AS date) - DATE '1970-01-01')"
        return self.as_sql(compiler, connection, template=template, **context)


class Second(Func):
    """Whole seconds since 1970."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Of the text that SQLite keeps."""
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Without what is left of a second, as on SQLite."""
        template = "CAST(floor(extract(epoch FROM %(expressions)s)) AS bigint)"
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True)
class Taken:
    """Working days from the report to the closing: in the middle, and what nine in ten keep within."""

    cases: int
    median: int
    nine_in_ten: int


def times_taken(asked: Question, figure: Figure | None = None) -> Taken | None:
    """Of the cases closed in the period, or of those a figure counts; None where there are none."""
    folded = not figure and (asked.stands or standing(asked.now)).holds(asked.now)
    spells = folded_spells(asked) if folded else None
    pairs = _spells_live(asked, figure) if spells is None else _pairs(spells)
    if not pairs:
        return None
    passed = _workdays(min(pair[0] for pair in pairs), max(pair[1] for pair in pairs), _low(asked))
    found: Counter[int] = Counter()
    for begun, ended, cases in pairs:
        found[passed[ended] - passed[begun]] += cases
    number = found.total()
    return Taken(number, _nth(found, (number + 1) // 2), _nth(found, (number * 9 + 9) // 10))


def _spells_live(asked: Question, figure: Figure | None) -> list[tuple[int, int, int]]:
    """The days of report and closing, and how many cases have both (one statement)."""
    rows: QuerySet[Any] = behind(figure, asked) if figure else CLOSED.rows(asked)
    days = rows.order_by().annotate(_begun=PlaceDay(F("at")), _ended=PlaceDay(F("closed_at")))
    return list(days.values_list("_begun", "_ended").annotate(Count("pk")))


def _pairs(spells: Mapping[tuple[date, int], int]) -> list[tuple[int, int, int]]:
    numbered = (((day - BEFORE).days, after, cases) for (day, after), cases in spells.items())
    return [(ended - after, ended, cases) for ended, after, cases in numbered]


def _nth(found: Mapping[int, int], wanted: int) -> int:
    """The value at a place, counted from the smallest."""
    passed = 0
    for value in sorted(found):
        passed += found[value]
        if passed >= wanted:
            return value
    raise ValueError(wanted)


def _low(asked: Question) -> int:
    tests = {lookup: value for path, lookup, value in asked.narrowing.tests(asked.now) if path == "code_now"}
    return int(tests["gte"])


def _workdays(since: int, until: int, code: int) -> dict[int, int]:
    """How many working days lie before the end of each day, counted once for a whole stretch of days."""
    calendar, passed, found = calendar_of(code), 0, {}
    for number in range(since, until + 1):
        passed += calendar.is_workday(BEFORE + number * ONE_DAY)
        found[number] = passed
    return found


def latenesses(asked: Question, overdue: int) -> Sequence[Age]:
    """The case that is overdue the longest and the one in the middle, of so many that are (one statement)."""
    if not overdue:
        return []
    keys = STANDING.rows(asked).filter(due__lt=asked.now).order_by("due", "pk").values("pk")
    wanted = first_and_middle(keys, overdue)
    cases: QuerySet[Any] = Case.everywhere.filter(wanted).annotate(first=Subquery(keys[:1]))
    return [
        Age(case, (asked.now - case.due).days, case.pk == case.first) for case in cases.order_by("due", "pk")
    ]


@dataclass(frozen=True)
class Stay:
    """How long cases stood in a stage that they left in the period; a case can have stayed more than once."""

    kind: Kind
    stage: Stage
    cases: int
    stays: int
    median: timedelta
    nine_in_ten: timedelta


def stays(asked: Question) -> list[Stay]:
    """Of every stage that cases left, in the order of the procedure (two statements for each kind)."""
    kinds = [kind for kind in all_kinds() if areas_see(kind.name) and asked.narrowing.kind in {"", kind.name}]
    return [each for kind in kinds for each in _stays(asked, kind)]


def _stays(asked: Question, kind: Kind) -> list[Stay]:
    left = _left(asked, kind)
    entered = _moves(kind).filter(about=OuterRef("about"), pk__lt=OuterRef("pk")).order_by("-pk")
    began = Subquery(entered.values("at")[:1])
    ranked = left.annotate(_took=Second(F("at")) - Second(began)).annotate(
        _rank=Window(RowNumber(), partition_by="_from", order_by="_took"),
        _of=Window(Count("pk"), partition_by="_from"),
    )
    middle, ninth = (F("_of") + 1) / 2, (F("_of") * 9 + 9) / 10
    found = ranked.filter(Q(_rank=middle) | Q(_rank=ninth))
    spells: dict[str, list[tuple[int, int, int]]] = {}
    for stage, *spell in found.values_list("_from", "_rank", "_of", "_took"):
        spells.setdefault(stage, []).append((spell[0], spell[1], spell[2]))
    cases = dict(left.values_list("_from").annotate(_cases=Count("about", distinct=True)).order_by())
    return [
        _stay(kind, stage, cases[name], spells[name])
        for name, stage in kind.procedure.stages.items()
        if name in spells
    ]


def _stay(kind: Kind, stage: Stage, cases: int, spells: Sequence[tuple[int, int, int]]) -> Stay:
    seconds = [took for _rank, _number, took in sorted(spells)]
    median, nine = timedelta(seconds=seconds[0]), timedelta(seconds=seconds[-1])
    return Stay(kind, stage, cases, spells[0][1], median, nine)


def cases_leaving(asked: Question, kind: str, stage: str) -> CaseQuerySet:
    """The cases that left a stage in the period; NotFound for a kind or a stage that is not counted."""
    found = kind_of(kind)
    if not areas_see(kind) or stage not in found.procedure.stages:
        raise NotFound
    return Case.everywhere.filter(pk__in=_left(asked, found).filter(_from=stage).values("about"))


def _moves(kind: Kind) -> QuerySet[Any]:
    """The entries of a kind with which a case came into a stage."""
    names = [f"{kind.name}.{step}" for step in kind.procedure.steps]
    of_steps: QuerySet[Any] = Entry.objects.filter(name__in=names)
    moving = of_steps.annotate(_from=_fact("facts__from"), _to=_fact("facts__to"))
    moved: QuerySet[Any] = moving.filter(Q(_from=None) | ~Q(_from=F("_to")))
    return moved


def _fact(path: str) -> Cast:
    """A fact as plain text, which comparisons take for nothing else."""
    return Cast(KT(path), CharField())


def _left(asked: Question, kind: Kind) -> QuerySet[Any]:
    """The entries of the period with which a case of the place left a stage."""
    cases = asked.narrowed(Case.everywhere.filter(pk=OuterRef("about")))
    keys = Q(pk__gte=least_key(asked.begin), pk__lt=least_key(asked.end))
    return _moves(kind).filter(keys, Exists(cases), _from__isnull=False)
