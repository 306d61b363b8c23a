"""Taking over the deadlines that a source has moved: it says so in a sheet that is read again, a person says yes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from linli.base.errors import NotFound
from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.exchange.entries import MOVE_DEADLINE
from linli.exchange.models import Foreign, Parcel, Source
from linli.exchange.sheets.owed import all_in_area
from linli.exchange.sheets.parcels import contents_of
from linli.exchange.sheets.reading import Row
from linli.exchange.sheets.taking_in import known_there, moment_of
from linli.ledger.records import Line, record_many
from linli.posts.actor import PostActor
from linli.posts.may import require


def take_over_deadlines(parcel: Parcel, numbers: Collection[str], *, by: PostActor) -> int:
    """Let the cases with these numbers over there have the deadlines of a sheet; return how many had another.

    Each gets an entry. Our own promise stays what it is. NotFound for a case outside the actor's area.
    """
    require(by, "exchange.sheets", within=parcel.source.division.code)
    wanted = set(numbers)
    rows = {row.number: row for row in contents_of(parcel).good if row.number in wanted}
    with writing():
        Source.objects.select_for_update().get(pk=parcel.source_id)  # two sheets of one source take turns
        moved = list(_moved(known_there(parcel.source, list(rows)), rows))
        if not all_in_area([foreign.case_id for foreign, _row in moved], by=by):
            raise NotFound
        record_many([_line(foreign, row, by) for foreign, row in moved])
        for foreign, row in moved:
            if foreign.digest == _digest_before(foreign, row):
                foreign.digest = row.digest  # nothing else has changed
            foreign.due = due_of(row)
        Foreign.objects.bulk_update([foreign for foreign, _row in moved], ["due", "digest"])
    return len(moved)


def due_of(row: Row) -> datetime | None:
    """Until when the source wants its answer, as a row says."""
    return moment_of(row.values.get("deadline"))


def _moved(there: Mapping[str, Foreign], rows: Mapping[str, Row]) -> Iterator[tuple[Foreign, Row]]:
    for number, foreign in there.items():
        if foreign.due != due_of(rows[number]):
            yield foreign, rows[number]


def _digest_before(foreign: Foreign, row: Row) -> str:
    """What the digest of the row would be with the deadline of before."""
    values = {name: value for name, value in row.values.items() if name != "deadline"}
    if foreign.due:
        values["deadline"] = foreign.due.astimezone(PLACE_TIME).isoformat()
    return replace(row, values=values).digest


def _line(foreign: Foreign, row: Row, by: PostActor) -> Line:
    facts = {"source": foreign.source.code, "before": foreign.due, "after": due_of(row)}
    return Line(MOVE_DEADLINE, by.by(), foreign.case.division.code, about=foreign.case_id, facts=facts)
