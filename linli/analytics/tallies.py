"""Adding to the rollups what cases add, and taking out what they added before, set-wise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Field

from linli.analytics.models import Share as Stored
from linli.analytics.models import Tally
from linli.analytics.shares import Cell, Changes, Share, note
from linli.base.rows import fresh, insert_many

CHUNK = 1000
Each = TypeVar("Each")


def put(keys: Sequence[UUID], shares: Mapping[UUID, Share]) -> None:
    """Let the rollups hold these shares of the cases with these keys, whatever they held of them before.

    Inside the caller's transaction: what is subtracted is what stands there.
    """
    stored = {
        row[0]: Share(row[1], row[2])
        for some in chunks(keys)
        for row in Stored.objects.filter(pk__in=some).values_list("pk", "adds", "turns_at")
    }
    changes: Changes = defaultdict(dict)
    for key in keys:
        before, after = _adds(stored.get(key)), _adds(shares.get(key))
        if before != after:
            note(changes, before, after)
    _change(changes)
    _keep(stored, shares)
    gone = [key for key in stored if key not in shares]
    for some in chunks(gone):
        Stored.objects.filter(pk__in=some).delete()


def _adds(share: Share | None) -> str:
    return share.adds if share else ""


def _keep(stored: Mapping[UUID, Share], shares: Mapping[UUID, Share]) -> None:
    insert_many(
        [
            fresh(Stored, case=key, adds=share.adds, turns_at=share.turns_at)
            for key, share in shares.items()
            if key not in stored
        ]
    )
    changed = [(key, share) for key, share in shares.items() if key in stored and share != stored[key]]
    _update(Stored, ("adds", "turns_at"), [(key, (each.adds, each.turns_at)) for key, each in changed])


def _change(changes: Changes) -> None:
    """Read the rows that change, add, and write them; what comes to nothing goes."""
    wanted = {_cell(cell): (cell, counts) for cell, counts in changes.items() if any(counts.values())}
    known: dict[str, dict[str, int]] = {}
    for some in chunks(list(wanted)):
        known.update(Tally.objects.filter(pk__in=some).values_list("cell", "counts"))
    new, changed, gone = [], [], []
    for key, (cell, counts) in wanted.items():
        summed = _summed(known.get(key, {}), counts)
        if key not in known:
            new.append(_row(key, cell, summed))
        elif summed:
            changed.append((key, (summed,)))
        else:
            gone.append(key)
    insert_many(new)
    _update(Tally, ("counts",), changed)
    for some in chunks(gone):
        Tally.objects.filter(pk__in=some).delete()


def _summed(before: Mapping[str, int], counts: Mapping[str, int]) -> dict[str, int]:
    found = dict(before)
    for name, by in counts.items():
        found[name] = found.get(name, 0) + by
    return {name: number for name, number in found.items() if number}


def _cell(cell: Cell) -> str:
    level, period, place, kind, body = cell
    return f"{level}.{period}.{place}.{kind}.{body}"


def _row(key: str, cell: Cell, counts: dict[str, int]) -> Tally:
    level, period, place, kind, body = cell
    return fresh(
        Tally, cell=key, level=level, period=period, place=place, kind=kind, body=body, counts=counts
    )


def _update(model: type[Any], names: Sequence[str], rows: Sequence[tuple[Any, tuple[Any, ...]]]) -> None:
    """Write some columns of rows given by their keys, by one prepared statement."""
    if not rows:
        return
    columns: list[Field[Any, Any]] = [model._meta.get_field(name) for name in names]
    key = model._meta.pk
    sets = ", ".join(f"{column.column} = %s" for column in columns)
    statement = f"UPDATE {model._meta.db_table} SET {sets} WHERE {key.column} = %s"  # noqa: S608  names of columns
    values = [
        (
            *(
                column.get_db_prep_save(value, connection)
                for column, value in zip(columns, given, strict=True)
            ),
            key.get_db_prep_save(pk, connection),
        )
        for pk, given in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def chunks(keys: Iterable[Each]) -> Iterator[list[Each]]:
    """Keys in lists that one statement can name."""
    coming = iter(keys)
    while some := list(islice(coming, CHUNK)):
        yield some
