"""Cases that are the same: the later ones follow an original and end with it; a chain never becomes a circle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.cases.books import in_hand
from linli.cases.models import Case, Task, areas_see
from linli.cases.procedure import HELPS
from linli.posts.models import Post

DUPLICATE = "duplicate_of"
BECAME = "became"


def follow(case: Case, original: Case, at: datetime) -> Case:
    """Let a case follow another one of its kind, inside the step's transaction; return the case at the chain's end.

    Raises Conflict where the original had ended by then, is the case itself, or follows it already.
    """
    merge_one_at_a_time()
    first = original_of(original)
    if first.pk == case.pk:
        raise Conflict(
            _("%(number)s follows this case already; a case cannot follow itself.")
            % {"number": original.number}
        )
    if first.kind != case.kind or (first.closed_at is not None and first.closed_at <= at):
        raise Conflict(
            _("%(number)s is closed or of another kind. Choose one that is being dealt with.")
            % {"number": first.number}
        )
    relate_to(case, first, DUPLICATE)
    return first


def unfollow(case: Case) -> None:
    """Let a case go its own way again."""
    in_hand().unlink(case, DUPLICATE)


def original_of(case: Case) -> Case:
    """The case at the end of the chain of duplicates; the case itself when it follows none."""
    seen = {case.pk}
    while following := in_hand().linked(case, DUPLICATE):
        if following.pk in seen:  # cannot be made here; a circle from elsewhere must not hang anybody
            break
        case = following
        seen.add(case.pk)
    return case


def followers_of(case: Case) -> list[Case]:
    """The cases that follow one, and those that follow them."""
    found = [case]
    for each in found:
        found += Case.everywhere.filter(links__target=each, links__relation=DUPLICATE).exclude(pk=each.pk)
    return found[1:]


def read_along(cases: Iterable[Case], post: Post, at: datetime) -> None:
    """Let whoever carries the original read the cases that follow it: what stands there belongs to its file.

    A task that is over at once, inside the step's transaction; nothing is to be done there.
    """
    once = {
        "post": post,
        "role": HELPS,
        "mandatory": False,
        "opened_at": at,
        "pressing_at": at,
        "closed_at": at,
    }
    Task.objects.bulk_create([Task(case=each, stage=each.stage, **once) for each in cases])


def read_along_no_more(cases: Iterable[Case]) -> None:
    """These cases follow nothing any more: whoever only read along has nothing to do with them."""
    rows = Task.objects.filter(case__in=list(cases), role=HELPS, opened_at=F("closed_at"))
    rows.delete()


def relate_to(case: Case, other: Case, relation: str) -> None:
    """Link a case with another one; the same link twice is one.

    Raises Conflict where one of them is seen by its tasks only: its number would stand in the other one's story.
    """
    if other.kind != case.kind and not (areas_see(case.kind) and areas_see(other.kind)):
        raise Conflict(
            _("One of these cases is seen only by those who work on it, so they cannot be linked.")
        )
    in_hand().link(case, other, relation)


def still_open(original: Case) -> Case | None:
    """The case at the end of a chain, locked so that it cannot close before this transaction ends; None once it has.

    Whoever merges took its turn before, so nobody who waits for that turn holds the row.
    """
    first = original_of(original)
    return Case.everywhere.select_for_update().filter(pk=first.pk, closed_at=None).first()


def merge_one_at_a_time() -> None:
    """Two who merge in opposite directions must not make a circle: each takes its turn, before any other lock."""
    in_hand().take_turns(DUPLICATE)
