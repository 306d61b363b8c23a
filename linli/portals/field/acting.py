"""One case outside: what is known, what happened, and the steps of any kind by their own forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Conflict, Invalid, Refusal, Stale
from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case
from linli.cases.permission import require_stage, require_step
from linli.cases.procedure import Step
from linli.cases.reading import case_for, open_tasks
from linli.cases.sight import sees
from linli.cases.steps import form_for, reshaped, take
from linli.cases.story import story_for_staff
from linli.portals.field.forms import Acting, label_of, named, steps_for
from linli.portals.field.seating import seated
from linli.posts.actor import PostActor
from linli.residents.access import MATTERS
from linli.residents.purposes import OVERSEE, WORK
from linli.residents.showing import reading_as, show
from linli.web.parts import Line


@require_safe
@seated
def case(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """The page of one case."""
    return _shown(request, by, case_for(by, number))


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def step(request: HttpRequest, by: PostActor, number: str, step: str) -> HttpResponse:
    """Take a step; after a refusal the case as it is now, with what was typed in the step's form."""
    found = case_for(by, number)
    rule = step_of(found.kind, step)
    if request.method != "POST":
        require_step(rule, found, open_tasks(found), by=by)
        return redirect("field:case", number)
    seen = request.POST.get("seen", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        require_step(rule, found, open_tasks(found), by=by)
        raise Invalid(_("This form is incomplete. Open the case again and repeat the step."))
    if again := reshaped(rule, found, by=by, data=request.POST):
        return _shown(request, by, found, Acting(rule, named(again, rule)))
    try:
        take(found, step, request.POST, by=by, seen=int(seen), files=request.FILES)
    except (Invalid, Conflict) as refusal:
        require_step(rule, found, open_tasks(found), by=by)
        return _again(request, by, found, (rule, refusal))
    messages.success(request, _("Done: %(step)s, %(number)s.") % {"step": rule.label, "number": number})
    return redirect("field:case", number) if sees(found, by=by) else redirect("field:to_do")


def _again(request: HttpRequest, by: PostActor, found: Case, wrong: tuple[Step, Refusal]) -> HttpResponse:
    """What was typed stays; where somebody was faster it stands beside the case as it is now."""
    rule, refusal = wrong
    if not isinstance(refusal, Stale):
        require_stage(rule, found)
    found = case_for(by, found.number)
    form = named(form_for(rule, found, by=by, data=request.POST, files=request.FILES), rule)
    form.is_valid()
    if not form.errors:
        form.add_error(None, refusal.sentence)
    return _shown(request, by, found, Acting(rule, form), status=refusal.status)


def _shown(
    request: HttpRequest, by: PostActor, found: Case, typed: Acting | None = None, *, status: int = 200
) -> HttpResponse:
    steps = steps_for(by, found)
    names = {each.rule.name for each in steps}
    context = {
        **as_shown(found, by),
        "steps": [typed if typed and each.rule.name == typed.rule.name else each for each in steps],
        "typed": typed,
        "over": typed if typed and typed.rule.name not in names else None,
    }
    return render(request, "field/case.html", context, status=status)


def as_shown(found: Case, by: PostActor) -> dict[str, Any]:
    """What a case's page shows, on paper of any sort: who reads it is written down for it."""
    show(found.whose, MATTERS)
    tasks = open_tasks(found)
    at_work = any(task.post_id == by.post.pk for task in tasks) or by.post.pk in {
        found.lead_id,
        found.opened_by_id,
    }
    reading_as(WORK if at_work else OVERSEE)
    kind = kind_of(found.kind)
    return {
        "case": found,
        "kind": kind.procedure,
        "stage": label_of(found),
        "detail": kind.detail_of(found),
        "kind_detail_template": f"{found.kind}/detail.html",
        "audience": "staff",
        "lines": story(found, by),
    }


def story(found: Case, by: PostActor, version: int = 0) -> list[Line]:
    """What was done after a version, newest first, by which posts."""
    told = story_for_staff(found, by=by)
    return [
        Line(at=each.at, title=each.label, who=each.post, text="\n".join(each.words.values()))
        for each in reversed(told)
        if int(each.facts.get("version", 1)) > version
    ]
