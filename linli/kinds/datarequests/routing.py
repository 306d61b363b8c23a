"""Who answers a request about people's data: somebody outside the line of the post that looked.

Where nobody is, it is not taken in, and the person is told where to turn.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.base.errors import Invalid, Unavailable
from linli.divisions.models import Division
from linli.posts.lines import first_of, outside, outsiders
from linli.posts.lookup import around, sitters_of, widest
from linli.posts.models import Post, PostKind


def route(about: Post | None, code: int, *, apart: frozenset[int] = frozenset()) -> Post:
    """The post that answers; `apart`: posts that stepped aside. Invalid where nobody may."""
    found = first_of([seat for seat in outsiders(about, code) if seat.post not in apart])
    if found is None:
        raise Invalid(
            _(
                "Nobody in this place may answer this request, so nothing was kept. Please turn to the cyberspace "
                "administration (网信部门) or the petition office of the level above."
            )
        )
    return found


def upper(
    about: Post | None, code: int, handler: Post, *, apart: frozenset[int] = frozenset()
) -> Post | None:
    """Who reviews what a post answered: another one of its level or above, held by somebody else; None if nobody is."""
    decided, (low, high) = sitters_of([handler.pk]), handler.division.span
    others = [seat for seat in outsiders(about, code) if seat.post not in apart | {handler.pk}]
    fitting = [seat for seat in others if seat.size >= high - low and seat.sitters - decided]
    heads = {seat.post for seat in around(PostKind.HEAD, (code, code + 1))}
    return first_of(sorted(fitting, key=lambda seat: seat.post not in heads))


def caller(about: Post | None, code: int) -> Post | None:
    """The call-taker who may ask the requester whether the answer is accepted."""
    seats = outside(around(PostKind.CALL_TAKER, (code, code + 1)), about)
    return first_of([seat for seat in seats if seat.sitters])


def home() -> Division:
    """The widest area of an inspector, failing that of an administrator or clerk: data is kept for the whole place."""
    found = widest(PostKind.INSPECTOR, PostKind.ADMINISTRATOR, PostKind.CLERK)
    if found is None:
        raise Unavailable(_("This place is not set up yet: nobody can take a request. Please call instead."))
    return found
