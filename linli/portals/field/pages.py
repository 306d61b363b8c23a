"""The pages that lead to work: what is to be done, what can be entered, the map of one's grid, what is not sent yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.cases import lists
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Case
from linli.cases.offering import offered_to
from linli.cases.walking import Turn
from linli.portals.field.forms import POINT, label_of
from linli.portals.field.seating import seated
from linli.posts.actor import PostActor
from linli.residents.models import How
from linli.residents.purposes import WORK
from linli.residents.showing import reading_as
from linli.web.map import Pin
from linli.web.templatetags.places import map_around


@require_safe
@seated
def to_do(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What the post has to do, the most pressing first."""
    page = lists.to_do(by, turn=Turn(request.GET.get("after", "")))
    reading_as(WORK, How.LIST)
    rows = [(task.case, kind_of(task.case.kind).procedure.label, label_of(task.case)) for task in page.rows]
    return render(request, "field/to_do.html", {"rows": rows, "page": page})


@require_safe
@seated
def new(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Choose what to enter, typed or from a chat; where there is one way only, there is nothing to choose."""
    offer = offered_to(by)
    if offer.only:
        return redirect("field:report", offer.only.name)
    return render(request, "field/new.html", {"offer": offer})


@require_safe
@seated
def grid(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The map of the post's own area, with what it has to do as far as it has a point."""
    pins = list(_pins([task.case for task in lists.to_do(by).rows]))
    shown = map_around(by.post.division, pins, title=_("My grid"))
    return render(request, "field/grid.html", {"map": shown, "area": by.post.division})


def _pins(cases: Sequence[Case]) -> Iterator[Pin]:
    """Numbers and stages only: what people wrote is read on the page of the case."""
    points = {key: point for kind in all_kinds() for key, *point in _points(kind.name, cases)}
    for case in cases:
        longitude, latitude = points.get(case.pk, (None, None))
        if longitude is not None and latitude is not None:
            address = reverse("field:case", args=[case.number])
            yield Pin(longitude, latitude, f"{case.number} {label_of(case)}", address)


def _points(kind: str, cases: Sequence[Case]) -> list[tuple[object, float | None, float | None]]:
    model = kind_of(kind).model
    own = [case.pk for case in cases if case.kind == kind]
    if not own or not {field.name for field in model._meta.concrete_fields}.issuperset(POINT):
        return []
    return list(model._default_manager.filter(pk__in=own).values_list("pk", *POINT))


@require_safe
@seated
def outbox(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What lies on this device and is not sent yet; the script fills it."""
    del by
    return render(request, "field/outbox.html")
