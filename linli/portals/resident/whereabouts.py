"""Who has a case now, until when, and what comes next, as one is told of a parcel: by posts, never by persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.story import Happening
from linli.portals.resident.progress import shown_stage
from linli.posts.models import Post


@dataclass(frozen=True)
class Carrier:
    """A post that has the case, its body, and the body's telephone."""

    title: str
    body: str
    telephone: str


@dataclass(frozen=True)
class Whereabouts:
    """`yours`: the next word is the reporter's. `carriers` is empty where no published step named a post."""

    carriers: Sequence[Carrier]
    until: datetime | None
    then: str
    yours: bool


def whereabouts(case: Case, story: Sequence[Happening], *, yours: bool) -> Whereabouts | None:
    """As far as the published steps tell it (one statement); None when the case has ended."""
    procedure = kind_of(case.kind).procedure
    stage = procedure.stages[shown_stage(case, list(story))]
    if stage.ends:
        return None
    asked = any(step.parties and step.leaves == {stage.name} for step in procedure.leaving(stage.name))
    carriers = [] if yours else _carriers(story)
    then = "" if yours and not asked else str(stage.then or "")  # a question is no part of the way
    return Whereabouts(carriers, case.due, then, yours)


def _carriers(story: Sequence[Happening]) -> list[Carrier]:
    """The posts that the last published step which handed the case on gave it to."""
    given = next((posts for each in reversed(story) if (posts := _given_to(each))), [])
    rows = {post.pk: post for post in Post.objects.filter(pk__in=given).select_related("organisation")}
    found = [rows[key] for key in given if key in rows]
    return [Carrier(post.title, post.organisation.name, post.organisation.telephone) for post in found]


def _given_to(each: Happening) -> list[int]:
    one = each.facts.get("next_post")
    return list(each.facts.get("next_posts") or ([one] if one else []))
