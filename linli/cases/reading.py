"""One case and what is open in it. To whoever may not see it, it does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from linli.base.errors import NotFound, NotYours
from linli.base.text import half_width
from linli.cases.models import Case, Task
from linli.cases.sight import Sight, in_sight, sees, sight_of
from linli.posts.actor import PostActor
from linli.posts.may import covers


def open_tasks(case: Case) -> list[Task]:
    """What is to be done in a case now, whoever has to do it."""
    return list(Task.objects.filter(case=case, closed_at=None))


def numbered(number: str) -> Case | None:
    """The case with a number as somebody typed it; whether the asker may see it is asked next."""
    cases = (
        Case.everywhere.with_place()
        .select_related("division__parent", "reporter", "category", "lead")
        .defer("division__parent__outline")
    )
    return cases.filter(number=half_width(number).strip()).first()


def case_for(by: PostActor, number: str) -> Case:
    """The case with this number, if the actor's post sees it."""
    found = numbered(number)
    if found is None:
        raise NotFound
    require_sight(found, by=by)
    return found


def numbers_of(keys: Iterable[UUID], *, by: PostActor) -> dict[UUID, str]:
    """The numbers of those of these cases that the actor's area gives sight of (one statement)."""
    rows = in_sight(by, Case.everywhere.filter(pk__in=list(keys))).values_list("pk", "number", "code_now")
    return {key: number for key, number, code in rows if covers(by, code)}


def require_sight(case: Case, *, by: PostActor) -> None:
    """Raise NotFound unless the actor's post sees the case."""
    if not sees(case, by=by):
        raise NotFound


def require_whole(case: Case, *, by: PostActor) -> None:
    """Raise NotFound as above, and NotYours for a post that sees no more of the case than the reporter does."""
    seen = sight_of(case, by=by)
    if seen is Sight.NOTHING:
        raise NotFound
    if seen is not Sight.WHOLE:
        raise NotYours(_("Your post was asked or told in this case; it does not work on it."))
