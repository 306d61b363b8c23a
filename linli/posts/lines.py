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


def _bodies(seats: list[Seat]) -> dict[int, int]:
    posts = Post.objects.filter(pk__in=[seat.post for seat in seats])
    return dict(posts.values_list("pk", "organisation_id"))
