"""Pairs of records that may be of one person: noted when somebody is registered, and found by a job."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q

from linli.base.errors import NotFound
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import covers, require
from linli.residents.models import Pair, Person
from linli.residents.openings import proposes
from linli.residents.own_activities import DOUBLES as DOUBLES_OF

DOUBLES = "residents.doubles"
BATCH = 50


def note_pair(one: Person, other: Person, index: str) -> bool:
    """Note that two records may be of one person; a pair that was decided stays decided."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    _pair, new = Pair.objects.get_or_create(first=first, second=second, defaults={"by": index})
    return new


@proposes(DOUBLES_OF, closed=int)
def find_pairs() -> int:
    """Note pairs that share a document or a likeness within a village; a batch of the worker loop. Returns how many.

    A shared telephone alone is no sign: families share one.
    """
    return sum(_pairs_by(index) for index in ("document", "likeness"))


def _pairs_by(index: str) -> int:
    column = f"{index}_index"
    alive = Person.objects.filter(merged_into=None, erased_at=None).exclude(**{column: ""})
    doubled = alive.values(column).annotate(count=Count("id")).filter(count__gt=1).order_by()
    found = 0
    for shared in doubled.values_list(column, flat=True).iterator():
        people = list(alive.filter(**{column: shared}).order_by("id")[:BATCH])
        found += _note_all(people, index)
        if found >= BATCH:
            break
    return found


def _note_all(people: list[Person], index: str) -> int:
    first, *others = people
    known = Pair.objects.filter(first=first, second__in=others).values_list("second", flat=True)
    fresh = [other for other in others if other.pk not in set(known)]
    if not fresh:
        return 0
    with writing():
        return sum(note_pair(first, other, index) for other in fresh)


def open_pairs(by: PostActor) -> list[Pair]:
    """The pairs that wait in a post's own area, the oldest first: keys only, and only some; shown one at a time."""
    require(by, DOUBLES, within=by.post.division.code)
    low, high = by.post.division.span
    mine = {"first__division__code__gte": low, "first__division__code__lt": high}
    mine |= {"second__division__code__gte": low, "second__division__code__lt": high}
    alive = Q(
        first__merged_into=None, second__merged_into=None, first__erased_at=None, second__erased_at=None
    )
    rows = Pair.objects.filter(alive, state=Pair.State.OPEN, **mine).order_by("found_at", "id")
    return list(rows.select_related("first__division", "second__division")[:BATCH])


def pair_of(key: UUID, *, by: PostActor) -> Pair:
    """An open pair whose two records both lie in the post's area."""
    require(by, DOUBLES, within=by.post.division.code)
    pair = Pair.objects.select_related("first__division", "second__division").filter(pk=key).first()
    if pair is None or not all(covers(by, each.division.code) for each in (pair.first, pair.second)):
        raise NotFound
    return pair


def keep_apart(pair: Pair, *, by: PostActor) -> None:
    """Two people: keep both, and do not propose this pair again. Also when a merge is contested."""
    require(by, DOUBLES, within=pair.first.division.code)
    with writing():
        Pair.objects.filter(pk=pair.pk).exclude(state=Pair.State.MERGED).update(state=Pair.State.APART)
        facts = {"other": pair.second_id}
        record(Line("residents.apart", by.by(), pair.first.division.code, pair.first_id, facts=facts))
