"""The line of a post: whom it answers to, and who stands outside it and so may look into what it did."""

from __future__ import annotations

from collections.abc import Iterator

from linli.posts.lookup import Seat, around, sitters_of
from linli.posts.models import Post, PostKind


def superiors(about: Post) -> frozenset[int]:
    """The posts a post answers to directly."""
    heads = [seat for seat in around(PostKind.HEAD, about.division.span) if seat.post != about.pk]
    bodies = _bodies(heads)
    own = {seat.post for seat in heads if bodies[seat.post] == about.organisation_id}
    return frozenset(own or {seat.post for seat in heads if seat.size == heads[0].size})


def line_of(about: Post | None) -> frozenset[int]:
    """A post and its direct superiors: those from whom it is kept that somebody asks about the post."""
    return superiors(about) | {about.pk} if about else frozenset()


def outside(seats: list[Seat], about: Post | None, *, own_body: bool = False) -> Iterator[Seat]:
    """The seats outside the line of a post, by post and by person, and outside its body unless `own_body`."""
    kept = line_of(about)
    bodies, people = _bodies(seats), sitters_of(kept)
    for seat in seats:
        if seat.post in kept or (seat.sitters and not seat.sitters - people):
            continue
        if own_body or about is None or bodies[seat.post] != about.organisation_id:
            yield seat


def outsiders(about: Post | None, code: int) -> list[Seat]:
    """Who may look into what a post did with people's data at a place (17-digit code), in order.

    An inspector around the place (the internal auditor), an administrator, the widest area first, a head of a larger
    area.
    """
    place = (code, code + 1)
    low, high = about.division.span if about else (0, 0)
    heads = [seat for seat in around(PostKind.HEAD, place) if seat.size > high - low]
    admins = outside(around(PostKind.ADMINISTRATOR, place), about, own_body=True)
    return [
        *outside(around(PostKind.INSPECTOR, place), about),
        *sorted(admins, key=lambda seat: -seat.size),
        *sorted(outside(heads, about), key=lambda seat: -seat.size),
    ]


def first_of(seats: list[Seat]) -> Post | None:
    """The first post that somebody holds; a vacant one only where none is held."""
    filled = [seat for seat in seats if seat.sitters]
    return next((Post.objects.get(pk=seat.post) for seat in filled or seats), None)


def _bodies(seats: list[Seat]) -> dict[int, int]:
    posts = Post.objects.filter(pk__in=[seat.post for seat in seats])
    return dict(posts.values_list("pk", "organisation_id"))
