"""How long each stage took (环节用时): of every stage that cases left in a period; each opens those cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.analytics.counting import page_seen
from linli.analytics.spans import cases_leaving, stays
from linli.base.errors import NotFound
from linli.cases.kinds import kind_of
from linli.cases.walking import PAGE, parsed_key
from linli.portals.desk.figures import Back, list_page, outside
from linli.portals.desk.figuring import FigureRow
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.tree import standing_at
from linli.residents.models import How
from linli.residents.purposes import FIGURES
from linli.residents.showing import reading_as


@dataclass(frozen=True)
class Said:
    """What a list is of, in words."""

    label: str
    meaning: str


@require_safe
@seated
def stage_times(request: HttpRequest, by: PostActor) -> HttpResponse:
    """For each stage: how many left it, how long they had stood there in the middle, and nine in ten."""
    node = standing_at(by, request.GET.get("place", ""))
    form = FigureRow(request.GET, node)
    context: dict[str, Any] = {"form": form, "node": node}
    if form.is_valid():
        chosen = urlencode(outside(form))
        found = [
            (stay, f"{reverse('desk:stage_list', args=[stay.kind.name, stay.stage.name])}?{chosen}")
            for stay in stays(form.question)
        ]
        context |= {"asked": form.question, "stays": found, "back": f"{reverse('desk:figures')}?{chosen}"}
    return render(request, "desk/stage_times.html", context, status=200 if form.is_valid() else 422)


@require_safe
@seated
def stage_list(request: HttpRequest, by: PostActor, kind: str, stage: str) -> HttpResponse:
    """The cases that left one stage in the period, newest first."""
    stages = kind_of(kind).procedure.stages
    if stage not in stages:
        raise NotFound
    reading_as(FIGURES, How.LIST)
    form = FigureRow(request.GET, standing_at(by, request.GET.get("place", "")))
    back = f"{reverse('desk:stage_times')}?{urlencode(outside(form))}"
    if not form.is_valid():
        return redirect(back)
    key = request.GET.get("after", "")
    left, after = cases_leaving(form.question, kind, stage), parsed_key(key) if key else None
    found = page_seen(left, after, by=by, most=PAGE)
    said = Said(
        _("Left “%(stage)s”") % {"stage": stages[stage].label},
        _(
            "Cases that left this stage in the period; those that came back to it can have left it more than once."
        ),
    )
    return list_page(request, form, said=said, found=found, back=Back(back, _("Time in each stage")))
