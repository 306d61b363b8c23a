"""Two records of one person become one, and two again if that was wrong: nothing of either is lost on the way.

The second record is kept as it was and points to the first. Only links from cases move, and fields that were empty in
the first are filled; a merge notes both, so that taking it back leaves everything as it would be without it.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, NotFound
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import covers, require
from linli.residents.models import Involvement, Merge, Pair, Person
from linli.residents.people.fields import put, rule_of
from linli.residents.people.indexes import household_of, indexes_of
from linli.residents.people.pairs import DOUBLES
from linli.residents.people.reading import opened, texts_of

FILLED = ("phone", "document", "birth", "language")


def merge(pair: Pair, keep: Person, *, by: PostActor) -> Merge:
    """Make one record of a pair, kept under `keep` (合并). Raises Conflict when either has changed hands meanwhile."""
    with writing():
        people = {each.pk: each for each in _locked(pair)}
        for each in people.values():
            require(by, DOUBLES, within=each.division.code)
        now = Pair.objects.select_for_update().get(pk=pair.pk)
        if now.state != Pair.State.OPEN or any(
            each.merged_into_id or each.erased_at for each in people.values()
        ):
            raise Conflict(_("Somebody has decided about these records meanwhile."))
        kept = people.pop(keep.pk)
        (taken,) = people.values()
        moved = list(Involvement.objects.filter(person=taken).values_list("pk", flat=True))
        Involvement.objects.filter(pk__in=moved).update(person=kept)
        filled = _fill(kept, taken)
        Person.objects.filter(pk=taken.pk).update(merged_into=kept)
        Pair.objects.filter(pk=pair.pk).update(state=Pair.State.MERGED)
        done = Merge.objects.create(
            pair=pair, kept=kept, taken=taken, moved=[str(each) for each in moved], filled=filled
        )
        facts = {"taken": taken.pk, "merge": done.pk, "moved": len(moved), "filled": filled}
        record(Line("residents.merge", by.by(), kept.division.code, kept.pk, facts=facts))
    return done


def undo_merge(merge: Merge, *, by: PostActor, contested: bool = False) -> None:
    """Make two records of one again (撤销合并): links go back, filled fields are emptied unless changed since.

    A contested merge keeps both for good: the pair is not proposed again.
    """
    with writing():
        now = Merge.objects.select_for_update().get(pk=merge.pk)
        people = {each.pk: each for each in _locked(now.pair)}
        kept, taken = people[now.kept_id], people[now.taken_id]
        for each in (kept, taken):
            require(by, DOUBLES, within=each.division.code)
        if now.undone_at or taken.merged_into_id != kept.pk:
            raise Conflict(_("This merge has been undone already."))
        if kept.merged_into_id:
            raise Conflict(_("The record was merged once more since. Undo that merge first."))
        Involvement.objects.filter(pk__in=now.moved, person=kept).update(person=taken)
        _empty(kept, taken, now.filled)
        Person.objects.filter(pk=taken.pk).update(merged_into=None)
        state = Pair.State.APART if contested else Pair.State.OPEN
        Pair.objects.filter(pk=now.pair_id).update(state=state)
        Merge.objects.filter(pk=now.pk).update(undone_at=timezone.now())
        facts = {"taken": taken.pk, "merge": now.pk, "contested": contested}
        record(Line("residents.undo_merge", by.by(), kept.division.code, kept.pk, facts=facts))


def merge_of(key: UUID, *, by: PostActor) -> Merge:
    """A merge of two records of the post's area."""
    require(by, DOUBLES, within=by.post.division.code)
    rows = Merge.objects.select_related("kept__division", "taken__division", "pair")
    found = rows.filter(pk=key).first()
    if found is None or not all(covers(by, each.division.code) for each in (found.kept, found.taken)):
        raise NotFound
    return found


def merges_in(by: PostActor) -> list[Merge]:
    """The latest merges of a post's area that can be undone: when, nothing of whom."""
    require(by, DOUBLES, within=by.post.division.code)
    low, high = by.post.division.span
    here = {"kept__division__code__gte": low, "kept__division__code__lt": high}
    return list(Merge.objects.filter(undone_at=None, **here).order_by("-at", "-id")[:20])


def _locked(pair: Pair) -> list[Person]:
    """Both records, locked in the order of their keys, so that two merges cannot wait for each other."""
    rows = Person.objects.select_for_update().order_by("pk")
    return list(rows.filter(pk__in=[pair.first_id, pair.second_id]))


def _fill(kept: Person, taken: Person) -> list[str]:
    empty = [name for name in FILLED if _can_fill(kept, taken, name)]
    put(kept, kept.division, **{name: opened(taken, name) for name in empty})
    return _saved(kept, empty)


def _can_fill(kept: Person, taken: Person, name: str) -> bool:
    held = [getattr(each, f"{name}_sealed") for each in (kept, taken)]
    return not held[0] and bool(held[1]) and rule_of(name, kept.division).asked


def _empty(kept: Person, taken: Person, filled: list[str]) -> None:
    unchanged = [name for name in filled if opened(kept, name) == opened(taken, name)]
    put(kept, kept.division, **dict.fromkeys(unchanged, ""))
    _saved(kept, unchanged)


def _saved(kept: Person, names: list[str]) -> list[str]:
    if names:
        for name, value in indexes_of(texts_of(kept), kept.division, household_of(kept)).items():
            setattr(kept, name, value)
        kept.save()
    return names
