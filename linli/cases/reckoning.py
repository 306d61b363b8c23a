"""After a calendar changed: compute anew when running clocks end, and what cases and to-do lists show of it.

Set-wise and in batches, each its own transaction, so that people's steps come in between; a mark tells which
generation of the calendars has been reckoned with, so that a stop in the middle loses nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from linli.base.models import Generation
from linli.base.worktime import PLACE_TIME, TO_THE_MINUTE, Calendar, Unit, due
from linli.base.writing import give_way, writing
from linli.cases.calendars import FAMILY, Calendars, read_calendars
from linli.cases.clocks import GIVEN, spent_by
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Mark

BATCH = 1000  # others wait for a tenth of a second; by 5000 four times as long, for little less in all
CHUNK = 500
_FIRST_KEY = "00000000-0000-0000-0000-000000000000"
_RUNNING = """
    SELECT clock.id, clock.case_id, cases_case.kind, cases_case.code_now, clock.unit, clock.amount, clock.extra,
           clock.spent, clock.over, clock.began_at, clock.started_at, clock.due_at, clock.first_due,
           clock.plain_due
      FROM cases_clock clock JOIN cases_case ON cases_case.id = clock.case_id
     WHERE clock.stopped_at IS NULL AND clock.source <> %s AND clock.id > %s ORDER BY clock.id LIMIT %s"""
_MOVE = """
    UPDATE cases_clock SET due_at = %s, first_due = %s, plain_due = %s, spent = %s
     WHERE stopped_at IS NULL AND id IN ({keys})"""
# `|| ''` keeps SQLite from walking all running clocks of a name instead of the few of the case.
_SHOW = """
    UPDATE cases_case SET due = (
        SELECT MIN(due_at) FROM cases_clock
         WHERE case_id = cases_case.id AND stopped_at IS NULL AND name || '' IN ({names}))
     WHERE id IN ({keys})"""
_PRESS = """
    UPDATE cases_task SET pressing_at = COALESCE((
        SELECT MIN(due_at) FROM cases_clock
         WHERE case_id = cases_task.case_id AND stopped_at IS NULL
           AND (task_id IS NULL OR task_id = cases_task.id)), opened_at)
     WHERE case_id IN ({keys}) AND closed_at IS NULL"""


class _Row(NamedTuple):
    """A running clock, read without the model: a hundred thousand are looked at in one go."""

    pk: Any
    case: Any
    kind: str
    code: int
    unit: str
    amount: int
    extra: int
    spent: int
    over: bool
    began_at: datetime
    started_at: datetime
    due_at: datetime
    first_due: datetime
    plain_due: datetime | None


class Moved(NamedTuple):
    """Where a running clock ends by the calendar of today."""

    row: _Row
    due_at: datetime
    first_due: datetime
    plain_due: datetime | None
    spent: int


def reckon_turn() -> int:
    """For the worker loop: reckon again if a calendar has changed since the last whole reckoning."""
    generation = Generation.objects.filter(name=FAMILY).values_list("number", flat=True).first() or 0
    if Mark.objects.filter(name=FAMILY, position=generation).exists():
        return 0
    moved = reckon_again()
    Mark.objects.update_or_create(name=FAMILY, defaults={"position": generation})
    return moved


def reckon_again() -> int:
    """Move every running clock to where it ends by the calendars of now, batch by batch; return how many moved.

    Where none of a batch moves, nobody had to wait for the look at it.
    """
    moved, last, calendars = 0, _key_from_text(_FIRST_KEY), read_calendars()
    while rows := _running(last):
        if any(_moves(rows, calendars)):
            with writing():
                rows = _running(last)  # as they are now that nobody else moves them
                moves = list(_moves(rows, calendars))
                _store(moves)
            moved += len(moves)
            give_way()
        last = rows[-1].pk if rows else last
    return moved


def moving(calendars: Calendars) -> int:
    """How many running clocks would move if these were the calendars: the preview of an edit."""
    count, last = 0, _key_from_text(_FIRST_KEY)
    while rows := _running(last):
        count += sum(1 for _move in _moves(rows, calendars))
        last = rows[-1].pk
    return count


def _key_from_text(text: str) -> str:
    return text if connection.features.has_native_uuid_field else text.replace("-", "")


def _running(after: Any) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [GIVEN, after, BATCH])
        return [_Row(*values[:9], *map(_moment, values[9:])) for values in cursor.fetchall()]


def _moves(rows: Sequence[_Row], calendars: Calendars) -> Iterator[Moved]:
    """The clocks that end elsewhere than their rows say."""
    ends = _Ends()
    spent = _spent_again([row for row in rows if row.spent], calendars)
    for row in rows:
        calendar, term = calendars.of(row.code), (row.amount + row.extra, row.unit)
        used = spent.get(row.pk, row.spent)
        due_at = row.started_at if row.over else ends.of(row.started_at, term, calendar, spent=used)
        simple = row.began_at == row.started_at and row.extra == 0
        first = due_at if simple else ends.of(row.began_at, (row.amount, row.unit), calendar, spent=0)
        plain = row.plain_due
        if plain and plain >= row.started_at:  # what had run out before this stretch stays as it was
            plain = ends.of(row.started_at, (row.amount, row.unit), calendar, spent=used)
        if (due_at, first, plain, used) != (row.due_at, row.first_due, row.plain_due, row.spent):
            yield Moved(row, due_at, first, plain, used)


class _Ends:
    """When periods end, each kind of period computed once: in days, all that begin on one day end on one."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], datetime] = {}

    def of(self, start: datetime, term: tuple[int, str], calendar: Calendar, *, spent: int) -> datetime:
        """The end of a period of so many units."""
        amount, unit = term
        begin = start if unit in TO_THE_MINUTE else start.astimezone(PLACE_TIME).date()
        key = (begin, term, spent, id(calendar))
        if key not in self._known:
            self._known[key] = due(start, amount, Unit(unit), calendar, spent=spent)
        return self._known[key]


def _moment(value: Any) -> Any:
    """SQLite gives moments without a zone; they are kept in UTC."""
    return value.replace(tzinfo=UTC) if value and not value.tzinfo else value


def _spent_again(rows: Iterable[_Row], calendars: Calendars) -> dict[Any, int]:
    """What earlier stretches used, by the calendar of now; for the few clocks that have earlier stretches."""
    wanted = {row.case: row for row in rows}
    chains: dict[tuple[Any, ...], list[Clock]] = defaultdict(list)
    stretches = Clock.objects.filter(case__in=list(wanted)).select_related("case")
    for clock in stretches.order_by("started_at", "pk"):
        chains[clock.case_id, clock.task_id, clock.name, clock.label, clock.began_at].append(clock)
    found = {}
    for chain in chains.values():
        calendar, spent = calendars.of(chain[0].case.code_now), 0
        for clock in chain:
            clock.spent = spent
            if clock.running:
                found[_key_of(clock)] = spent
            else:
                spent = spent_by(clock, calendar)
    return found


def _key_of(clock: Clock) -> Any:
    return clock.pk if connection.features.has_native_uuid_field else clock.pk.hex


def _store(moves: Sequence[Moved]) -> None:
    """Clocks that move alike move in one statement; so do the cases and tasks that show them."""
    alike: dict[tuple[datetime, datetime, datetime | None, int], list[Any]] = defaultdict(list)
    cases: dict[str, set[Any]] = defaultdict(set)
    for move in moves:
        alike[move.due_at, move.first_due, move.plain_due, move.spent].append(move.row.pk)
        cases[move.row.kind].add(move.row.case)
    kept = connection.ops.adapt_datetimefield_value
    for (*ends, spent), keys in alike.items():
        _for_each(_MOVE, [*(kept(end) for end in ends), spent], keys)
    for kind, keys_of_kind in cases.items():
        shown = [rule.name for rule in kind_of(kind).procedure.clocks.values() if rule.shown]
        names = ", ".join(["%s"] * len(shown)) or "''"
        _for_each(_SHOW.replace("{names}", names), shown, list(keys_of_kind))
        _for_each(_PRESS, [], list(keys_of_kind))


def _for_each(statement: str, values: Sequence[Any], keys: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        for begin in range(0, len(keys), CHUNK):
            chunk = keys[begin : begin + CHUNK]
            cursor.execute(statement.replace("{keys}", ", ".join(["%s"] * len(chunk))), [*values, *chunk])


def pressing_again(case: Case) -> None:
    """After a step moved clocks of a case that keeps its open tasks: when each must have been looked at now."""
    _for_each(_PRESS, [], [case._meta.pk.get_db_prep_value(case.pk, connection)])
