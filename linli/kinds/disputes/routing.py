"""Who deals with a dispute: the body that serves its place, the post that heads it, and the mediators that fit."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from linli.base.errors import Unavailable
from linli.cases.models import Case, Category
from linli.cases.parties import parties_of
from linli.divisions.models import Division
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.lookup import around, nearest, widest
from linli.posts.models import Post, PostKind
from linli.registers.models import Body, DisputeKind
from linli.registers.reading import bodies_for
from linli.registers.suggesting import LawfulWay, Offer, lawful_ways, offered
from linli.residents.purposes import TIES
from linli.residents.reading import read_many

COMPARING = SystemActor("ties")
# The classes of the justice system, and what skills and lawful ways go by.
ABOUT = {
    "D01": DisputeKind.FAMILY,
    "D02": DisputeKind.NEIGHBOURS,
    "D03": DisputeKind.LAND,
    "D04": DisputeKind.CONTRACT,
    "D05": DisputeKind.CONTRACT,
    "D06": DisputeKind.DAMAGE,
    "D07": DisputeKind.LAND,
    "D08": DisputeKind.OFFICIAL,
    "D09": DisputeKind.DAMAGE,
    "D10": DisputeKind.LABOUR,
    "D11": DisputeKind.CONSUMER,
    "D12": DisputeKind.MEDICAL,
    "D13": DisputeKind.TRAFFIC,
    "D14": DisputeKind.PROPERTY,
}


def about(category: Category | None) -> DisputeKind:
    """What the registers call this class of dispute."""
    return ABOUT.get(category.code, DisputeKind.OTHER) if category else DisputeKind.OTHER


def ways_of(case: Case) -> list[LawfulWay]:
    """The other lawful ways for a dispute at its place; they stand on every page of it."""
    return lawful_ways(about(case.category), case.code_now)


def mediators_for(case: Case, apart: Iterable[str] = (), without: Iterable[int] = ()) -> list[Offer]:
    """The mediators who can be offered, the best suited first, each with its reason; without those posts."""
    kept = set(without)
    found = offered(case.code_now, skills=[about(case.category)], apart=apart)
    return [each for each in found if each.mediator.holding.post_id not in kept]


def told_apart(case: Case) -> list[str]:
    """Names and numbers of the sides, to be compared with what mediators declared; nobody is shown them."""
    contacts = [case.reporter, *(each.contact for each in parties_of(case))]
    people = read_many([(each, case) for each in contacts if each], TIES, by=COMPARING)
    return [word for person in people for word in (person.name, person.phone) if word]


def first_post(by: Actor, place: Division, category: Category | None) -> Post:
    """Who looks at a new dispute first: the mediator who took it in, else the head of the nearest body that has one,
    else the mediator that fits best, else the nearest intake clerk. Unavailable where nobody is.
    """
    if isinstance(by, PostActor) and by.post.kind == PostKind.MEDIATOR:
        return by.post
    if head := chair(place.code):
        return head
    if found := offered(place.code, skills=[about(category)]):
        return found[0].mediator.holding.post
    if key := nearest(PostKind.CLERK, place.code):
        return Post.objects.get(pk=key)
    raise Unavailable(
        _("Nobody mediates here yet. Please call the township or sub-district judicial office instead.")
    )


def chair(code: int) -> Post | None:
    """The head of the nearest mediation body around a place (17-digit code) that has one."""
    bodies = bodies_for(code)
    heads = Post.objects.filter(
        kind=PostKind.HEAD, until=None, organisation__in=[each.organisation_id for each in bodies]
    )
    posts = {post.organisation_id: post for post in heads.select_related("division", "organisation")}
    found = (posts.get(each.organisation_id) for each in bodies)
    return next(filter(None, found), None)


def reviewer(code: int, apart: Iterable[int]) -> Post | None:
    """Who looks into a denied signature: the body's head, else the nearest head of the area; never who mediated."""
    kept = set(apart)
    head = chair(code)
    if head and head.pk not in kept:
        return head
    seats = [
        seat for seat in around(PostKind.HEAD, (code, code + 1)) if seat.post not in kept and seat.sitters
    ]
    return Post.objects.get(pk=seats[0].post) if seats else None


def home() -> Division:
    """The widest area that a mediation body serves, failing that a clerk: for disputes whose place nobody named."""
    bodies = Body.objects.filter(until=None).select_related("organisation__division")
    body = bodies.order_by("organisation__division__level", "organisation__division__code").first()
    found = body.division if body else widest(PostKind.CLERK)
    if found is None:
        raise Unavailable(
            _("Nobody mediates here yet. Please call the township or sub-district judicial office instead.")
        )
    return found
