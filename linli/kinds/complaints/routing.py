"""Who deals with a complaint about a post, and who never does.

Kept from it: the post itself, and its direct superior (直接上级): the heads of its own body around it; where the body
has none, the heads of the smallest area around it.

It goes to the first of these who is allowed:
1. an inspector whose area the place lies in, the smallest area first;
2. a head around the place whose area is larger than that of the post: a head of an upper level;
3. an administrator of the place, the widest area first.
Allowed is who is neither kept from it, nor of the body of the post (an administrator, the last to ask, may be), and on
whose post somebody else sits than on those it is kept from. A vacant post comes only after all that are filled.
If there is nobody, the complaint is not taken in and the person is told where to turn: what nobody sees would be lost.

The upper level that reviews a decision is chosen in the same way, and has a larger area than whoever decided, or the
same and is a head; an administrator reviews nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.base.errors import Invalid, Unavailable
from linli.cases.placing import unplaced
from linli.divisions.models import Division
from linli.kinds.complaints.models import Way
from linli.posts.actor import Actor, PostActor
from linli.posts.lines import line_of, outside
from linli.posts.lookup import Seat, around, sitters_of, widest
from linli.posts.models import Post, PostKind


@dataclass(frozen=True)
class Route:
    """The post that gets a complaint, and why that one."""

    post: int
    way: Way


def kept_from(about: Post | None) -> frozenset[int]:
    """The posts that may not know of a complaint about a post until it is heard."""
    return line_of(about)


def route(about: Post | None, code: int, *, apart: frozenset[int] = frozenset()) -> Route:
    """Who deals with a complaint at a place (17-digit code); `apart`: posts that stepped aside. Invalid: nobody may."""
    found = _first(_candidates(about, code, apart))
    if found is None:
        raise Invalid(
            _(
                "Nobody in this place may look into a complaint about this post, so nothing was kept. "
                "Please turn to the petition office of the level above."
            )
        )
    return found


def upper(
    about: Post | None, code: int, handler: Post, *, apart: frozenset[int] = frozenset()
) -> Route | None:
    """The upper level that reviews what a post decided; None where this place has none."""
    low, high = handler.division.span
    wider = [
        (seat, way)
        for seat, way in _candidates(about, code, apart | {handler.pk})
        if way is not Way.ADMINISTRATOR
        and (seat.size > high - low or (way is Way.HEAD and seat.size == high - low))
    ]
    decided = sitters_of([handler.pk])
    return _first([(seat, way) for seat, way in wider if not seat.sitters or seat.sitters - decided])


def may_handle(post: Post, about: Post, code: int) -> bool:
    """Whether a post may deal with a complaint about another one."""
    return any(seat.post == post.pk for seat, _way in _candidates(about, code, frozenset()))


def caller(about: Post | None, code: int) -> int | None:
    """The call-taker who may ask the complainant whether the decision is accepted; None where none may."""
    seats = around(PostKind.CALL_TAKER, (code, code + 1))
    return next((seat.post for seat in outside(seats, about) if seat.sitters), None)


def place_of(about: Post | None, by: Actor | None) -> Division:
    """Where a complaint lies whose place nobody named: with the post it is about, where that is in the taker's area."""
    if about and (not isinstance(by, PostActor) or by.post.division.contains(about.division)):
        return about.division
    return unplaced(by, home())


def home() -> Division:
    """The widest area of an inspector, failing that of an administrator or clerk: for a complaint without a place."""
    found = widest(PostKind.INSPECTOR, PostKind.ADMINISTRATOR, PostKind.CLERK)
    if found is None:
        raise Unavailable(
            _("This place is not set up yet: nobody can take a complaint. Please call instead.")
        )
    return found


def _candidates(about: Post | None, code: int, apart: frozenset[int]) -> list[tuple[Seat, Way]]:
    """Everybody who may deal with it, in order."""
    place = (code, code + 1)
    low, high = about.division.span if about else (0, 0)
    heads = [seat for seat in around(PostKind.HEAD, place) if seat.size > high - low]
    admins = sorted(around(PostKind.ADMINISTRATOR, place), key=lambda seat: -seat.size)
    found = [
        *((seat, Way.INSPECTOR) for seat in outside(around(PostKind.INSPECTOR, place), about)),
        *((seat, Way.HEAD) for seat in outside(heads, about)),
        *((seat, Way.ADMINISTRATOR) for seat in outside(admins, about, own_body=True)),
    ]
    return [(seat, way) for seat, way in found if seat.post not in apart]


def _first(found: list[tuple[Seat, Way]]) -> Route | None:
    filled = [each for each in found if each[0].sitters]
    return next((Route(seat.post, way) for seat, way in filled or found), None)
