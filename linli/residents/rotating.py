"""Changing the data key: a new version, every sealed row anew in small batches, then the old version is destroyed.

Each batch is a transaction of its own and asks the rows themselves what is still to do, so whoever is killed goes on
where it stopped. While it lasts both versions open and both indexes are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone

from linli.base.errors import Conflict
from linli.base.generations import bump, refresh
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import Actor
from linli.residents.crypto import current_version
from linli.residents.keyring import FAMILY, LASTING, Ring, derived, first_secret, ring, wrap
from linli.residents.models import DataKey
from linli.residents.sealing import SealedTable, sealed_tables

BATCH = 50


def unfinished() -> bool:
    """Whether a change of keys was begun and not brought to its end."""
    return len(ring().living) > 1


def begin(secret: bytes, *, by: Actor) -> int:
    """Seal with a new key from now on; returns its version. Conflict while another change is under way."""
    refresh()
    with writing():
        if unfinished():
            raise Conflict
        before = ring()
        version = before.current + 1
        if not DataKey.objects.exists():
            _add("1", before.living[1])
            for name in LASTING:
                _add(name, derived(first_secret(), name))
        _add(str(version), secret)
        record(Line("residents.new_key", by.by(), 0, facts={"version": version}))
        bump(FAMILY)
    return version


def wrap_again() -> int:
    """Wrap every key of the ring with the present `LINLI_DATA_KEY`; returns how many, 0 when there is no ring yet."""
    refresh()
    held = ring() if DataKey.objects.exists() else Ring(1, {}, {})
    names = {str(version): secret for version, secret in held.living.items()} | dict(held.lasting)
    with writing():
        kept = DataKey.objects.filter(name__in=names)
        for row in kept:
            DataKey.objects.filter(pk=row.pk).update(wrapped=wrap(names[row.name], row.name))
        bump(FAMILY)
    return len(kept)


def _add(name: str, secret: bytes) -> None:
    DataKey.objects.create(name=name, wrapped=wrap(secret, name))


def count_old(table: SealedTable) -> int:
    """How many rows of a table still carry another key than the current one."""
    if table.versioned:
        return table.rows._default_manager.exclude(key_version=current_version()).count()
    return sum(table.is_old(row) for row in table.rows._default_manager.iterator())


def renew(table: SealedTable) -> Iterator[int]:
    """Seal a table's old rows anew, a batch at a time; gives how many each batch did."""
    after: Any = None
    while True:
        with writing():
            rows = _next_rows(table, after)
            old = [row for row in rows if table.is_old(row)]
            for row in old:
                table.rows._default_manager.filter(pk=row.pk).update(**table.renewed(row))
        if not rows:
            return
        after = rows[-1].pk
        yield len(old)


def _next_rows(table: SealedTable, after: Any) -> list[Any]:
    """The next batch in the order of keys, locked; of large tables only what is old."""
    rows = table.rows._default_manager.select_for_update().order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    if table.versioned:
        rows = rows.filter(~Q(key_version=current_version()))
    return list(rows[:BATCH])


def retire(*, by: Actor) -> list[int]:
    """Destroy every version but the current one, if no row carries it any more; returns what was retired.

    Conflict while a row does: whoever sealed it had read the key ring before the change began.
    """
    refresh()
    with writing():
        if any(count_old(table) for table in sealed_tables()):
            raise Conflict
        gone = sorted(version for version in ring().living if version != current_version())
        names = [str(version) for version in gone]
        DataKey.objects.filter(name__in=names).update(wrapped=b"", retired_at=timezone.now())
        record(Line("residents.retire_key", by.by(), 0, facts={"versions": gone}))
        bump(FAMILY)
    return gone
