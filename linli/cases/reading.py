"""One case and what is open in it. To whoever may not see it, it does not exist."""

from __future__ import annotations

from linli.base.errors import NotFound
from linli.base.text import half_width
from linli.cases.models import Case, Copy, Task
from linli.posts.actor import PostActor
from linli.posts.may import Decision, may


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
    """The case with this number, if it lies in the area of the actor's post or the post has a task in it."""
    found = numbered(number)
    if found is None:
        raise NotFound
    require_sight(found, by=by)
    return found


def require_sight(case: Case, *, by: PostActor) -> None:
    """Raise NotFound unless the case lies in the area of the actor's post has a task in it or was told of it."""
    if may(by, "cases.list", within=case.code_now) is Decision.ALLOWED:
        return
    mine = Task.objects.filter(case=case, post=by.post, closed_at=None).values("pk")
    told = Copy.objects.filter(case=case, post=by.post).values("pk")
    if not mine.union(told, all=True).exists():
        raise NotFound
