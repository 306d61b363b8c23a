"""Steps for many cases at once, where a procedure allows it: one form, each case taken alone with its own version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.base.errors import Invalid, Refusal
from linli.base.text import brief
from linli.cases.forms import StepForm
from linli.cases.kinds import kind_of, power, step_of
from linli.cases.models import Case
from linli.cases.procedure import Step
from linli.cases.reading import case_for
from linli.cases.steps import form_for, take, values_of
from linli.portals.desk.hats import seated
from linli.portals.desk.rows import case_of
from linli.posts.actor import PostActor
from linli.posts.powers import kinds_with
from linli.web.telling import with_errors

MOST = 50
PATIENCE = 3.0  # seconds until the page shows how far it is


@dataclass(frozen=True)
class Batch:
    """A button above a list: a step that at least one of the rows could take."""

    value: str
    label: str


@dataclass(frozen=True)
class Picked:
    """A ticked case and the version that was on the screen."""

    number: str
    seen: int

    @property
    def value(self) -> str:
        """As the tick box says it."""
        return f"{self.number}:{self.seen}"


@dataclass(frozen=True)
class Outcome:
    """What came of one case; `reason` only where it was refused."""

    number: str
    reason: str = ""

    @property
    def value(self) -> str:
        """As the next part of a long batch carries it along."""
        return f"{self.number}|{self.reason}"


def batches_for(rows: Sequence[Any], by: PostActor) -> list[Batch]:
    """The steps that may be taken for many and fit at least one row; whether they fit each is asked when taken."""
    found: dict[str, Batch] = {}
    for row in rows:
        case = case_of(row)
        for step in kind_of(case.kind).procedure.leaving(case.stage):
            name = power(case.kind, step)
            if step.bulk and (by.post.kind in kinds_with(name) or step.tasked):
                found[name] = Batch(name, str(step.label))
    return list(found.values())


@require_POST
@seated
def bulk(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Ask once what the step asks for, then take it for one ticked case after the other and say what came of each."""
    kind, _dot, name = request.POST.get("step", "").partition(".")
    step = step_of(kind, name)
    if not step.bulk:
        raise Invalid(_("This step is taken for one case at a time."))
    picked = _picked(request)
    if not picked:
        raise Invalid(_("Tick at least one case, then choose what to do."))
    first = _first(picked, kind, by)
    if "confirmed" not in request.POST:
        return _asked(request, _fitting_all(step, first, picked, by=by), (step, kind), picked)
    form = form_for(step, first, by=by, data=request.POST, files=request.FILES)
    if not form.is_valid() and "done" not in request.POST:
        return _asked(request, with_errors(form, _why(form)), (step, kind), picked, status=422)
    done = [Outcome(*each.partition("|")[::2]) for each in request.POST.getlist("done")]
    begun = monotonic()
    while picked:
        done.append(_taken(picked.pop(0), (step, kind), request, by))
        if monotonic() - begun >= PATIENCE:
            break
    return _told(request, (step, kind), done, picked)


def _picked(request: HttpRequest) -> list[Picked]:
    found: dict[str, Picked] = {}
    values = request.POST.getlist("pick")
    if len(values) > MOST:
        raise Invalid(
            _("At most %(most)s cases at once. Tick fewer and do the rest afterwards.") % {"most": MOST}
        )
    for value in values:
        number, _colon, seen = value.partition(":")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
            raise Invalid(_("This form is incomplete. Open the list again and tick the cases."))
        found[number] = Picked(number, int(seen))
    return list(found.values())


def _first(picked: Sequence[Picked], kind: str, by: PostActor) -> Case:
    """The case the form is made for: the first of this kind that the post can see."""
    for case in _seen_of(picked, kind, by):
        return case
    raise Invalid(_("None of the ticked cases can take this step."))


def _seen_of(picked: Sequence[Picked], kind: str, by: PostActor) -> Iterator[Case]:
    """The ticked cases of a kind that the post can see."""
    for each in picked:
        try:
            case = case_for(by, each.number)
        except Refusal:
            continue
        if case.kind == kind:
            yield case


def _fitting_all(step: Step, first: Case, picked: Sequence[Picked], *, by: PostActor) -> StepForm:
    """The form with only those suggestions and hints that are the same for every ticked case; others fit one alone."""
    form = form_for(step, first, by=by)
    for case in _seen_of(picked, first.kind, by):
        other = form_for(step, case, by=by)
        form.initial = {
            name: value for name, value in form.initial.items() if other.initial.get(name) == value
        }
        for name in form.base_fields.keys() & form.fields.keys() & other.fields.keys():
            if form.fields[name].help_text != other.fields[name].help_text:
                form.fields[name].help_text = form.base_fields[name].help_text
    return form


def _why(form: StepForm) -> Invalid:
    try:
        values_of(form)
    except Invalid as refusal:
        return refusal
    return Invalid()


def _taken(each: Picked, rule: tuple[Step, str], request: HttpRequest, by: PostActor) -> Outcome:
    """Take the step for one case: a transaction of its own, with the version that was seen."""
    step, kind = rule
    try:
        case = case_for(by, each.number)
        if case.kind != kind:
            raise Invalid(_("This case is of another kind."))
        for file in (each for files in dict(request.FILES.lists()).values() for each in files):
            file.seek(0)
        take(case, step.name, request.POST, by=by, seen=each.seen, files=request.FILES)
    except Refusal as refusal:
        fields = refusal.facts.get("fields") or {}
        reasons = [sentence for sentences in fields.values() for sentence in sentences]
        return Outcome(each.number, brief(" ".join(reasons) or refusal.sentence, 200))
    return Outcome(each.number)


def _asked(
    request: HttpRequest,
    form: StepForm,
    rule: tuple[Step, str],
    picked: Sequence[Picked],
    *,
    status: int = 200,
) -> HttpResponse:
    step, kind = rule
    context = {
        "form": form,
        "step": step,
        "name": f"{kind}.{step.name}",
        "picked": picked,
        "back": _back(request),
    }
    return render(request, "desk/bulk.html", context, status=status)


def _told(
    request: HttpRequest, rule: tuple[Step, str], done: Sequence[Outcome], left: Sequence[Picked]
) -> HttpResponse:
    step, kind = rule
    carried = [
        (name, value)
        for name in request.POST
        for value in request.POST.getlist(name)
        if name not in {"csrfmiddlewaretoken", "pick", "done", "step", "confirmed", "back"}
    ]
    context = {
        "step": step,
        "name": f"{kind}.{step.name}",
        "taken": [each for each in done if not each.reason],
        "refused": [each for each in done if each.reason],
        "done": done,
        "left": left,
        "total": len(done) + len(left),
        "carried": carried,
        "back": _back(request),
    }
    return render(request, "desk/bulk_done.html", context)


def _back(request: HttpRequest) -> str:
    """The list the cases were ticked in; only lists of ours."""
    back = request.POST.get("back", "")
    return back if back.startswith("/desk/") else ""
