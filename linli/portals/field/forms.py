"""Forms as they are filled in outside: first what is quickly given, the rest folded away; nothing is left out."""

from __future__ import annotations

from dataclasses import dataclass

from django.forms.boundfield import BoundField

from linli.cases.forms import SameAsField, StepForm
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case, Task
from linli.cases.offering import opening_form
from linli.cases.procedure import Step
from linli.cases.steps import form_for, leads_on, only_way_on, steps_open_to
from linli.posts.actor import PostActor

QUICK = ("photos", "division", "category")
POINT = ("longitude", "latitude")


@dataclass(frozen=True)
class Opening:
    """A form that opens a case: its quick fields, the rest, and whether it takes a position."""

    kind: Kind
    form: StepForm
    quick: list[BoundField]
    rest: list[BoundField]

    @property
    def takes_position(self) -> bool:
        """Whether it has fields for a point."""
        return all(name in self.form.fields for name in POINT)

    @property
    def open_rest(self) -> bool:
        """Whether something folded away is wrong."""
        return any(bound.errors for bound in self.rest)


@dataclass(frozen=True)
class Acting:
    """A step that the actor may take now, with its form; `usual`: it alone carries the case on along its usual way."""

    rule: Step
    form: StepForm
    usual: bool = False


def opening_of(kind: Kind, by: PostActor, form: StepForm | None = None) -> Opening:
    """The kind's opening form in the order of the field: photo, place, what it is about, words."""
    form = form or opening_form(kind, by)
    shown = [bound for bound in form.visible_fields() if not isinstance(bound.field, SameAsField)]
    first = [form[name] for name in QUICK if name in form.fields]
    needed = [bound for bound in shown if bound.field.required and bound.name not in QUICK]
    quick = [*first, *needed]
    names = {bound.name for bound in quick}
    return Opening(kind, form, quick, [bound for bound in shown if bound.name not in names])


def steps_for(by: PostActor, case: Case) -> list[Acting]:
    """The steps open to the post with their forms, the usual first, without those by which there is nothing to do."""
    steps = sorted(steps_open_to(by, case), key=lambda step: not leads_on(step, case))
    usual = only_way_on(steps, case)
    forms = [Acting(step, named(form_for(step, case, by=by), step), step is usual) for step in steps]
    return [each for each in forms if not each.form.idle]


def named(form: StepForm, step: Step) -> StepForm:
    """Several forms stand on one page: each needs ids of its own."""
    form.auto_id = f"{step.name}_%s"
    return form


def lost_to_somebody_faster(step: Step, case: Case, by: PostActor) -> bool:
    """Whether the post had a task for the step: it is told what happened, and not that it may not do this."""
    return bool(step.tasked) and Task.objects.filter(case=case, post=by.post).exists()


def label_of(case: Case) -> str:
    """How a case stands, or how it ended."""
    procedure = kind_of(case.kind).procedure
    return str(procedure.outcomes.get(case.outcome) or procedure.stages[case.stage].label)
