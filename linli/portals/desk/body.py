"""The work of a body (本机构办件) for whoever heads it: what waits for which step, and a case without its people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.base.errors import NotYours
from linli.cases.bodywork import (
    READ_BODY,
    Waiting,
    case_of_body,
    moments_of,
    open_of_body,
    unnamed,
    waiting_of_body,
)
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.portals.desk.hats import seated
from linli.portals.desk.lights import Light, lights_of
from linli.portals.desk.places import has
from linli.portals.desk.rows import stage_words
from linli.posts.actor import PostActor

WHO = {"body": gettext_lazy("The body"), "side": gettext_lazy("A side"), "clock": gettext_lazy("The clock")}


@dataclass(frozen=True)
class Step:
    """A line of the overview, and the address of the cases that it counts."""

    waiting: Waiting
    kind: str
    address: str
    chosen: bool


@require_safe
@seated
def body_work(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Counts by the step that comes next, the cases behind one of them, or one case without its people."""
    if not has(by, READ_BODY):
        raise NotYours
    if number := request.GET.get("case", ""):
        return _read(request, case_of_body(by, number))
    chosen = request.GET.get("step", "")
    steps = [_step(each, chosen) for each in waiting_of_body(by)]
    kept = next((each.waiting for each in steps if each.chosen), None)
    cases = open_of_body(by, kept.kind, kept.stage) if kept else []
    context = {
        "steps": steps,
        "body": by.post.organisation,
        "whole": sum(each.waiting.count for each in steps),
        "late": sum(each.waiting.late for each in steps),
        "chosen": kept,
        "rows": _rows(cases),
        "more": kept.count - len(cases) if kept else 0,
    }
    return render(request, "desk/body.html", context)


def _step(waiting: Waiting, chosen: str) -> Step:
    name = f"{waiting.kind}.{waiting.stage}"
    address = f"{reverse('desk:body_work')}?{urlencode({'step': name})}#cases"
    return Step(waiting, str(kind_of(waiting.kind).procedure.label), address, name == chosen)


def _rows(cases: list[Case]) -> list[tuple[Case, Light, str]]:
    lights, address = lights_of(cases), reverse("desk:body_work")
    return [(each, lights[each.pk], f"{address}?{urlencode({'case': each.number})}") for each in cases]


def _read(request: HttpRequest, case: Case) -> HttpResponse:
    context: dict[str, Any] = {
        "case": case,
        "kind": kind_of(case.kind).procedure.label,
        "stage": stage_words(case),
        "told": unnamed(case),
        "moments": [(each, WHO[each.who]) for each in moments_of(case)],
    }
    return render(request, "desk/body_case.html", context)
