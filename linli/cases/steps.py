"""Steps by name: which ones an actor may take now, and taking one from form data. Pages and the API end here."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, NotFound, NotYours, Refusal, Stale
from linli.base.writing import writing
from linli.cases.clocks import live_clocks
from linli.cases.forms import StepForm, WholeForm, ask_no_person, for_reading
from linli.cases.hindrances import Look, hindrance
from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case, Clock, areas_see
from linli.cases.opening import Draft, Opened, Origin
from linli.cases.permission import allows, kept_apart, taken_by
from linli.cases.procedure import REPORTER, Step
from linli.cases.reading import open_tasks
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.may import Decision, covers

log = logging.getLogger("linli.steps")


def steps_open_to(by: Actor, case: Case) -> list[Step]:
    """Exactly the steps this actor could take now, in the order of the procedure."""
    return next(steps_open_to_each([by], case))


def steps_open_to_each(
    actors: Iterable[Actor], case: Case, *, at: datetime | None = None
) -> Iterator[list[Step]]:
    """The same for each of several actors in turn; what is open in the case is read once. `at`: when, if not now."""
    for steps in _looked_at(actors, case, at or timezone.now()):
        yield [step for step, why in steps if not why]


def steps_with_hindrances(by: Actor, case: Case) -> list[tuple[Step, str]]:
    """The same and those that are this actor's in this stage but cannot be taken now, each of them with why not."""
    return next(_looked_at([by], case, timezone.now()))


def _looked_at(actors: Iterable[Actor], case: Case, at: datetime) -> Iterator[list[tuple[Step, str]]]:
    tasks, kind = open_tasks(case), kind_of(case.kind)
    detail = SimpleLazyObject(lambda: kind.detail_of(case))  # few steps have a condition
    clocks: list[Clock] | None = None
    leaving = kind.procedure.leaving(case.stage)
    for by in actors:
        allowed = [step for step in leaving if allows(step, case, tasks, by=by) is Decision.ALLOWED]
        if clocks is None and any(step.while_running or step.shifts for step in allowed):
            clocks = live_clocks(case)
        possible = [step for step in allowed if _possible(step, clocks or [])]
        looks = [Look(step, by, at, detail, case, tasks, clocks or []) for step in possible]
        apart = _kept_apart(by, case, possible)
        yield [(look.step, kept_apart() if look.step in apart else hindrance(look)) for look in looks]


def _kept_apart(by: Actor, case: Case, steps: Sequence[Step]) -> list[Step]:
    """Those of some steps that check what this person did (one statement, where any step checks anything)."""
    opposites = {name for step in steps for name in step.apart_from}
    taken = taken_by(by, case, opposites) if opposites and isinstance(by, PostActor) else frozenset()
    return [step for step in steps if not taken.isdisjoint(step.apart_from)]


def leads_on(step: Step, case: Case) -> bool:
    """Whether a step carries a case on along its usual way: not aside, back, out, or on without somebody."""
    stages = kind_of(case.kind).procedure.stages
    order = {name: place for place, name in enumerate(stages)}
    reached = -1 if stages[case.stage].aside else order[case.stage]
    to = stages.get(step.enters)
    usual = to is not None and not (to.aside or to.ends) and order[to.name] > reached
    return usual and not step.settles


def only_way_on(steps: Sequence[Step], case: Case) -> Step | None:
    """The one of some steps that leads on; None where none does, or where there is a choice."""
    leading = [step for step in steps if leads_on(step, case)]
    return leading[0] if len(leading) == 1 else None


def may_reach(by: PostActor, case: Case) -> bool:
    """Whether a post may reach the reporter: in its area; where only tasks give sight, if it may answer instead."""
    if areas_see(case.kind):
        return covers(by, case.code_now)
    return any(REPORTER in step.parties for step in steps_open_to(by, case))


def _possible(step: Step, clocks: list[Clock]) -> bool:
    """Whether the clocks are there that the step needs, running ones or resting ones: else there is nothing to do."""
    running = {clock.name for clock in clocks if clock.running}
    if step.while_running and step.while_running not in running:
        return False
    if step.whether_running:
        return True
    if not running.issuperset({*step.suspend[:1], *step.park[:1], *step.extend}):
        return False
    return not step.resume or any(clock.resting and clock.name in step.resume for clock in clocks)


def form_for(step: Step, case: Case, *, by: Actor, data: Any = None, files: Any = None) -> StepForm:
    """The form of a step, bound when there is data."""
    form: StepForm = kind_of(case.kind).form(step)(data, files, case=case, by=by, prefix=None)
    return form


def reshaped(step: Step, case: Case, *, by: Actor, data: Mapping[str, Any]) -> StepForm | None:
    """The form again with what was typed, without a word on what is missing, if only its shape was to change."""
    name = kind_of(case.kind).form(step).reshaped_by
    if not name or name not in data:
        return None
    typed, again = form_for(step, case, by=by, data=data), form_for(step, case, by=by)
    again.initial.update({field: typed[field].value() for field in typed.fields})
    return again


def take(case: Case, step: str, data: Mapping[str, Any], *, by: Actor, seen: int, files: Any = None) -> None:
    """Check the data with the step's form and take the step; Invalid names what is wrong field by field.

    Stale where the form no longer offers what was chosen because somebody was faster in this very moment.
    """
    rule = step_of(case.kind, step)
    form = form_for(rule, case, by=by, data=data, files=files)
    if case.version == seen and not (form.is_valid() or rule.alongside):
        _require_version(case, seen)
    values = values_of(form)
    kind = kind_of(case.kind)
    kind.function(rule)(kind.reference(case), **values, by=by, seen=seen)


def _require_version(case: Case, seen: int) -> None:
    version = Case.everywhere.values_list("version", flat=True).get(pk=case.pk)
    if version != seen:
        raise Stale(version=version)


def open_case(
    kind: str,
    data: Mapping[str, Any],
    *,
    by: Actor,
    origin: Origin | None = None,
    files: Any = None,
    at: datetime | None = None,
) -> Opened:
    """Check the data with the kind's opening form and open a case; `at` is when it happened, if not now."""
    found = kind_of(kind)
    if not found.procedure.offered:
        raise NotYours(_("Nobody opens such a case by itself."))
    shape = found.form(found.procedure.opening)
    form = for_reading(shape)(data, files, by=by)
    if origin and origin.whom and not origin.case:
        form = ask_no_person(shape(data, files, by=by))
    given = values_of(form) | ({"at": at} if at else {})
    opened: Opened = found.function(found.procedure.opening)(**given, by=by, origin=origin)
    return opened


def open_and_take(
    kind: str, step: str, data: Mapping[str, Any], *, by: PostActor, origin: Origin | None = None
) -> Opened:
    """Open a case and take a step of it on one form, in one transaction: both are done or neither.

    A form that comes a second time gets its first receipt again, and nothing is taken twice.
    """
    found, rule = kind_of(kind), step_of(kind, step)
    if by.post.kind not in rule.at_opening:
        raise NotYours(_("Your post does not take this step together with the opening."))
    form: WholeForm = found.whole_form(rule)(data, by=by)
    opening, given = form.parted(values_of(form))
    with writing():
        opened: Opened = found.function(found.procedure.opening)(**opening, by=by, origin=origin)
        if not opened.again:
            case = Case.everywhere.get(pk=opened.case)
            found.function(rule)(found.reference(case), **given, by=by, seen=case.version)
    return replace(opened, promised_by=None)  # what was promised while it waited has been kept


@dataclass(frozen=True)
class Sending:
    """What a case that came from elsewhere brings besides its form: when it happened there, and what it is known by."""

    at: datetime | None
    origin: Origin


def draft_case(kind: str, data: Mapping[str, Any], sending: Sending, *, by: Actor) -> Draft:
    """Check the data as `open_case` does, for a case that is opened together with many others."""
    found = kind_of(kind)
    if found.draft is None:
        raise NotFound(_("Cases of this kind are not taken in by sheet."))
    form = for_reading(found.form(found.procedure.opening))(data, by=by)
    drafted: Draft = found.draft(**values_of(form), by=by, origin=sending.origin, at=sending.at)
    return drafted


def trouble_taking(case: Case, step: Step, *, by: SystemActor) -> Exception | None:
    """Take a step that nobody fills in; what kept it from being taken, so that one case does not stop all others."""
    kind = kind_of(case.kind)
    try:
        kind.function(step)(kind.reference(case), by=by, seen=case.version)
    except Refusal as refusal:  # somebody acted in the same moment, say: the next turn looks again
        log.info("%s of %s not taken: %s", step.name, case.number, refusal.sentence)
        return refusal
    except Exception as trouble:  # a mistake in one kind must not stop the loop for all
        log.exception("%s of %s failed", step.name, case.number)
        return trouble
    return None


def values_of(form: StepForm) -> dict[str, Any]:
    """The cleaned values of a valid form; Invalid with all its sentences otherwise."""
    if form.reshaped_by and form.reshaped_by in form.data:
        raise Invalid(_("This button only changes the form. Look it over, then send it."))
    if not form.is_valid():
        fields = {name: [str(each) for each in errors] for name, errors in form.errors.items()}
        raise Invalid(_("Please check what you entered."), fields=fields)
    return dict(form.cleaned_data)
