"""A case of which a city or a province sees figures only: where it lies and how it stands, and pressing those below.

Nothing that somebody wrote stands here. Whoever takes a step from above makes the case their level's part by that, in
an entry that all who work on it read; from then on it opens to the level (docs/adr/0034).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, NotFound
from linli.cases.emergency import may_break_glass
from linli.cases.forms import StepForm
from linli.cases.kinds import kind_of
from linli.cases.models import Case, areas_see
from linli.cases.procedure import Step
from linli.cases.reading import numbered
from linli.cases.sight import sees
from linli.cases.steps import form_for, steps_open_to
from linli.portals.command.rooms import parts_of, pressed
from linli.portals.command.seats import watching
from linli.posts.actor import PostActor
from linli.posts.may import covers


@require_http_methods(["GET", "HEAD", "POST"])
@watching
def outline(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """How a case stands, without a word of it, and the steps from above; whoever sees the case goes to its room."""
    found = numbered(number)
    if found is None or not (areas_see(found.kind) and covers(by, found.code_now)):
        raise NotFound
    if sees(found, by=by):
        return redirect("command:room", found.number)
    if request.method != "POST":
        return _shown(request, by, found)
    return _pressed(request, by, found)


def _pressed(request: HttpRequest, by: PostActor, found: Case) -> HttpResponse:
    step = next((each for each in _steps(by, found) if each.name == request.POST.get("step")), None)
    if step is None:
        raise Conflict(_("Nobody can be pressed in this case now. Look at it again."))

    def again(form: StepForm, status: int) -> HttpResponse:
        return _shown(request, by, found, (step, form), status=status)

    done = _("Done: %(step)s, %(number)s. From now on your level has part in it.")
    return pressed(request, by, (found, step), again, done=done)


def _steps(by: PostActor, case: Case) -> list[Step]:
    return [step for step in steps_open_to(by, case) if step.from_above]


def _shown(
    request: HttpRequest,
    by: PostActor,
    found: Case,
    bound: tuple[Step, StepForm] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    procedure = kind_of(found.kind).procedure
    context: dict[str, Any] = {
        "case": found,
        "procedure": procedure,
        "stage": procedure.stages[found.stage].label,
        "lead": found.lead.organisation.name if found.lead else "",
        "parts": parts_of(found),
        "presses": [bound] if bound else [(step, form_for(step, found, by=by)) for step in _steps(by, found)],
        "may_break_glass": may_break_glass(by, found),
    }
    return render(request, "command/outline.html", context, status=status)
