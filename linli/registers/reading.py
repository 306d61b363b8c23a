"""Bodies and mediators as lists and pages read them; mediators only as holders of their public office."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from linli.base.errors import NotFound
from linli.divisions.models import Division
from linli.posts.actor import PostActor
from linli.posts.may import covers
from linli.registers.models import Body, Mediator


def bodies_in(area: Division) -> QuerySet[Body]:
    """The bodies in force that serve an area or a part of it, place by place."""
    low, high = area.span
    rows = Body.objects.filter(
        until=None, organisation__division__code__gte=low, organisation__division__code__lt=high
    )
    return _along(rows)


def bodies_for(code: int) -> list[Body]:
    """The bodies whose area a place (17-digit code) lies in, the nearest first."""
    rows = _along(Body.objects.filter(until=None, organisation__division__code__lte=code))
    around = [row for row in rows if row.division.span[0] <= code < row.division.span[1]]
    return sorted(around, key=lambda row: row.division.span[1] - row.division.span[0])


def _along(rows: QuerySet[Body]) -> QuerySet[Body]:
    serving = mediators_serving().select_related("holding__account", "holding__post__division")
    return (
        rows.select_related("organisation__division", "unit")
        .prefetch_related(Prefetch("mediators", queryset=serving, to_attr="serving"))
        .order_by("organisation__division__code", "organisation__division__level", "pk")
    )


def mediators_serving() -> QuerySet[Mediator]:
    """Those whose term and appointment run today."""
    now = timezone.now()
    rows = Mediator.objects.filter(until__gte=timezone.localdate())
    return rows.filter(Q(holding__until=None) | Q(holding__until__gt=now))


def body_for(key: int, *, by: PostActor) -> Body:
    """A body in the actor's area; NotFound for any other."""
    found = _along(Body.objects.filter(pk=key)).first()
    if found is None or not covers(by, found.division.code):
        raise NotFound
    return found


def mediator_for(key: int, *, by: PostActor) -> Mediator:
    """A mediator in the actor's area, or the actor's own office; NotFound for any other."""
    rows = Mediator.objects.select_related(
        "holding__account", "holding__post__division", "body__organisation__division"
    )
    found = rows.filter(pk=key).first()
    own = found is not None and found.holding_id == by.holding.pk
    if found is None or not (own or covers(by, found.holding.post.division.code)):
        raise NotFound
    return found
