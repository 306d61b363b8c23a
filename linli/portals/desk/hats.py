"""The desk's seat: gives its pages the actor, and its frame who sits there."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from linli.portals.desk.places import Desk
from linli.posts.actor import PostActor
from linli.web.seats import (
    HAT,
    Given,
    Hatless,
    Opened,
    Seated,
    actor_of,
    hats_of,
    seated_at,
    signed_in_at,
    take_off,
    wear,
)

__all__ = ["HAT", "Given", "Hatless", "Opened", "Seated", "actor_of", "hats_of", "take_off", "wear"]
DOOR = "desk/base.html"


def signed_in(page: Opened[Given]) -> Opened[Given]:
    """For pages that need an account but no hat; what must be done at the first sign-in is done first."""
    return signed_in_at(DOOR, page)


def seated(page: Seated[Given]) -> Opened[Given]:
    """For pages of the desk: gives the view the actor, or sends the person to choose a hat, saying why."""
    return cast("Opened[Given]", seated_at(DOOR, _furnish)(page))


def _furnish(request: HttpRequest, by: PostActor, hats: int) -> None:
    here = request.resolver_match.url_name if request.resolver_match else ""
    request.desk = Desk(by, hats, here or "")  # type: ignore[attr-defined]
