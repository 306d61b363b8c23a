"""Finding the post that serves a place: the nearest one of a kind, going up the tree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linli.base.generations import Cached
from linli.divisions.models import Division
from linli.posts.models import Holding, Organisation, Post, PostKind

FEWEST_HOLDERS = 3  # a body with fewer is pooled with others wherever something is counted


@dataclass(frozen=True)
class Seat:
    """A post as the look-up needs it: its area as a code range, and who sits on it (account ids)."""

    post: int
    low: int
    high: int
    sitters: frozenset[int]

    def __contains__(self, code: int) -> bool:
        return self.low <= code < self.high

    @property
    def size(self) -> int:
        """How large the area is; only to compare."""
        return self.high - self.low


def nearest(kind: str, code: int, *, apart: frozenset[int] = frozenset(), filled: bool = False) -> int | None:
    """The id of the post of `kind` with the smallest area around `code`.

    A post held by somebody not in `apart` (account ids: separation of duties) comes first, going up as far as
    needed; failing that a vacant one (not if it must be `filled`), so that nothing falls to the ground; None if there
    is no such post.
    """
    vacant = None
    for seat in _seats(kind):  # the smallest areas first
        if seat.low <= code < seat.high:
            if seat.sitters - apart:
                return seat.post
            if vacant is None and not (seat.sitters or filled):
                vacant = seat.post
    return vacant


def nearest_each(kinds: Sequence[str], codes: Iterable[int], *, widest: int) -> dict[int, int]:
    """For many places at once: the held post with the smallest area around each, no larger than `widest` codes.

    Of two equal areas the kind that is named first wins. A place that nobody serves is left out. No statement.
    """
    places = sorted(codes)
    held = [
        (seat, rank)
        for rank, kind in enumerate(kinds)
        for seat in _seats(kind)
        if seat.sitters and seat.size <= widest
    ]
    found: dict[int, int] = {}
    for seat, _rank in sorted(held, key=lambda each: (-each[0].size, -each[1])):
        inside = places[bisect_left(places, seat.low) : bisect_left(places, seat.high)]
        found.update(dict.fromkeys(inside, seat.post))
    return found


def serving(kinds: Iterable[str], code: int) -> list[int]:
    """The ids of all posts of these kinds whose area a place lies in, the smallest areas first."""
    return [seat.post for kind in kinds for seat in _seats(kind) if code in seat]


def meeting(span: tuple[int, int], *, parts: bool) -> list[int]:
    """The ids of all posts in force whose area holds a span; with `parts` also those of areas inside it."""
    low, high = span
    seats = [seat for kind in PostKind.values for seat in _seats(kind)]
    return [
        seat.post
        for seat in seats
        if (seat.low <= low and high <= seat.high) or (parts and low <= seat.low and seat.high <= high)
    ]


def sitters_of(posts: Iterable[int]) -> frozenset[int]:
    """The account ids of those who hold any of these posts now."""
    held = Holding.objects.current().filter(post__in=list(posts))
    return frozenset(held.values_list("account_id", flat=True))


def seat_of(kind: str, post: int) -> Seat | None:
    """The seat of one post of a kind, if it is in force."""
    return next((seat for seat in _seats(kind) if seat.post == post), None)


def _read_seats(kind: str) -> list[Seat]:
    sitters: dict[int, set[int]] = {}
    for post, account in (
        Holding.objects.current().filter(post__kind=kind).values_list("post_id", "account_id")
    ):
        sitters.setdefault(post, set()).add(account)
    seats = [
        Seat(post.pk, *post.division.span, frozenset(sitters.get(post.pk, ())))
        for post in Post.objects.filter(kind=kind, until=None).select_related("division").order_by("pk")
    ]
    return sorted(seats, key=lambda seat: seat.size)


def _read_mailed() -> frozenset[int]:
    return frozenset(Holding.objects.current().exclude(account__email="").values_list("post_id", flat=True))


@dataclass(frozen=True)
class Body:
    """An organisation: its area as a code range, its posts, past ones too, and how many people hold one now."""

    organisation: int
    called: str
    low: int
    high: int
    posts: tuple[int, ...]
    holders: int


def _read_bodies() -> dict[int, Body]:
    posts: dict[int, list[int]] = {}
    holders: dict[int, set[int]] = {}
    for organisation, account in Holding.objects.current().values_list("post__organisation", "account"):
        holders.setdefault(organisation, set()).add(account)
    for organisation, post in Post.objects.order_by("pk").values_list("organisation_id", "pk"):
        posts.setdefault(organisation, []).append(post)
    bodies = Organisation.objects.filter(pk__in=posts).select_related("division").defer("division__outline")
    return {
        each.pk: Body(
            each.pk, each.name, *each.division.span, tuple(posts[each.pk]), len(holders.get(each.pk, ()))
        )
        for each in bodies.order_by("division__code", "name")
    }


def body_of(organisation: int) -> Body | None:
    """One organisation with its posts."""
    return _bodies().get(organisation)


def bodies_for(span: tuple[int, int]) -> list[Body]:
    """The organisations that could deal with something in an area: those inside it, and those it lies in."""
    low, high = span
    return [body for body in _bodies().values() if body.low < high and low < body.high]


def _read_posts_at(division: int) -> frozenset[int]:
    return frozenset(Post.objects.filter(division=division).values_list("pk", flat=True))


def _read_widest(kind: str) -> list[Division]:
    posts = Post.objects.filter(kind=kind, until=None).select_related("division").order_by("pk")
    return sorted((post.division for post in posts), key=lambda area: area.span[0] - area.span[1])[:1]


def widest(*kinds: str) -> Division | None:
    """The widest area that a post of the first of these kinds serves of which there is a post in force."""
    return next((area for kind in kinds for area in _widest(kind)), None)


def posts_at(division: int) -> frozenset[int]:
    """The ids of all posts whose area is exactly this division (by its key), past ones too."""
    return _posts_at(division)


_posts_at: Cached[frozenset[int]] = Cached("posts", _read_posts_at)
_bodies: Cached[dict[int, Body]] = Cached("posts", _read_bodies)
_seats: Cached[list[Seat]] = Cached("posts", _read_seats)
_widest: Cached[list[Division]] = Cached("posts", _read_widest)
_mailed: Cached[frozenset[int]] = Cached("posts", _read_mailed)


def wants_mail(post: int) -> bool:
    """Whether somebody on this post gave an e-mail address to be told of new tasks."""
    return post in _mailed()


def titles_of(posts: Iterable[int]) -> list[str]:
    """The titles of posts, for a sentence."""
    return list(Post.objects.filter(pk__in=posts).order_by("pk").values_list("title", flat=True))


def superior(kind: str, span: tuple[int, int], *, apart: frozenset[int] = frozenset()) -> Post | None:
    """The post of `kind` one level up: with the smallest area that holds a whole span and is larger than it."""
    above = _above(kind, span)
    served = [seat for seat in above if seat.sitters - apart]
    return _post(next(iter(served or above), None))


def has_superior(kind: str, span: tuple[int, int]) -> bool:
    """Whether there is such a post (no statement)."""
    return bool(_above(kind, span))


def _above(kind: str, span: tuple[int, int]) -> list[Seat]:
    return [seat for seat in around(kind, span) if seat.size > span[1] - span[0]]


def inferior(kind: str, code: int, span: tuple[int, int]) -> tuple[Post | None, bool]:
    """The post of `kind` one level down from a span towards a place, and whether it is the lowest there is."""
    below = [seat for seat in around(kind, (code, code + 1)) if seat.size < span[1] - span[0]]
    size = max((seat.size for seat in below if seat.sitters), default=max((s.size for s in below), default=0))
    found = sorted((seat for seat in below if seat.size == size), key=lambda seat: not seat.sitters)
    return _post(next(iter(found), None)), all(seat.size >= size for seat in below)


def topmost(kind: str, code: int) -> Post | None:
    """The post of `kind` with the largest area around a place (17-digit code)."""
    return _post(next(reversed(around(kind, (code, code + 1))), None))


def around(kind: str, span: tuple[int, int]) -> list[Seat]:
    """The seats of a kind whose area holds a whole span, the smallest area first."""
    return [seat for seat in _seats(kind) if seat.low <= span[0] and span[1] <= seat.high]


def _post(seat: Seat | None) -> Post | None:
    return Post.objects.get(pk=seat.post) if seat else None
