"""What a post read: for whoever sat on it, and for an inspector, whose look is written down too. Nobody is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.rows import insert_many
from linli.base.writing import writing
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.models import Account, Holding, Post
from linli.residents.looks import classes_words, how_words, purpose_words
from linli.residents.models import Access, Inspection

INSPECT = "looks.inspect"
ROWS = 500  # of which a page is made; a list of fifty people is one line of it


@dataclass(frozen=True)
class Read:
    """One reading: why, in which way, which kinds of data. `about` is the matter, if it showed only one person."""

    key: UUID
    at: datetime
    purpose: str
    how: str
    fields: str
    people: int
    about: UUID | None


@dataclass(frozen=True)
class Reads:
    """A page of them, the newest first; `older` is the key to go on from, None at the end."""

    lines: Sequence[Read]
    older: UUID | None = None


def own_reads(account: Account, *, before: UUID | None = None) -> Reads:
    """What somebody read, on whichever posts they sat."""
    held = list(Holding.objects.filter(account=account).values_list("pk", "post_id"))
    posts, holdings = {post for _key, post in held}, [key for key, _post in held]
    return _page(Access.objects.filter(post__in=posts, holding__in=holdings), before)


def inspections_of(account: Account) -> list[tuple[Inspection, Post]]:
    """Who looked at what the posts read that somebody held, while they held them."""
    held = Holding.objects.filter(account=account)
    since = {holding.post_id: holding.since for holding in held}
    found = Inspection.objects.filter(inspected__in=list(since)).order_by("-id")[:50]
    rows = [row for row in found if row.at >= since[row.inspected]]
    posts = Post.objects.select_related("organisation").in_bulk({row.post for row in rows})
    return [(row, posts[row.post]) for row in rows if row.post in posts]


def inspect(post: Post, reason: str, *, by: PostActor, before: UUID | None = None) -> Reads:
    """What a post read, for an inspector; that they looked is kept first, and whoever sits there can see it."""
    require(by, INSPECT, within=post.division.code)
    if not reason:
        raise Invalid(_("Say why you look at this; whoever sits on the post reads it."))
    with writing():
        insert_many([Inspection(at=timezone.now(), inspected=post.pk, reason=reason[:200], **_inspector(by))])
        return _page(Access.objects.filter(post=post.pk), before)


def _inspector(by: PostActor) -> dict[str, int]:
    return {"post": by.post.pk, "holding": by.holding.pk}


def _page(rows: QuerySet[Access], before: UUID | None) -> Reads:
    if before:
        last = Access.objects.filter(pk=before).values_list("trace", flat=True).first()
        rows = rows.filter(id__lt=before)
        rows = rows.exclude(trace=last) if last else rows
    found = list(rows.order_by("-id")[:ROWS])
    older = found[-1].pk if len(found) == ROWS else None
    return Reads(list(_lines(found)), older)


def _lines(rows: Iterable[Access]) -> Iterable[Read]:
    """Everybody a list showed is one line."""
    for _trace, those in groupby(rows, key=lambda row: row.trace or row.pk):
        together = list(those)
        first, classes = together[0], 0
        for row in together:
            classes |= row.classes
        yield Read(
            key=first.pk,
            at=first.at,
            purpose=purpose_words(first.activity),
            how=how_words(first.how),
            fields=classes_words(classes),
            people=first.count,
            about=first.about if first.count == 1 else None,
        )
