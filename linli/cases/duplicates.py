"""Cases that are the same: the later ones follow an original and end with it; a chain never becomes a circle."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.cases.books import in_hand
from linli.cases.models import Case, areas_see

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
