"""The lists of the desk: always of a post or of its area, paged by key in both directions, never counted exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from linli.base.errors import NotFound
from linli.base.ids import EPOCH, MICROSECOND
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Case, CaseQuerySet, Copy, Task, areas_see
from linli.cases.narrowing import RESTING, Narrowing, State, narrowed_by, resting, worded
from linli.cases.search import area_tokens
from linli.cases.sight import raised_by, unless_kept
from linli.cases.walking import PAGE, Page, Sought, Turn, Walk, broken_key, pages
from linli.divisions.codes import span
from linli.posts.actor import PostActor
from linli.posts.may import covers, watches

MOST_COUNTED = 99
TASK_DEPTH = 3_000  # as walking.DEPTH; each task is looked at together with its case
FIRST, EVERYTHING = Turn(), Narrowing()
WIDEST_WALK = 10**11  # a county; what is larger is walked whole


@dataclass(frozen=True)
class _Order:
    """What rows that belong to a post are ordered by: a moment, then the key."""

    moment: str
    newest_first: bool = True


def to_do(by: PostActor, narrowing: Narrowing = EVERYTHING, turn: Turn = FIRST, *, most: int = PAGE) -> Page:
    """The open tasks of a post (待办), the most pressing first."""
    return _of_post(
        _tasks(by).filter(closed_at=None),
        _Order("pressing_at", newest_first=False),
        (narrowing, turn, most),
    )


def done(by: PostActor, narrowing: Narrowing = EVERYTHING, turn: Turn = FIRST, *, most: int = PAGE) -> Page:
    """The cases in which this post finished something (已办), each once, where it did so last, newest first."""
    return _of_post(_last_done(_tasks(by)), _Order("closed_at"), (narrowing, turn, most))


def copied(by: PostActor, narrowing: Narrowing = EVERYTHING, turn: Turn = FIRST, *, most: int = PAGE) -> Page:
    """The cases this post was told of (抄送), newest first."""
    copies = _copies(by).select_related("case__division").defer("case__division__outline")
    return _of_post(copies, _Order("at"), (narrowing, turn, most))


def raised(by: PostActor, narrowing: Narrowing = EVERYTHING, turn: Turn = FIRST, *, most: int = PAGE) -> Page:
    """The cases this post opened (我发起的), newest first, wherever they lie now."""
    walk = Walk(lambda cases, _values: raised_by(by, cases), [by.post.pk])
    return _of_cases({"raised": walk}, (narrowing, turn, most))


def in_area(
    by: PostActor, narrowing: Narrowing = EVERYTHING, turn: Turn = FIRST, *, most: int = PAGE
) -> Page:
    """The cases in the area of a post, or in a part of it, newest first."""
    own = by.post.division.trimmed
    place = narrowing.place or own
    low, high = span(place)
    if not (covers(by, low) and len(place) >= len(own)):
        raise NotFound
    narrowing = replace(narrowing, place=place)

    def down_the_place(cases: CaseQuerySet, _values: Sequence[Any]) -> CaseQuerySet:
        return cases.within((low, high)) if high - low <= WIDEST_WALK else cases

    return _of_cases({"place": Walk(down_the_place, [place])}, (narrowing, turn, most), by_area=by)


LISTS: Mapping[str, Callable[..., Page]] = {
    "to_do": to_do,
    "done": done,
    "raised": raised,
    "copied": copied,
    "area": in_area,
}


def around(
    name: str, by: PostActor, narrowing: Narrowing, key: str
) -> tuple[tuple[Case, str] | None, tuple[Case, str] | None]:
    """The cases before and after a place in a list, each with its own place, for going through it one by one."""
    before = LISTS[name](by, narrowing, Turn(key, back=True), most=1)
    after = LISTS[name](by, narrowing, Turn(key), most=1)
    return _only(before), _only(after)


def _only(page: Page) -> tuple[Case, str] | None:
    for row, key in zip(page.rows, page.keys, strict=True):
        return (row if isinstance(row, Case) else row.case), key
    return None


def counts(by: PostActor) -> dict[str, int]:
    """How many rows the lists of a post have, up to MOST_COUNTED + 1 (one statement, however long they are)."""
    of_post: dict[str, QuerySet[Any]] = {
        "to_do": _own_tasks(by).filter(closed_at=None),
        "done": _last_done(_own_tasks(by)),
        "raised": raised_by(by, Case.everywhere.all()),
        "copied": _copies(by),
    }
    asked = [rows.values("pk")[: MOST_COUNTED + 1].query.sql_with_params() for rows in of_post.values()]
    counted = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _values in asked)  # noqa: S608  our own SQL
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}", [each for _sql, values in asked for each in values])
        return dict(zip(of_post, cursor.fetchone(), strict=True))


def _tasks(by: PostActor) -> QuerySet[Task]:
    return _own_tasks(by).select_related("case__division").defer("case__division__outline")


def _own_tasks(by: PostActor) -> QuerySet[Task]:
    return unless_kept(Task.objects.filter(post=by.post), by)


def _last_done(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Those of a post's finished tasks after which it finished none in the same case."""
    later = Q(closed_at__gt=OuterRef("closed_at")) | Q(closed_at=OuterRef("closed_at"), id__gt=OuterRef("id"))
    same = Task.objects.filter(later, case=OuterRef("case"), post=OuterRef("post"))
    return tasks.filter(~Exists(same), closed_at__isnull=False)


def _copies(by: PostActor) -> QuerySet[Copy]:
    return unless_kept(Copy.objects.filter(post=by.post), by)


def _of_cases(
    walks: dict[str, Walk], asked: tuple[Narrowing, Turn, int], *, by_area: PostActor | None = None
) -> Page:
    narrowing, turn, most = asked
    if narrowing.hopeless:
        return Page([])
    area = span(narrowing.place) if narrowing.place else None
    tests = narrowing.tests(timezone.now())
    in_place = 2 if area else 0  # the two ends of the area's codes
    all_of_it = by_area is not None and not watches(by_area)  # but for kinds that area gives no sight of
    alone = all_of_it and all(areas_see(kind.name) for kind in all_kinds())
    plain = alone and len(walks) == 1 and not narrowing.tokens and len(tests) == in_place
    sought = Sought(
        walks={**walks, **_walks(narrowing)},
        tests=tests,
        tokens=narrowing.tokens,
        area_tokens=area_tokens(area) if area else [],
        oldest=narrowing.oldest(),
        newest=narrowing.newest(),
        plain=plain or (not narrowing and "raised" in walks),
        covered=len(tests) == in_place and all_of_it,
        by_area=by_area,
    )
    return pages(sought, turn, most)


def _walks(narrowing: Narrowing) -> dict[str, Walk]:
    """The indexes that could serve a narrowing, besides the place's."""
    found = {}
    if narrowing.kind:
        kind = narrowing.kind
        stages = [narrowing.stage] if narrowing.stage else list(kind_of(kind).procedure.stages)
        found["stage"] = Walk(lambda cases, values: cases.filter(kind=kind, stage__in=values), stages)
    if narrowing.categories:
        found["category"] = Walk(
            lambda cases, values: cases.filter(category__in=values), narrowing.categories
        )
    if narrowing.leads:
        found["lead"] = Walk(lambda cases, values: cases.filter(lead__in=values), narrowing.leads)
    if narrowing.state in RESTING:
        found["resting"] = Walk(
            lambda cases, values: cases.filter(pk__in=resting(values[0])), [narrowing.state]
        )
    elif narrowing.state and narrowing.state != State.FINISHED:
        found["open"] = Walk(lambda cases, _values: cases.filter(closed_at__isnull=True), [True])
    return found


def _of_post(rows: QuerySet[Any], order: _Order, asked: tuple[Narrowing, Turn, int]) -> Page:
    """A page of rows that belong to a post: an index range in its order, and conditions on each row's case."""
    narrowing, turn, most = asked
    if narrowing.hopeless:
        return Page([])
    rows = _after(rows, order, turn.key, back=turn.back) if turn.key else rows
    down = order.newest_first != turn.back
    rows = rows.order_by(*(f"{'-' if down else ''}{each}" for each in (order.moment, "id")))
    edge = ""
    if narrowing:
        last = rows.values_list(order.moment, "id")[TASK_DEPTH - 1 : TASK_DEPTH]
        edge = next((_key(*each) for each in last), "")
        rows = _until(rows, order, edge, back=turn.back) if edge else rows
        rows = worded(
            narrowed_by(rows, narrowing.tests(timezone.now()), "case__"), narrowing.tokens, "case__"
        )
    found = list(rows[: most + 1])
    shown = found[:most]
    keys = [_key(getattr(row, order.moment), row.pk) for row in shown]
    onwards = keys[-1] if len(found) > most else edge
    backwards = keys[0] if keys and turn.key else ""
    if turn.back:
        return Page(shown[::-1], keys[::-1], backwards or turn.key, onwards)
    looked_to = _moment_of(edge) if edge and len(found) <= most else None
    return Page(shown, keys, onwards, backwards, looked_to)


def _after(rows: QuerySet[Any], order: _Order, key: str, *, back: bool) -> QuerySet[Any]:
    """The rows after a key in the order of the list; one range of the index."""
    moment, last = _read_key(key)
    sign = "lt" if order.newest_first != back else "gt"
    beyond = Q(**{f"{order.moment}__{sign}": moment}) | Q(**{f"id__{sign}": last})
    return rows.filter(Q(**{f"{order.moment}__{sign}e": moment}) & beyond)


def _until(rows: QuerySet[Any], order: _Order, key: str, *, back: bool) -> QuerySet[Any]:
    """The rows up to a key in the order of the list, the key's own included."""
    moment, last = _read_key(key)
    sign = "gt" if order.newest_first != back else "lt"
    within = Q(**{f"{order.moment}__{sign}": moment}) | Q(**{f"id__{sign}e": last})
    return rows.filter(Q(**{f"{order.moment}__{sign}e": moment}) & within)


def _key(moment: Any, key: UUID) -> str:
    return f"{(moment - EPOCH) // MICROSECOND}-{key.hex}"


def _moment_of(key: str) -> Any:
    return _read_key(key)[0]


def _read_key(key: str) -> tuple[Any, UUID]:
    microseconds, _dash, last = key.partition("-")
    if not (microseconds.isascii() and microseconds.isdigit() and len(microseconds) < 18):
        raise broken_key()
    try:
        return EPOCH + timedelta(microseconds=int(microseconds)), UUID(last)
    except (ValueError, OverflowError) as trouble:
        raise broken_key() from trouble
