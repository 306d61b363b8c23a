"""Pages of the desk know who sits there: the hat that is worn, or they lead to where one is chosen."""

from __future__ import annotations

from django.http import HttpRequest

from linli.portals.desk.places import Desk
from linli.posts.actor import PostActor
from linli.residents.hats import Given, Opened, Seated, seat


def seated(page: Seated[Given]) -> Opened[Given]:
    """For pages of the desk: gives the view the actor, or sends the person to choose a hat, saying why."""
    return seat(page, _at_the_desk)


def _at_the_desk(request: HttpRequest, by: PostActor, hats: int) -> None:
    here = request.resolver_match.url_name if request.resolver_match else ""
    request.desk = Desk(by, hats, here or "")  # type: ignore[attr-defined]
