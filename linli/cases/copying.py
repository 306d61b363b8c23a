"""Telling other posts of a case (抄送), and remembering which words were searched for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from linli.base.rows import insert_many
from linli.base.writing import writing
from linli.cases.models import Case, Copy
from linli.cases.reading import require_whole
from linli.cases.sight import refuse_if_kept
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.models import Post

COPY, SEARCH = "cases.copy", "cases.search"


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    register(COPY, label=lambda: gettext("Copied to another post"), redaction=Redaction.ERASE)
    register(SEARCH, label=lambda: gettext("Search by words"), redaction=Redaction.ERASE)


def copy_to(case: Case, posts: Sequence[Post], *, by: PostActor, note: str = "") -> list[Post]:
    """Let other posts read a case, without a task for them; return those that did not have it yet."""
    require(by, "cases.list", within=by.post.division.code)
    require_whole(case, by=by)
    with writing():
        Case.everywhere.select_for_update().get(pk=case.pk)  # two who tell the same post take turns
        refuse_if_kept(case, [post.pk for post in posts])
        known = set(Copy.objects.filter(case=case, post__in=posts).values_list("post", flat=True))
        fresh = [post for post in posts if post.pk not in known]
        if fresh:
            now = timezone.now()
            Copy.objects.bulk_create(Copy(case=case, post=post, at=now) for post in fresh)
            facts = {"posts": [post.pk for post in fresh]}
            record(Line(COPY, by.by(), case.code_now, case.pk, facts=facts, words={"note": note}))
    return fresh


def tell(case: Case, posts: Sequence[Post], *, by: PostActor, at: datetime | None = None) -> None:
    """Let posts know of a case because a step demands it, in its transaction; whatever the actor sees of the case."""
    with writing():
        at = at or timezone.now()
        insert_many([Copy(case=case, post=post, at=at) for post in posts])
        if posts:
            facts = {"posts": [post.pk for post in posts]}
            record(Line(COPY, by.by(), case.code_now, case.pk, at, facts))


def log_search(words: str, listed: str, *, by: PostActor) -> None:
    """Remember who searched for which words: they may be about people (design, doors closed by design)."""
    with writing():
        record(
            Line(SEARCH, by.by(), by.post.division.code, facts={"list": listed}, words={"words": words[:100]})
        )
