"""What a device takes along for a day without signal: the post's to-do, what is needed to act on it, and the forms.

Whoever wrote something is told that it was handed to the device (docs/adr/0026): a case that the device holds already,
in the same version, is not handed out again, and so is not read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone

from linli.base.errors import Invalid
from linli.cases import lists
from linli.cases.models import Case
from linli.cases.offering import kinds_to_open
from linli.portals.field.acting import as_shown
from linli.portals.field.forms import opening_of, steps_for
from linli.portals.field.seating import by_device, tag_of
from linli.posts.actor import PostActor
from linli.residents.models import How
from linli.residents.purposes import WORK
from linli.residents.showing import reading_as
from linli.web.templatetags.places import map_around

MOST = 50  # cases that a device holds; the rest is work for a place with signal
BATCH = 10  # handed out in one answer
_LONGEST = 4_000  # characters of what the device says it holds


@by_device("GET", per_minute=60)
def hello(request: HttpRequest, by: PostActor) -> JsonResponse:
    """Who is signed in, what time it is here, and the token with which the device may send."""
    return JsonResponse(
        {
            "who": tag_of(by),
            "post": by.post.title,
            "now": _millis(timezone.now()),
            "token": get_token(request),
        }
    )


@by_device("GET", per_minute=60)
def day(request: HttpRequest, by: PostActor) -> JsonResponse:
    """The most pressing cases in their order; in full those that the device does not hold yet, a batch at a time."""
    held = _held(request.GET.get("held", ""))
    cases = [task.case for task in lists.to_do(by, most=MOST).rows]
    fresh = [case for case in cases if held.get(case.number) != case.version]
    handed = {case.pk for case in fresh[:BATCH]}
    shown = [
        _in_full(case, by) if case.pk in handed else _in_brief(case)
        for case in cases
        if case.pk in handed or case not in fresh
    ]
    reading_as(WORK, How.DEVICE)
    return JsonResponse({"cases": shown, "more": len(fresh) > BATCH})


def _held(given: str) -> Mapping[str, int]:
    """What the device holds, as `number:version` with commas between."""
    if len(given) > _LONGEST:
        raise Invalid
    pairs = (each.rpartition(":") for each in given.split(",") if each)
    return {
        number: int(version)
        for number, _colon, version in pairs
        if version.isascii() and version.isdigit() and len(version) < 10
    }


def _in_brief(case: Case) -> dict[str, Any]:
    """What everybody may know of it."""
    return {
        "number": case.number,
        "version": case.version,
        "until": _millis(case.due) if case.due else None,
    }


def _in_full(case: Case, by: PostActor) -> dict[str, Any]:
    """What is needed to act: the words as the page shows them, and the steps open to the post with their forms."""
    shown = {**as_shown(case, by), "steps": steps_for(by, case)}
    return {
        **_in_brief(case),
        "kind": str(shown["kind"].label),
        "summary": case.summary,
        "stage": shown["stage"],
        "place_name": case.division.name,
        "html": render_to_string("field/case_body.html", shown),
    }


@by_device("GET", per_minute=60)
def codes(request: HttpRequest, by: PostActor) -> JsonResponse:
    """What names nobody: the forms by which the post enters something new, and the map of its area."""
    kinds = kinds_to_open(by)
    shown = map_around(by.post.division, [], title=by.post.division.name)
    return JsonResponse(
        {
            "openings": [
                {
                    "kind": kind.name,
                    "label": str(kind.procedure.label),
                    "html": render_to_string("field/opening_form.html", {"opening": opening_of(kind, by)}),
                }
                for kind in kinds
            ],
            "map": render_to_string("field/map.html", {"map": shown, "area": by.post.division}),
        }
    )


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
