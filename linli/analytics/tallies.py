"""Adding to the rollups what cases add, and taking out what they added before, set-wise."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db.models import TextField
from django.db.models.functions import Cast

from linli.analytics.models import Share as Stored
from linli.analytics.models import Tally
from linli.analytics.shares import Cell, Changes, Share, note, summed_up
from linli.base.rows import any_of, put_values, values_from
from linli.base.stored import Key, as_stored, moment_of

CHUNK = 1000
Each = TypeVar("Each")


@dataclass(frozen=True)
class Prepared:
    """What is to be written: rows of cases and of rollups as the database takes them, and the keys of those that go."""

    shares: list[list[Any]]
    left_out: Sequence[Key]
    tallies: list[list[Any]]
    empty: Sequence[str]

    def write(self) -> None:
        """Write it, inside the caller's transaction."""
        put_values(Stored, self.shares, "adds", "turns_at")
        if self.left_out:
            Stored.objects.filter(pk__in=any_of(self.left_out)).delete()
        put_values(Tally, self.tallies, "counts")
        if self.empty:
            Tally.objects.filter(pk__in=any_of(self.empty, texts=True)).delete()


def put(keys: Sequence[Key], shares: Mapping[Key, Share]) -> None:
    """Let the rollups hold these shares of the cases with these keys, whatever they held of them before.

    Inside the caller's transaction: what is subtracted is what stands there.
    """
    prepared(keys, shares).write()


def prepared(keys: Sequence[Key], shares: Mapping[Key, Share]) -> Prepared:
    """The same, read and added up but not written yet: it holds only as long as nobody else has written in between."""
    rows = Stored.objects.filter(pk__in=any_of(keys))
    found = rows.values_list(as_stored("pk"), "adds", as_stored("turns_at"))
    stored = {key: Share(adds, moment_of(turns_at) if turns_at else None) for key, adds, turns_at in found}
    changes: Changes = defaultdict(dict)
    for key in keys:
        before, after = _adds(stored.get(key)), _adds(shares.get(key))
        if before != after:
            note(changes, before, after)
    changed = [
        {"case": key, "adds": share.adds, "turns_at": share.turns_at}
        for key, share in shares.items()
        if stored.get(key) != share
    ]
    gone = [key for key in stored if key not in shares]
    return Prepared(values_from(Stored, {}, changed), gone, *_changed(summed_up(changes)))


def _adds(share: Share | None) -> str:
    return share.adds if share else ""


def _changed(changes: Changes) -> tuple[list[list[Any]], list[str]]:
    """The rows that change, added up, and the keys of those that come to nothing."""
    wanted = {_cell(cell): (cell, counts) for cell, counts in changes.items() if any(counts.values())}
    # As text: reading and writing what is in it is half of all the work here, and this is the short way.
    rows = Tally.objects.filter(pk__in=any_of(wanted, texts=True)).annotate(text=Cast("counts", TextField()))
    texts = dict(rows.values_list("cell", "text"))
    known = dict(zip(texts, json.loads(f"[{','.join(texts.values())}]"), strict=True))
    written: list[list[Any]] = []
    empty = []
    for key, (cell, counts) in wanted.items():
        before = known.get(key)
        summed = _sum(before, counts) if before else counts
        if summed:
            written.append([key, *cell, _text(summed)])
        else:
            empty.append(key)
    return written, empty


def _sum(before: dict[str, int], counts: Mapping[str, int]) -> dict[str, int]:
    """What stands there after adding; no zeros."""
    for name, by in counts.items():
        if number := before.get(name, 0) + by:
            before[name] = number
        else:
            before.pop(name, None)
    return before


def _text(counts: Mapping[str, int]) -> str:
    """As JSON, which plain names and numbers are but for the quotes; an encoder takes ten times as long to set up."""
    return repr(counts).replace("'", '"')


def _cell(cell: Cell) -> str:
    level, period, place, kind, body = cell
    return f"{level}.{period}.{place}.{kind}.{body}"


def chunks(keys: Iterable[Each]) -> Iterator[list[Each]]:
    """Keys in lists that one statement can name."""
    coming = iter(keys)
    while some := list(islice(coming, CHUNK)):
        yield some
