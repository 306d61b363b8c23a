"""One case on the desk: what is known, what happened, what runs, and exactly the steps this hat may take now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.forms import CharField
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Conflict, Invalid, NotFound, Stale
from linli.cases.attachments import path_of
from linli.cases.emergency import may_break_glass
from linli.cases.forms import StepForm
from linli.cases.hindrances import Lasting
from linli.cases.holding_files import forgotten
from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Attachment, Case, Task
from linli.cases.models.attachment import PICTURE, SCAN
from linli.cases.permission import require_stage, require_step
from linli.cases.procedure import Step
from linli.cases.reading import case_for, open_tasks
from linli.cases.scans import show_everybody_in, titled
from linli.cases.sight import Sight, files_of, photos_of, scans_of, sees, sight_of
from linli.cases.steps import (
    form_for,
    leads_on,
    only_way_on,
    reshaped,
    steps_open_to,
    steps_with_hindrances,
    take,
)
from linli.documents.showing import papers_of, to_sign
from linli.exchange.sheets.owed import foreign_of
from linli.portals.desk.clocks import clocks_of
from linli.portals.desk.contact import may_ask, parties_on_page
from linli.portals.desk.growing import kinds_beside
from linli.portals.desk.hats import seated
from linli.portals.desk.history import changes_since, history
from linli.portals.desk.keys import way_through
from linli.portals.desk.lights import lights_of
from linli.portals.desk.reading import links_of, tasks_of
from linli.portals.desk.replying import prefill, replies_for
from linli.portals.desk.residents import may_open_resident
from linli.portals.desk.rows import stage_words
from linli.posts.actor import PostActor
from linli.residents.access import MATTERS, PHOTOS
from linli.residents.purposes import WORK
from linli.residents.showing import reading_as, show
from linli.web.telling import with_errors


@require_safe
@seated
def case(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """The page of one case."""
    found = case_for(by, number)
    show(found.whose, MATTERS)
    context = {**_everything(found, by), "way": way_through(request.GET, by)}
    return render(request, "desk/case.html", context)


def _everything(found: Case, by: PostActor) -> dict[str, Any]:
    kind, (tasks, more) = kind_of(found.kind), tasks_of(found, by)
    steps = steps_with_hindrances(by, found)
    clocks, forms = clocks_of(found), _forms_of(by, found, [step for step, why in steps if not why])
    if any(each.mine for each in tasks) or by.post.pk in {found.lead_id, found.opened_by_id}:
        reading_as(WORK)
    return {
        **_heading(found),
        "by": by,
        "detail": kind.detail_of(found),
        "kind_detail_template": f"{found.kind}/detail.html",
        "audience": "staff",
        "whole": sight_of(found, by=by) is Sight.WHOLE,
        "lines": history(found, by),
        "clocks": [each for each in clocks if each.light],
        "past_clocks": [each for each in clocks if not each.light],
        "tasks": tasks,
        "more_tasks": more,
        **_files(found, by),
        "links": links_of(found, by),
        **_papers(found, by),
        "foreign": foreign_of(found),
        **forgotten(found),
        "others": kinds_beside(found, by),
        "forms": forms,
        "hindered": [(step, why) for step, why in steps if why and not isinstance(why, Lasting)],
        "main": _main_of(found, [step for step, _form in forms]),
        "may_ask": may_ask(by, found),
        "parties": parties_on_page(by, found),
        "may_break_glass": may_break_glass(by, found),
        "may_open_resident": may_open_resident(by, found),
    }


def _papers(found: Case, by: PostActor) -> dict[str, Any]:
    papers = papers_of(found, by=by)
    return {"papers": papers, "to_sign": None if found.closed_at else to_sign(papers, by=by)}


def _files(found: Case, by: PostActor) -> dict[str, Any]:
    files = list(files_of(found, by=by))
    scans = [each for each in files if each.media_type == SCAN]
    return {
        "photos": [each for each in files if each.media_type == PICTURE],
        "scans": titled(found, scans) if scans else [],
    }


def _forms_of(by: PostActor, found: Case, steps: list[Step]) -> list[tuple[Step, StepForm]]:
    """The steps open to the post with their forms, without those by which there is nothing to do now."""
    asked = ((step, form_for(step, found, by=by)) for step in _usual_first(by, found, steps))
    return [(step, _named(form, step)) for step, form in asked if not form.idle]


def _usual_first(by: PostActor, found: Case, steps: list[Step]) -> list[Step]:
    """First what answers a question put to this post, then what leads on along the usual way, then the rest."""
    asked = {task.asks for task in open_tasks(found) if task.post_id == by.post.pk} - {""}

    def rank(step: Step) -> int:
        return 0 if asked.intersection(step.settles) else 1 if leads_on(step, found) else 2

    return sorted(steps, key=rank)


def _main_of(found: Case, steps: list[Step]) -> str:
    """The step that stands open: the only one that leads on, unless a question waits; where there is a choice, none."""
    usual = only_way_on(steps, found)
    return usual.name if usual and usual is steps[0] else ""


def _heading(found: Case) -> dict[str, Any]:
    return {
        "case": found,
        "kind": kind_of(found.kind).procedure,
        "stage": stage_words(found),
        "light": lights_of([found])[found.pk],
    }


def _named(form: StepForm, step: Step) -> StepForm:
    """Several forms stand on one page: each needs ids of its own; and each offers the post's templates."""
    form.auto_id = f"{step.name}_%s"
    by, case = form.by, form.case
    form.replies = replies_for(step, case, by=by) if case and isinstance(by, PostActor) else []  # type: ignore[attr-defined]
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def step(request: HttpRequest, by: PostActor, number: str, step: str) -> HttpResponse:
    """One step of a case: its form, and taking it."""
    found = case_for(by, number)
    reading_as(WORK)
    rule = step_of(found.kind, step)
    if request.method != "POST":
        _check(rule, found, by)
        form = _named(form_for(rule, found, by=by), rule)
        prefill(form, request.GET, form.replies)  # type: ignore[attr-defined]
        return _asked(request, found, rule, form)
    seen = _seen(request)
    if seen != found.version and not _still_fits(rule, found, by):
        return _overtaken(request, by, rule, (found, seen))
    if again := reshaped(rule, found, by=by, data=request.POST):
        _check(rule, found, by)
        return _asked(request, found, rule, _named(again, rule))
    return _taken(request, by, rule, (found, seen))


def _still_fits(rule: Step, found: Case, by: PostActor) -> bool:
    """Whether the step is the post's own part, whatever others have done in the meantime, and still to be done."""
    return rule.alongside and rule in steps_open_to(by, found)


def _taken(request: HttpRequest, by: PostActor, rule: Step, seen_case: tuple[Case, int]) -> HttpResponse:
    """Take the step with what was sent; the form again where something of it is wrong."""
    found, seen = seen_case
    number = found.number
    try:
        take(found, rule.name, request.POST, by=by, seen=seen, files=request.FILES)
    except Invalid as refusal:
        _check(rule, found, by)
        form = _named(form_for(rule, found, by=by, data=request.POST, files=request.FILES), rule)
        return _asked(request, found, rule, with_errors(form, refusal), status=422)
    except Stale:
        return _overtaken(request, by, rule, (case_for(by, number), seen))
    messages.success(request, _("Done: %(step)s, %(number)s.") % {"step": rule.label, "number": number})
    if not sees(found, by=by):
        return redirect("desk:to_do")
    way = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('desk:case', args=[number])}{way}")


def _check(rule: Step, found: Case, by: PostActor) -> None:
    """Before a form is shown: the same questions in the same order as when the step is taken."""
    require_step(rule, found, open_tasks(found), by=by)
    require_stage(rule, found)
    if why := dict(steps_with_hindrances(by, found)).get(rule):
        raise Conflict(why)


def _seen(request: HttpRequest) -> int:
    """The version the person had before their eyes; without it nobody knows what they decided on."""
    try:
        return int(request.POST.get("seen", ""))
    except ValueError as trouble:
        raise Invalid(_("This form is incomplete. Open the case again and repeat the step.")) from trouble


def _asked(
    request: HttpRequest, found: Case, rule: Step, form: StepForm, *, status: int = 200
) -> HttpResponse:
    context = {**_heading(found), "step": rule, "form": form}
    return render(request, "desk/step.html", context, status=status)


def _overtaken(request: HttpRequest, by: PostActor, rule: Step, seen: tuple[Case, int]) -> HttpResponse:
    """Somebody was faster: show what changed, and keep what was typed, ready to be sent again if it still fits."""
    found, version = seen
    had_task = rule.tasked and Task.objects.filter(case=found, post=by.post).exists()
    # Whoever had the task and lost it to somebody faster is told what happened, others that they may not.
    if not had_task:
        require_step(rule, found, open_tasks(found), by=by)
    open_now = rule.name in {each.name for each in steps_open_to(by, found)}
    form = _named(form_for(rule, found, by=by, data=request.POST, files=request.FILES), rule)
    form.is_valid()
    context = {
        **_heading(found),
        "step": rule,
        "form": form,
        "open_now": open_now,
        "written": [] if open_now else _written(form),
        "changes": changes_since(found, version, by),
        "sentence": Stale.sentence,
    }
    return render(request, "desk/stale.html", context, status=Stale.status)


def _written(form: StepForm) -> Sequence[tuple[object, str]]:
    """What the person had written, to be copied: the step it was for is gone."""
    fields = [bound for bound in form.visible_fields() if isinstance(bound.field, CharField)]
    texts = [(bound.label, bound.value()) for bound in fields]
    return [(label, value.strip()) for label, value in texts if isinstance(value, str) and value.strip()]


@require_safe
@seated
def photo(request: HttpRequest, by: PostActor, number: str, photo: UUID) -> HttpResponse:
    """A photo of a case the hat may see."""
    found = case_for(by, number)
    path = _file_of(photos_of(found, by=by).filter(pk=photo).first())
    show(found.whose, PHOTOS)
    return HttpResponse(path.read_bytes(), content_type=PICTURE)


@require_safe
@seated
def scan(request: HttpRequest, by: PostActor, number: str, scan: UUID) -> HttpResponse:
    """A scanned paper of a case the hat may see, to be saved: no browser opens it as a page of ours."""
    found = case_for(by, number)
    path = _file_of(scans_of(found, by=by).filter(pk=scan).first())
    show_everybody_in(found)
    name = f"{found.number}-{scan.hex[-6:]}.pdf"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=SCAN)
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, response)


def _file_of(attached: Attachment | None) -> Path:
    path = path_of(attached.digest) if attached else None
    if path is None or not path.is_file():
        raise NotFound(_("This file is not here."))
    return path
