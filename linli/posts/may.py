"""may(): actor x power x place, decided from an in-process table; deny by default.

Outside one's area a thing looks as if it did not exist (404), inside it may be refused (403).
"""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _

from linli.base.errors import NotFound, NotYours
from linli.divisions.codes import Level
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Holding
from linli.posts.powers import kinds_with

# From this level up a post watches over places that deal with their cases themselves: its area gives it figures, and
# of the cases those that are its level's part (docs/adr/0034). A county and what is below work on the cases.
WATCHING = Level.CITY


class Decision(StrEnum):
    """The answer and, for a no, its reason."""

    ALLOWED = "allowed"
    LACKING = "lacking"
    OUTSIDE = "outside"
    ENDED = "ended"


def covers(actor: PostActor, code: int) -> bool:
    """Whether a place (17-digit code) lies in the area of the actor's post."""
    low, high = actor.area
    return low <= code < high


def watches(actor: PostActor) -> bool:
    """Whether a post sits so high that its area gives it figures, and single cases only where its level has part."""
    return actor.post.division.level <= WATCHING


def may(by: Actor, power: str, *, within: int) -> Decision:
    """Decide by the post-rule table alone; parties and tasks are decided by the layer that knows cases."""
    if not isinstance(by, PostActor) or not covers(by, within):
        return Decision.OUTSIDE
    return Decision.ALLOWED if by.post.kind in kinds_with(power) else Decision.LACKING


def require(by: Actor, power: str, *, within: int) -> None:
    """Raise the refusal that belongs to may()'s answer; a post that has ended has no powers at all."""
    if isinstance(by, PostActor):
        require_holding(by)
    require_power(by, power, within=within)


def require_power(by: Actor, power: str, *, within: int) -> None:
    """The same without asking the database; for who has asked once, for many, whether the appointment holds."""
    decision = may(by, power, within=within)
    if decision is Decision.OUTSIDE:
        raise NotFound
    if decision is Decision.LACKING:
        raise NotYours


def require_holding(by: PostActor) -> None:
    """Raise the refusal of an appointment that has ended."""
    if not still_holds(by):
        raise NotYours(_("This appointment has ended. Please choose another post or sign in again."))


def still_holds(by: PostActor) -> bool:
    """Ask the database, not a cache: an appointment that ended a second ago is over."""
    return Holding.objects.current().filter(pk=by.holding.pk).exists()
