"""Joint cases (联动处置) and the room of one case: who has which part, what was decided, and pressing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.analytics.beside import JOINT, JOINT_LATE
from linli.analytics.counting import count
from linli.analytics.definition import Figure
from linli.analytics.questions import Question
from linli.base.errors import Conflict, Invalid, NotFound, Stale
from linli.cases.forms import PostField, StepForm, TidyText
from linli.cases.joint import joint_in, pressing_steps
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Task
from linli.cases.procedure import ASKED, HELPS, LEAD, Step
from linli.cases.reading import case_for
from linli.cases.remarks import Minuted, decide
from linli.cases.sight import photos_of
from linli.cases.steps import form_for, steps_open_to, take
from linli.cases.story import DECIDE, story_for_staff
from linli.documents.showing import papers_of
from linli.portals.command.seats import door_of, watching
from linli.posts.actor import PostActor
from linli.posts.lookup import serving
from linli.posts.models import Holding, Post, PostKind
from linli.posts.tree import Node, standing_at
from linli.residents.access import MATTERS
from linli.residents.purposes import OVERSEE
from linli.residents.showing import reading_as, show
from linli.web.telling import with_errors

MOST_JOINT = 50


@dataclass(frozen=True)
class JointCase:
    """A line of the list of joint cases: who leads, how many posts work on it, how many questions are open."""

    case: Case
    kind: str
    stage: str
    lead: str
    parts: int
    questions: int


@dataclass(frozen=True)
class PartOfCase:
    """What one post has to do in a case, with its clock: open, done or late, and whether anybody sits there."""

    post: str
    body: str
    role: str
    since: datetime
    done_at: datetime | None
    due: datetime | None
    late: bool
    vacant: bool


@dataclass(frozen=True)
class Decision:
    """A minuted decision: what, who does it until when, who minuted it."""

    words: str
    by_whom: str
    who: str
    until: date
    at: datetime
    over: bool


class Minutes(forms.Form):
    """Who decided what until when."""

    words = TidyText(
        label=gettext_lazy("What was decided"),
        max_length=1000,
        help_text=gettext_lazy("Staff alone read it. Write about the matter, not about people."),
    )
    post = PostField(label=gettext_lazy("Who does it"))
    until = forms.DateField(
        label=gettext_lazy("Until when"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, case: Case, data: Any = None) -> None:
        super().__init__(data, auto_id="decide_%s")
        working = Task.objects.filter(case=case, closed_at=None).values_list("post", flat=True)
        kinds = (PostKind.HANDLER, PostKind.GRID_WORKER, PostKind.DISPATCHER)
        offered = {*serving(kinds, case.code_now), *working}
        posts = Post.objects.filter(pk__in=offered).select_related("organisation")
        self.fields["post"].queryset = posts.order_by("-division__level", "title")  # type: ignore[attr-defined]
        if case.lead_id in offered:
            self.initial["post"] = case.lead_id


@require_safe
@watching
def joint(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The joint cases of an area, the earliest limit first; all, or those that are overdue."""
    node = standing_at(by, request.GET.get("place", ""))
    late = request.GET.get("late") == "1"
    number = _all_joint(node, JOINT_LATE if late else JOINT)
    rows = _joint_cases(node, late=late, of=number)
    context = {
        "node": node,
        "late": late,
        "rows": _joint_rows(rows),
        "count": len(rows) if len(rows) < MOST_JOINT else number,
        "door": door_of(by),
    }
    return render(request, "command/joint.html", context)


def _all_joint(node: Node, gauge: Figure) -> int:
    """How many there are, also of those that are not shown."""
    asked = Question.of_today(node.here.trimmed, timezone.now())
    return count(asked, figures=[gauge])[None][gauge.name]


def _joint_cases(node: Node, *, late: bool, of: int) -> list[Case]:
    cases = joint_in(node.here.span, late=late, most=MOST_JOINT, of=of)
    rows = list(cases.select_related("division", "lead__organisation").defer("summary", "division__outline"))
    return _joint_cases(node, late=late, of=0) if len(rows) < MOST_JOINT <= of else rows


def _joint_rows(cases: Sequence[Case]) -> list[JointCase]:
    tasks = list(Task.objects.filter(case__in=[case.pk for case in cases], closed_at=None))
    found = []
    for case in cases:
        roles = [task.role for task in tasks if task.case_id == case.pk]
        procedure = kind_of(case.kind).procedure
        found.append(
            JointCase(
                case,
                str(procedure.label),
                str(procedure.stages[case.stage].label),
                case.lead.organisation.name if case.lead else "",
                sum(role in {LEAD, HELPS} for role in roles),
                roles.count(ASKED),
            )
        )
    return found


@require_safe
@watching
def room(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """The room of one case."""
    return _shown(request, by, _case(by, number), {})


@require_POST
@watching
def press(request: HttpRequest, by: PostActor, number: str, step: str) -> HttpResponse:
    """Put a question to posts from the room: a whistle, a supervision; the step itself is the kind's."""
    found = _case(by, number)
    if step not in pressing_steps(found.kind):
        raise NotFound
    rule = kind_of(found.kind).procedure.steps[step]

    def again(form: StepForm, status: int) -> HttpResponse:
        return _shown(request, by, found, {step: form}, status=status)

    return pressed(request, by, (found, rule), again, done=_("Done: %(step)s, %(number)s."))


Again = Callable[[StepForm, int], HttpResponse]


def pressed(
    request: HttpRequest, by: PostActor, what: tuple[Case, Step], again: Again, *, done: str
) -> HttpResponse:
    """Take a step that presses somebody, as sent; `again` shows the page with the form and what is wrong with it."""
    found, step = what
    try:
        take(found, step.name, request.POST, by=by, seen=_seen_in(request))
    except Stale:
        return _overtaken(request, by, what, again)
    except (Invalid, Conflict) as refusal:
        form = with_errors(form_for(step, found, by=by, data=request.POST), refusal)
        return again(form, refusal.status)
    messages.success(request, done % {"step": step.label, "number": found.number})
    return redirect("command:room", found.number)


def _overtaken(request: HttpRequest, by: PostActor, what: tuple[Case, Step], again: Again) -> HttpResponse:
    """Somebody was faster: the page as it is now, with what was typed while the step is still there to be taken."""
    found, step = what
    found.refresh_from_db()
    said = _("The case has moved on meanwhile. Look at it again; nothing was sent.")
    if step not in steps_open_to(by, found):
        messages.warning(request, said)
        return redirect(door_of(by), found.number)
    form = form_for(step, found, by=by, data=request.POST)
    return again(with_errors(form, Stale(said)), Stale.status)


@require_POST
@watching
def minute(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Minute a decision about the case."""
    found = _case(by, number)
    form = Minutes(found, request.POST)
    if not form.is_valid():
        return _shown(request, by, found, {"minutes": form}, status=422)
    given = form.cleaned_data
    try:
        decide(found, Minuted(given["words"], given["post"], given["until"]), by=by)
    except Invalid as refusal:
        if "fields" in refusal.facts:
            with_errors(form, refusal)
        else:
            form.add_error("until", refusal.sentence)
        return _shown(request, by, found, {"minutes": form}, status=422)
    messages.success(request, _("The decision is minuted."))
    return redirect("command:room", number)


def _case(by: PostActor, number: str) -> Case:
    found = case_for(by, number)
    show(found.whose, MATTERS)
    reading_as(OVERSEE)
    return found


def _shown(
    request: HttpRequest, by: PostActor, found: Case, bound: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    procedure = kind_of(found.kind).procedure
    context = {
        "case": found,
        "procedure": procedure,
        "stage": procedure.stages[found.stage].label,
        "parts": parts_of(found),
        "decisions": decisions_of(found, by),
        "papers": papers_of(found, by=by),
        "photos": photos_of(found, by=by).count(),
        "presses": _presses(found, by, bound),
        "minutes": bound.get("minutes") or Minutes(found),
        "minutes_wrong": "minutes" in bound,
    }
    return render(request, "command/room.html", context, status=status)


def _presses(found: Case, by: PostActor, bound: dict[str, Any]) -> list[tuple[Step, StepForm]]:
    asking = pressing_steps(found.kind)
    shown = []
    for step in steps_open_to(by, found):
        if step.name in asking:
            form = bound.get(step.name) or form_for(step, found, by=by)
            form.auto_id = f"{step.name}_%s"
            shown.append((step, form))
    return sorted(shown, key=lambda each: len(each[1].fields))  # what asks least is at hand first


def parts_of(case: Case) -> list[PartOfCase]:
    """Who has or had which part in joint handling, each question, and what is open (three statements)."""
    parts_and_questions = Q(closed_at=None) | Q(role__in=[LEAD, HELPS, ASKED])
    found = Task.objects.filter(parts_and_questions, case=case).select_related("post__organisation")
    tasks = list(found.order_by("-id"))
    clocks = {
        clock.task_id: clock for clock in Clock.objects.filter(case=case, task__isnull=False).order_by("id")
    }
    posts = [task.post_id for task in tasks]
    held = set(Holding.objects.current().filter(post__in=posts).values_list("post_id", flat=True))
    now = timezone.now()
    parts = [_part(case, task, clocks.get(task.pk), (task.post_id in held, now)) for task in tasks]
    return sorted(parts, key=lambda part: part.done_at is not None)


def _part(case: Case, task: Task, clock: Clock | None, stands: tuple[bool, datetime]) -> PartOfCase:
    held, now = stands
    due = clock.due_at if clock else None
    return PartOfCase(
        post=task.post.title,
        body=task.post.organisation.name,
        role=_role(case, task),
        since=task.opened_at,
        done_at=task.closed_at,
        due=due,
        late=bool(due and (task.closed_at or now) > due),
        vacant=not held and task.closed_at is None,
    )


def _role(case: Case, task: Task) -> str:
    if task.role == ASKED and task.asks:
        label = kind_of(case.kind).procedure.steps[task.asks].label
        return _("must answer: %(step)s") % {"step": label}
    return {LEAD: _("leads"), HELPS: _("helps")}.get(task.role, _("next step"))


def decisions_of(case: Case, by: PostActor) -> list[Decision]:
    """What was minuted, the last first."""
    minuted = [each for each in story_for_staff(case, by=by) if each.name == DECIDE]
    today = timezone.localdate()
    found = []
    for each in reversed(minuted):
        until = date.fromisoformat(each.facts["until"])
        words = each.words.get("note", "")
        who = each.facts.get("next_post_title", "")
        found.append(Decision(words, each.post, who, until, each.at, until < today))
    return found


def _seen_in(request: HttpRequest) -> int:
    """The version of the case that the sender of a form saw; Invalid where it is missing."""
    try:
        return int(request.POST.get("seen", ""))
    except ValueError as trouble:
        raise Invalid(_("This form is incomplete. Open the case again and repeat the step.")) from trouble
