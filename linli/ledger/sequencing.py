"""The one sequencer: after commit it gives every entry its place in a gap-free order.

Concurrent transactions commit out of the order of their ids, so whoever reads "everything since id X" misses
rows. Readers follow positions instead.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from linli.base.writing import writing
from linli.ledger.models import Position, Unplaced

BATCH = 500
# By the database alone: while it places them all other writers wait, and a row that comes to Python makes it longer.
_PLACE = """
    INSERT INTO ledger_position (number, entry_id)
    SELECT %s + row_number() OVER (ORDER BY waiting.recorded_at, waiting.id), waiting.id FROM (
        SELECT entry.recorded_at, entry.id
        FROM ledger_unplaced AS unplaced JOIN ledger_entry AS entry ON entry.id = unplaced.entry_id
        ORDER BY entry.recorded_at, entry.id LIMIT %s
    ) AS waiting
"""
_TAKE_OUT = (
    "DELETE FROM ledger_unplaced WHERE entry_id IN (SELECT entry_id FROM ledger_position WHERE number > %s)"
)
_LOCK = 0x11A11  # any fixed number: the name of the sequencer's advisory lock


def sequence(limit: int = BATCH) -> int:
    """Place up to `limit` waiting entries, oldest recorded first; return how many were placed."""
    if not Unplaced.objects.exists():
        return 0
    with writing():
        _be_the_only_one()
        last = Position.objects.aggregate(last=Max("number"))["last"] or 0
        with connection.cursor() as cursor:
            cursor.execute(_PLACE, [last, limit])
            placed = int(cursor.rowcount)
            cursor.execute(_TAKE_OUT, [last])
    return placed


def sequence_all() -> int:
    """Place everything that waits; for imports, tests and `doctor`."""
    placed = 0
    while done := sequence():
        placed += done
    return placed


def _be_the_only_one() -> None:
    """On SQLite the write transaction already is; on PostgreSQL an advisory lock until commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
