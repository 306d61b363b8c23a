"""Who reviews an emergency reading: a filled post of another line, never the reader on whatever post.

First an inspector around the place, the smallest area first; then a head around it whose area is not smaller than the
reader's. Neither belongs to the reader's body. One level up is whoever has a larger area than the one whose time has
passed, or the same and is a head where that one was none. Where there is nobody it is said so, to the person too.
"""

from __future__ import annotations

from collections.abc import Collection

from linli.posts.actor import PostActor
from linli.posts.lookup import Seat, around, sitters_of
from linli.posts.models import Post, PostKind


def reviewer(reader: Post, code: int, *, asked: Collection[int] = ()) -> Post | None:
    """The post that reviews what a post read at a place (17-digit code); `asked`: those whose time has passed."""
    low, high = reader.division.span
    place, before = (code, code + 1), list(Post.objects.filter(pk__in=asked).select_related("division"))
    heads = [seat for seat in around(PostKind.HEAD, place) if seat.size >= high - low]
    candidates = [(seat, False) for seat in around(PostKind.INSPECTOR, place)]
    candidates += [(seat, True) for seat in heads]
    own, readers = _bodies_and_posts(reader), sitters_of([reader.pk])
    for seat, is_head in candidates:
        others = seat.sitters - readers
        if others and seat.post not in own and _is_above(seat, is_head, before):
            return Post.objects.select_related("organisation").get(pk=seat.post)
    return None


def heads_of(reader: Post) -> list[Post]:
    """The heads that are told at once: the nearest around the reader's area, not the reader itself."""
    seats = [seat for seat in around(PostKind.HEAD, reader.division.span) if seat.post != reader.pk]
    nearest = [seat.post for seat in seats if seat.size == seats[0].size]
    return list(Post.objects.filter(pk__in=nearest).order_by("pk"))


def was_reader(by: PostActor, reader: Post) -> bool:
    """Whether the same person sits on the post that read."""
    return by.holding.account_id in sitters_of([reader.pk])


def _bodies_and_posts(reader: Post) -> frozenset[int]:
    return frozenset(Post.objects.filter(organisation=reader.organisation_id).values_list("pk", flat=True))


def _is_above(seat: Seat, is_head: bool, before: list[Post]) -> bool:  # noqa: FBT001
    for post in before:
        low, high = post.division.span
        higher = seat.size > high - low or (
            seat.size == high - low and is_head and post.kind != PostKind.HEAD
        )
        if seat.post == post.pk or not higher:
            return False
    return True
