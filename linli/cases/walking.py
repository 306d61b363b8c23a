"""Walking an index from a key, newest first, and looking at no more than a set number of rows for one page.

No list sorts an area or counts it. Which of the possible indexes is walked is asked of the data: the one whose next
DEPTH rows reach furthest back is the most selective from here on. docs/adr/0009 has the reasons and the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.ids import EPOCH
from linli.cases.models import Case, CaseQuerySet
from linli.cases.narrowing import Test, narrowed_by, worded
from linli.cases.search import found_rows, row_of
from linli.cases.sight import in_sight
from linli.posts.actor import PostActor

PAGE = 50
DEPTH = 10_000  # rows of an index that one page may look at
WORD_DEPTH = 3_000  # the same where the words found are looked at one by one
FEW = 3_000  # what PostgreSQL may fetch and sort at once
_MARGIN = 1000 << 11  # search rows of a millisecond; an import may have shifted those of one moment by less
_BEGINNING, _END = 0, 2**62


@dataclass(frozen=True)
class Turn:
    """Where a page begins: after the row with this key; `back` asks for the rows before it."""

    key: str = ""
    back: bool = False


@dataclass(frozen=True)
class Page:
    """Rows of a page with their keys, the keys of the pages around it, and how far it looked if not to the end."""

    rows: Sequence[Any]
    keys: Sequence[str] = ()
    next_key: str = ""
    previous_key: str = ""
    looked_to: datetime | None = None


@dataclass(frozen=True)
class Walk:
    """One index in the order of the cases' keys: `along` narrows cases to some of its values."""

    along: Callable[[CaseQuerySet, Sequence[Any]], CaseQuerySet]
    values: Sequence[Any]


@dataclass(frozen=True)
class Sought:
    """What a list asks for: the ways there are, the conditions on each row, the words, and the keys it lies between."""

    walks: Mapping[str, Walk]
    tests: Sequence[Test] = ()
    tokens: Sequence[str] = ()
    area_tokens: Sequence[str] = ()
    oldest: UUID | None = None
    newest: UUID | None = None
    plain: bool = False  # the first walk needs no further condition
    covered: bool = False  # the words' index knows all that is asked
    by_area: PostActor | None = None  # whose area it is: only cases that it gives sight of


@dataclass(frozen=True)
class _Reach:
    """How far a walk comes: the key it ends at (None: the end of all), and that as a search row.

    Where words are sought, the page ends at the search row, a little before the key: an import may have shifted it.
    """

    name: str
    edge: UUID | int | None
    row: int


def pages(sought: Sought, turn: Turn, most: int) -> Page:
    """One page of cases, newest first (two statements; one where a single index answers everything)."""
    sought = _between(sought, turn)
    reach = _Reach(next(iter(sought.walks)), None, 0) if sought.plain else _furthest(sought, turn, most)
    rows = _rows(sought, turn, reach)
    way = "" if turn.back else "-"
    order = "search_text__id" if sought.tokens else "pk"
    found = list(rows.order_by(f"{way}{order}")[: most + 1])
    return _page(found, sought, (turn, reach), most)


def _between(sought: Sought, turn: Turn) -> Sought:
    """Take the key of the turn into the bounds."""
    if not turn.key:
        return sought
    key = _bound_of(turn, words=bool(sought.tokens))
    if turn.back:
        return replace(sought, oldest=max(filter(None, (sought.oldest, key))))
    return replace(sought, newest=min(filter(None, (sought.newest, key))))


def _bound_of(turn: Turn, *, words: bool) -> UUID:
    key = parsed_row(turn.key) if words else parsed_key(turn.key)
    if isinstance(key, UUID):
        return UUID(int=key.int + 1) if turn.back else key
    moved = key - _MARGIN if turn.back else key + _MARGIN
    milliseconds = (moved >> 11) // 1000
    return UUID(int=max(0, milliseconds + (0 if turn.back else 1)) << 80)


def parsed_key(key: str) -> UUID:
    """A page key from an address; Invalid when it is none."""
    try:
        return UUID(key)
    except ValueError as trouble:
        raise broken_key() from trouble


def parsed_row(key: str) -> int:
    """A page key of a list found by words."""
    if not (key.isascii() and key.isdigit() and len(key) < 20):
        raise broken_key()
    return int(key)


def broken_key() -> Invalid:
    """The sentence for a page address that was cut off or made up."""
    return Invalid(_("This page link is broken. Please start from the first page."))


def _furthest(sought: Sought, turn: Turn, most: int) -> _Reach:
    """Ask all walks at once how far their next rows reach; the furthest is the most selective."""
    asked: list[tuple[str, str, Sequence[Any]]] = []
    for name, walk in sought.walks.items():
        depth = (WORD_DEPTH if sought.tokens else DEPTH) // len(walk.values)
        asked += [(name, *_edge_of(walk, value, (sought, turn), depth)) for value in walk.values]
    if sought.tokens:
        asked.append(("words", *_edge_of_words(sought, turn, most)))
    with connection.cursor() as cursor:
        statement = ", ".join(f"({sql})" for _name, sql, _values in asked)
        cursor.execute(f"SELECT {statement}", [each for _name, _sql, values in asked for each in values])
        edges = cursor.fetchone()
    reaches: dict[str, list[UUID | int | None]] = {}
    for (name, _sql, _values), edge in zip(asked, edges, strict=True):
        key = edge if name == "words" or edge is None else UUID(str(edge))
        reaches.setdefault(name, []).append(key)
    known = [_nearest(name, found, turn) for name, found in reaches.items()]
    if sought.tokens:
        known = [_with_margin(reach, turn) for reach in known]
    return (max if turn.back else min)(known, key=lambda reach: reach.row)


def _edge_of(walk: Walk, value: Any, asked: tuple[Sought, Turn], depth: int) -> tuple[str, tuple[Any, ...]]:
    sought, turn = asked
    rows = _bounded(walk.along(Case.everywhere.all(), [value]), sought)
    keys = rows.order_by("pk" if turn.back else "-pk").values("pk")[depth : depth + 1]
    sql, values = keys.query.sql_with_params()
    return sql, values


def _edge_of_words(sought: Sought, turn: Turn, most: int) -> tuple[str, tuple[Any, ...]]:
    sql, values = found_rows([*sought.tokens, *sought.area_tokens])
    if (
        connection.vendor == "postgresql"
    ):  # its index has no order: either all of them are few, or another walk
        far = _BEGINNING if turn.back else _END
        near = "NULL::bigint"
        counted = f"SELECT count(*) FROM ({sql} LIMIT {FEW + 1}) found"  # noqa: S608  no input in it
        return f"SELECT CASE WHEN ({counted}) > {FEW} THEN {far} ELSE {near} END", values
    depth = most + 1 if sought.covered and sought.area_tokens else WORD_DEPTH
    return f"{sql} {_row_bounds(sought, turn)} LIMIT 1 OFFSET {depth:d}", values


def _row_bounds(sought: Sought, turn: Turn) -> str:
    """The bounds as search rows, exactly at the turn's key and a little wide at the others."""
    low = row_of(sought.oldest) - _MARGIN if sought.oldest else _BEGINNING
    high = row_of(sought.newest) + _MARGIN if sought.newest else _END
    if turn.key and turn.back:
        low = parsed_row(turn.key) + 1
    elif turn.key:
        high = parsed_row(turn.key)
    return f"AND rowid >= {low:d} AND rowid < {high:d} ORDER BY rowid {'ASC' if turn.back else 'DESC'}"


def _nearest(name: str, edges: Sequence[UUID | int | None], turn: Turn) -> _Reach:
    """A walk over several ranges has looked at everything only as far as the shortest of them."""
    ended = [edge for edge in edges if edge is not None]
    if not ended:
        return _Reach(name, None, _END if turn.back else _BEGINNING)
    edge = (min if turn.back else max)(ended, key=_row_at)
    return _Reach(name, edge, _row_at(edge))


def _with_margin(reach: _Reach, turn: Turn) -> _Reach:
    """End at a search row that surely has all others of the walk on this side; useless if that is no way at all."""
    if not isinstance(reach.edge, UUID):
        return reach
    row = reach.row + (-_MARGIN if turn.back else _MARGIN)
    if turn.key and (row <= parsed_row(turn.key) if turn.back else row >= parsed_row(turn.key)):
        row = _BEGINNING if turn.back else _END
    return replace(reach, row=row)


def _row_at(edge: UUID | int) -> int:
    return edge if isinstance(edge, int) else row_of(edge)


def _bounded(rows: QuerySet[Case], sought: Sought) -> QuerySet[Case]:
    if sought.newest:
        rows = rows.filter(pk__lt=sought.newest)
    return rows.filter(pk__gte=sought.oldest) if sought.oldest else rows


def _rows(sought: Sought, turn: Turn, reach: _Reach) -> QuerySet[Case]:
    """The rows between the bounds and the edge, in which every condition holds."""
    cases = Case.everywhere.with_place()
    since = reach.edge if isinstance(reach.edge, UUID) and not turn.back else sought.oldest
    rows: Any = in_sight(sought.by_area, cases, since) if sought.by_area else cases
    if reach.name == "words":
        rows = rows.filter(search_text__id__in=RawSQL(*_found(sought, turn, reach)))  # noqa: S611  parameters only
    else:
        walk = sought.walks[reach.name]
        rows = worded(walk.along(rows, walk.values), sought.tokens)
        if isinstance(reach.edge, UUID):
            rows = rows.filter(pk__lte=reach.edge) if turn.back else rows.filter(pk__gte=reach.edge)
    if sought.tokens:
        rows = rows.annotate(search_row=F("search_text__id"))
        if turn.key:
            key = parsed_row(turn.key)
            rows = rows.filter(Q(search_row__gt=key) if turn.back else Q(search_row__lt=key))
        if isinstance(reach.edge, UUID):
            rows = rows.filter(Q(search_row__lte=reach.row) if turn.back else Q(search_row__gte=reach.row))
    rows = _bounded(rows, sought) if reach.name != "words" else rows
    return narrowed_by(rows, sought.tests) if not sought.plain else rows


def _found(sought: Sought, turn: Turn, reach: _Reach) -> tuple[str, tuple[Any, ...]]:
    sql, values = found_rows([*sought.tokens, *sought.area_tokens])
    if connection.vendor == "postgresql":
        return sql, values
    near = ""
    if isinstance(reach.edge, int):
        near = f"AND rowid {'<=' if turn.back else '>='} {reach.edge:d}"
    return f"SELECT id FROM ({sql} {near} {_row_bounds(sought, turn)})", values  # noqa: S608  numbers only


def _page(found: list[Any], sought: Sought, asked: tuple[Turn, _Reach], most: int) -> Page:
    turn, reach = asked
    rows, more = found[:most], len(found) > most
    edge = "" if more or reach.edge is None else str(reach.row if sought.tokens else reach.edge)
    onwards = _key_of_row(rows[-1], sought) if more else edge
    backwards = _key_of_row(rows[0], sought) if rows and turn.key else ""
    if turn.back:
        rows.reverse()
        onwards, backwards = backwards or turn.key, onwards
    keys = [_key_of_row(row, sought) for row in rows]
    looked_to = EPOCH + timedelta(microseconds=reach.row >> 11) if edge and not turn.back else None
    return Page(rows, keys, onwards, backwards, looked_to)


def _key_of_row(row: Any, sought: Sought) -> str:
    return str(row.search_row if sought.tokens else row.pk)
