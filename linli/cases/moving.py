"""A place moves to another one (区划调整): its cases, posts and open tasks go with it, in one transaction.

From that moment the old town sees and does nothing there any more; the new one does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from linli.base.generations import bump
from linli.base.writing import writing
from linli.cases.models import Case, Task, areas_see
from linli.cases.search import place_again
from linli.divisions.models import Division, Succession
from linli.divisions.successions import How, Successor, succeed
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record_many
from linli.posts.actor import Actor, PostActor
from linli.posts.lookup import nearest
from linli.posts.may import require
from linli.posts.models import Organisation, Post

BATCH = 500


def register_entries() -> None:
    """Make the entry's name known; called when the app starts."""
    register(
        "cases.move",
        label=lambda: gettext("Moved with its place to another area"),
        redaction=Redaction.NO_WORDS,
    )


def move(place: Division, new: Successor, *, on: date, how: How, by: Actor) -> Division:
    """Let a division follow another place's code, with everything that lies in it; all or nothing.

    The posts of the place go with it. Open tasks of posts whose area it leaves go to the nearest post of the same kind
    around its new place, where there is one; else they stay, so that nothing falls to the ground.
    """
    if isinstance(by, PostActor):
        require(by, "divisions.edit", within=place.code)
    with writing():
        successor = succeed(place, new, on=on, how=how, by=by.by())
        pairs = _pairs(place, successor)
        for old, now in pairs.items():
            Post.objects.filter(division=old, until=None).update(division=now)
            Organisation.objects.filter(division=old).update(division=now)
        bump("posts")
        codes = _codes(pairs)
        moved = list(Case.everywhere.filter(code_now__in=list(codes)).values_list("pk", "code_now", "kind"))
        for first in range(0, len(moved), BATCH):
            _carry_along(moved[first : first + BATCH], codes, by)
    return successor


def _pairs(place: Division, successor: Division) -> dict[int, int]:
    """Each closed row of the place and the row that follows it, by id."""
    low, high = place.span
    links = Succession.objects.filter(
        predecessor__code__gte=low, predecessor__code__lt=high, on=successor.origins.get(predecessor=place).on
    )
    return dict(links.values_list("predecessor", "successor"))


def _codes(pairs: Mapping[int, int]) -> dict[int, int]:
    rows = Division.objects.filter(pk__in={*pairs, *pairs.values()})
    known: dict[int, int] = dict(rows.values_list("pk", "code"))
    return {known[old]: known[new] for old, new in pairs.items()}


def _carry_along(moved: Sequence[tuple[UUID, int, str]], codes: Mapping[int, int], by: Actor) -> None:
    places = {key: codes[code] for key, code, _kind in moved}
    for old in {code for _key, code, _kind in moved}:
        keys = [key for key, code, _kind in moved if code == old]
        Case.everywhere.filter(pk__in=keys).update(code_now=codes[old])
    place_again({key: places[key] for key, _code, kind in moved if areas_see(kind)})
    handed = _hand_on({key: places[key] for key, _code, kind in moved if areas_see(kind)})
    lines = [
        Line(
            "cases.move",
            by.by(),
            places[key],
            key,
            facts={"next_posts": handed[key]} if key in handed else {},
        )
        for key in places
    ]
    record_many(lines)


def _hand_on(places: Mapping[UUID, int]) -> dict[UUID, list[int]]:
    """Give open tasks of posts that no longer serve the place to the nearest that do; which case got which posts."""
    handed: dict[UUID, list[int]] = {}
    tasks = Task.objects.filter(case__in=list(places), closed_at=None).select_related("post__division")
    for task in tasks.defer("post__division__outline"):
        low, high = task.post.division.span
        code = places[task.case_id]
        to = None if low <= code < high else nearest(task.post.kind, code)
        has: Any = to and Task.objects.filter(case=task.case_id, post=to, closed_at=None).exists()
        if to and not has:
            Task.objects.filter(pk=task.pk).update(post=to)
            Case.everywhere.filter(pk=task.case_id, lead=task.post).update(lead=to)
            handed.setdefault(task.case_id, []).append(to)
    return handed
