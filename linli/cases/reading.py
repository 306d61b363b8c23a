"""One case by its number, for a post that may see it. To everybody else it does not exist."""

from __future__ import annotations

from uuid import UUID

from linli.base.errors import NotFound
from linli.base.text import half_width
from linli.cases.models import Case, Task
from linli.posts.actor import PostActor
from linli.posts.may import Decision, may


def case_for(by: PostActor, number: str) -> Case:
    """The case with this number, if it lies in the area of the actor's post or the post has a task in it."""
    found = (
        Case.everywhere.select_related("division", "reporter")
        .filter(number=half_width(number).strip())
        .first()
    )
    if found is None:
        raise NotFound
    if may(by, "cases.list", within=found.code_now) is Decision.ALLOWED:
        return found
    if Task.objects.filter(case=found, post=by.post, closed_at=None).exists():
        return found
    raise NotFound


def seen_again(case: UUID) -> Case:
    """A case an actor has just acted on, as the step has left it."""
    return Case.everywhere.select_related("division", "reporter").get(pk=case)
