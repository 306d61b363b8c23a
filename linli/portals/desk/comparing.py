"""Two cases side by side: are they the same? Linking them is a step of the case like any other."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.errors import Conflict, NotFound
from linli.base.text import half_width
from linli.cases.alike import alike, apart, days_between, point_of
from linli.cases.catalogue import is_sensitive
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case
from linli.cases.reading import case_for
from linli.cases.sight import photos_of
from linli.cases.steps import steps_open_to
from linli.portals.desk.dossier import facts_of
from linli.portals.desk.hats import seated
from linli.portals.desk.lights import Light, lights_of
from linli.portals.desk.rows import stage_words
from linli.posts.actor import PostActor
from linli.residents.purposes import COMPARE
from linli.residents.showing import reading_as
from linli.web.parts import Row

STEP, FIELD = "link_duplicate", "original"


@dataclass(frozen=True)
class Side:
    """One of the two."""

    case: Case
    stage: str
    light: Light
    rows: list[Row]
    photos: list[Attachment]
    may_follow: bool


@require_safe
@seated
def similar(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """What may be the same, and comparing with any number."""
    case = case_for(by, number)
    reading_as(COMPARE)
    wanted = half_width(request.GET.get("other", "")).strip()
    trouble = ""
    if wanted:
        try:
            return redirect("desk:compare", number, case_for(by, wanted).number)
        except NotFound:
            trouble = _("There is no case with this number in your area.")
    sensitive = case.category is not None and is_sensitive(case.category)
    context = {
        "case": case,
        "found": alike(case, by=by),
        "sensitive": sensitive,
        "wanted": wanted,
        "trouble": trouble,
    }
    return render(request, "desk/similar.html", context, status=422 if trouble else 200)


@require_safe
@seated
def compare(request: HttpRequest, by: PostActor, number: str, other: str) -> HttpResponse:
    """Both, with what lies between them."""
    one, two = case_for(by, number), case_for(by, other)
    reading_as(COMPARE)
    if one.pk == two.pk:
        raise Conflict(_("These are the same number. Choose another case to compare with."))
    points = point_of(one), point_of(two)
    context = {
        "case": one,
        "sides": [_side(one, by), _side(two, by)],
        "metres": round(apart(points[0], points[1])) if points[0] and points[1] else None,
        "days": days_between(one, two),
        "same_category": one.category_id == two.category_id,
        "step": kind_of(one.kind).procedure.steps.get(STEP) if one.kind == two.kind else None,
        "field": FIELD,
    }
    return render(request, "desk/compare.html", context)


def _side(case: Case, by: PostActor) -> Side:
    return Side(
        case=case,
        stage=stage_words(case),
        light=lights_of([case])[case.pk],
        rows=[row for row in facts_of(case, by) if row.value],
        photos=list(photos_of(case, by=by)),
        may_follow=STEP in {step.name for step in steps_open_to(by, case)},
    )
