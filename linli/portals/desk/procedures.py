"""The procedures in force, drawn and in words, with who may take each step and the limits that apply."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.cases.drawing import draw, takers
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.procedure import Procedure, Step
from linli.portals.desk.clocks import limits_of
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor


@dataclass(frozen=True)
class ShownStep:
    """A step in words: who may take it, where it leads, what it does to the clocks."""

    step: Step
    who: str
    to: str
    clocks: str


@require_safe
@seated
def procedures(request: HttpRequest, by: PostActor) -> HttpResponse:
    """All procedures; the only one is opened at once."""
    kinds = all_kinds()
    if len(kinds) == 1:
        return redirect("desk:procedure", kinds[0].name)
    return render(request, "desk/procedures.html", {"kinds": kinds})


@require_safe
@seated
def procedure(request: HttpRequest, by: PostActor, kind: str) -> HttpResponse:
    """One procedure: the drawing, its stages with their steps, its limits with their sources."""
    found = kind_of(kind).procedure
    context = {
        "procedure": found,
        "drawing": drawing_of(found),
        "opening": _shown(found, found.opening),
        "stages": [
            (stage, [_shown(found, step) for step in found.leaving(stage.name)])
            for stage in found.stages.values()
        ],
        "limits": limits_of(found, timezone.localdate()),
    }
    return render(request, "desk/procedure.html", context)


def drawing_of(found: Procedure) -> SafeString:
    """The drawing, made of the procedure's own checked words."""
    return mark_safe(draw(found))  # noqa: S308  draw() escapes every text it writes


def _target(found: Procedure, step: Step) -> str:
    """Where the step leads, in words."""
    stages = [step.enters, *sorted(step.otherwise)] if step.targets else []
    return _(" or ").join(str(found.stages[name].label) for name in stages) or _("stays where it is")


def _shown(found: Procedure, step: Step) -> ShownStep:
    said = []
    for words, names in ((_("starts %(clocks)s"), step.start), (_("stops %(clocks)s"), step.stop)):
        if names:
            clocks = _(", ").join(f"“{found.clocks[name].label}”" for name in names)
            said.append(words % {"clocks": clocks})
    return ShownStep(step, takers(step, found.roles), _target(found, step), " · ".join(said))
