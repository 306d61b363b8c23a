"""The one sequencer: after commit it gives every entry its place in a gap-free order.

Concurrent transactions commit out of the order of their ids, so whoever reads "everything since id X" misses
rows. Readers follow positions instead.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from linli.base.rows import insert_many
from linli.base.writing import writing
from linli.ledger.models import Position, Unplaced

BATCH = 500
_LOCK = 0x11A11  # any fixed number: the name of the sequencer's advisory lock


def sequence(limit: int = BATCH) -> int:
    """Place up to `limit` waiting entries, oldest recorded first; return how many were placed."""
    if not Unplaced.objects.exists():
        return 0
    with writing():
        _be_the_only_one()
        waiting = list(
            Unplaced.objects.order_by("entry__recorded_at", "entry_id").values_list("entry_id", flat=True)[
                :limit
            ]
        )
        last = Position.objects.aggregate(last=Max("number"))["last"] or 0
        insert_many([Position(number=last + place, entry_id=entry) for place, entry in enumerate(waiting, 1)])
        Unplaced.objects.filter(pk__in=waiting).delete()
    return len(waiting)


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
