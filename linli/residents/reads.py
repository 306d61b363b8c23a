"""What a post read: for whoever sat on it, and for an inspector, whose look is written down too. Nobody is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.ids import first_key
from linli.base.rows import insert_many
from linli.base.writing import writing
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.models import Account, Holding, Post
from linli.residents.looks import classes_words, how_words, purpose_words
from linli.residents.models import Access, Inspection

INSPECT = "looks.inspect"
ROWS = 500  # of which a page is made at most; a list of fifty people is one line of it
LINES = 50  # more than that nobody reads at once, and each takes its time to be written out
_TOLD = ("id", "at", "activity", "how", "classes", "count", "about", "trace")
_LEEWAY = timedelta(days=1)  # clocks of several machines differ


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
    return _page([_read_on(each) for each in Holding.objects.filter(account=account)], before)


def _read_on(holding: Holding) -> QuerySet[Access]:
    """What was read under an appointment: a stretch of the post's rows, however much others read there before."""
    rows = Access.objects.filter(post=holding.post_id, holding=holding.pk)
    rows = rows.filter(id__gte=first_key(holding.since - _LEEWAY))
    return rows.filter(id__lt=first_key(holding.until + _LEEWAY)) if holding.until else rows


def inspections_of(account: Account) -> list[tuple[Inspection, Post]]:
    """Who looked at what the posts read that somebody held, while they held them."""
    looked = Q(pk__in=[])
    for each in Holding.objects.filter(account=account):
        during = Q(at__gte=each.since, at__lt=each.until) if each.until else Q(at__gte=each.since)
        looked |= Q(inspected=each.post_id) & during
    rows = Inspection.objects.filter(looked).order_by("-id")[:50]
    posts = Post.objects.select_related("organisation").in_bulk({row.post for row in rows})
    return [(row, posts[row.post]) for row in rows if row.post in posts]


def inspect(post: Post, reason: str, *, by: PostActor, before: UUID | None = None) -> Reads:
    """What a post read, for an inspector; that they looked is kept first, and whoever sits there can see it."""
    require(by, INSPECT, within=post.division.code)
    if not reason:
        raise Invalid(_("Say why you look at this; whoever sits on the post reads it."))
    with writing():
        insert_many([Inspection(at=timezone.now(), inspected=post.pk, reason=reason[:200], **_inspector(by))])
    return _page([Access.objects.filter(post=post.pk)], before)


def _inspector(by: PostActor) -> dict[str, int]:
    return {"post": by.post.pk, "holding": by.holding.pk}


def _page(parts: Sequence[QuerySet[Access]], before: UUID | None) -> Reads:
    """Each part is walked on its own, the newest first: an index gives no order over several posts."""
    found = [row for part in parts for row in _older_than(before, part).only(*_TOLD).order_by("-id")[:ROWS]]
    found = sorted(found, key=lambda row: row.pk, reverse=True)[:ROWS]
    lines = [list(those) for _trace, those in groupby(found, key=lambda row: row.trace or row.pk)]
    shown = lines[:LINES]
    older = shown[-1][-1].pk if len(found) == ROWS or len(lines) > LINES else None
    return Reads([_line(those) for those in shown], older)


def _older_than(before: UUID | None, rows: QuerySet[Access]) -> QuerySet[Access]:
    """What comes after the page that ended there; the rest of a list that it cut is on that page already."""
    if before is None:
        return rows
    last = Access.objects.filter(pk=before).values_list("trace", flat=True).first()
    rows = rows.filter(id__lt=before)
    return rows.exclude(trace=last) if last else rows


def _line(together: Sequence[Access]) -> Read:
    """Everybody a list showed is one line."""
    first, classes = together[0], 0
    for row in together:
        classes |= row.classes
    return Read(
        key=first.pk,
        at=first.at,
        purpose=purpose_words(first.activity),
        how=how_words(first.how),
        fields=classes_words(classes),
        people=first.count,
        about=first.about if first.count == 1 else None,
    )
