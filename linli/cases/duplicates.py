"""Cases that are the same: the later ones follow an original and end with it; a chain never becomes a circle."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.cases.models import Case, Link, Mark, areas_see

DUPLICATE = "duplicate_of"
BECAME = "became"


def follow(case: Case, original: Case) -> Case:
    """Let a case follow another one of its kind, inside the step's transaction; return the case at the chain's end.

    Raises Conflict where the original has ended, is the case itself, or follows it already.
    """
    merge_one_at_a_time()
    first = original_of(original)
    if first.pk == case.pk:
        raise Conflict(
            _("%(number)s follows this case already; a case cannot follow itself.")
            % {"number": original.number}
        )
    if first.kind != case.kind or first.closed_at is not None:
        raise Conflict(
            _("%(number)s is closed or of another kind. Choose one that is being dealt with.")
            % {"number": first.number}
        )
    relate_to(case, first, DUPLICATE)
    return first


def unfollow(case: Case) -> None:
    """Let a case go its own way again."""
    Link.objects.filter(source=case, relation=DUPLICATE).delete()


def original_of(case: Case) -> Case:
    """The case at the end of the chain of duplicates; the case itself when it follows none."""
    seen = {case.pk}
    while link := Link.objects.filter(source=case, relation=DUPLICATE).select_related("target").first():
        if link.target_id in seen:  # cannot be made here; a circle from elsewhere must not hang anybody
            break
        case = link.target
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
    Link.objects.get_or_create(source=case, target=other, relation=relation)


def still_open(original: Case) -> Case | None:
    """The case at the end of a chain, locked so that it cannot close before this transaction ends; None once it has.

    Whoever merges took its turn before, so nobody who waits for that turn holds the row.
    """
    first = original_of(original)
    return Case.everywhere.select_for_update().filter(pk=first.pk, closed_at=None).first()


def merge_one_at_a_time() -> None:
    """Two who merge in opposite directions must not make a circle: each takes its turn, before any other lock."""
    Mark.objects.get_or_create(name=DUPLICATE)
    Mark.objects.select_for_update().get(name=DUPLICATE)
