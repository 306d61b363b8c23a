"""Who may take a step of a case: post rules, party rules and task rules, three tables read from the procedure."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, NotFound, NotYours
from linli.cases.books import in_hand
from linli.cases.kinds import kind_of, power
from linli.cases.models import Case, Task, areas_see
from linli.cases.procedure import ANYONE, REPORTER, REPRESENTATIVE, Step
from linli.cases.tasks import is_for
from linli.ledger.models import Entry
from linli.posts.actor import Actor, PartyActor, PostActor, SystemActor
from linli.posts.may import Decision, covers, may, require_power, watches
from linli.posts.models import Holding


def allows(step: Step, case: Case, tasks: list[Task], *, by: Actor) -> Decision:
    """Decide without touching the database: `tasks` are the case's open ones."""
    if isinstance(by, SystemActor):
        return Decision.ALLOWED if step.system else Decision.LACKING
    if isinstance(by, PartyActor):
        return _party(step, case, by)
    post = by.holding.post_id
    mine = [task for task in tasks if task.post_id == post]
    if not (mine or _in_area(case, by)):
        return Decision.OUTSIDE
    for task in mine:
        if is_for(task, step, post):
            return Decision.ALLOWED
    if case.opened_by_id == post and REPORTER in step.parties and case.reporter_id is None:
        return Decision.ALLOWED
    return may(by, power(case.kind, step), within=case.code_now)


def _in_area(case: Case, by: PostActor) -> bool:
    """Whether area gives sight of the case; where only tasks do, whoever took it in still knows of it."""
    return covers(by, case.code_now) if areas_see(case.kind) else case.opened_by_id == by.holding.post_id


def _party(step: Step, case: Case, by: PartyActor) -> Decision:
    """By the role in this case, of the party itself or of whoever acts for it; nobody has a role without a row."""
    if by.case != case.pk or by.relation not in {by.role, REPRESENTATIVE, ANYONE}:
        return Decision.OUTSIDE
    deputised = by.relation == REPRESENTATIVE and by.role in step.parties and _in_power(step, by)
    return Decision.ALLOWED if deputised or by.relation in step.parties else Decision.LACKING


def _in_power(step: Step, by: PartyActor) -> bool:
    """Whether whoever acts for a party may take a step for it: a guardian may take all, an attorney what is covered."""
    agency = by.agency
    if agency is None:
        return not (step.in_person or step.special)
    within = agency.by_law or not (step.in_person or (step.special and not agency.special))
    return within and agency.holds_on(timezone.localdate())


def require_term(by: PartyActor) -> None:
    """Raise NotYours, with the day, for whoever acts for a party by a power that has ended or not begun yet."""
    agency, today = by.agency, timezone.localdate()
    if agency is None or by.acts_on(today):
        return
    if agency.ends and agency.ends < today:
        raise NotYours(
            _(
                "Your power to act for this party ended on %(day)s. Ask the party for a new one and show it to the "
                "mediator."
            )
            % {"day": agency.ends.isoformat()}
        )
    raise NotYours(
        _("Your power to act for this party begins on %(day)s; until then the party acts itself.")
        % {"day": agency.begins.isoformat() if agency.begins else ""}
    )


def _require_scope(step: Step, by: PartyActor) -> None:
    """Raise NotYours, saying what is lacking, for a step that the party takes but a general power does not cover."""
    if by.relation != REPRESENTATIVE or by.role not in step.parties or _in_power(step, by):
        return
    require_term(by)
    if step.in_person:
        raise NotYours(_("Only the party takes this step in person: %(step)s.") % {"step": step.label})
    raise NotYours(
        _(
            "A general power of attorney does not cover this: %(step)s. The party takes this step itself, or gives a "
            "special power (Civil Procedure Law, article 62)."
        )
        % {"step": step.label}
    )


def require_step(step: Step, case: Case, tasks: list[Task], *, by: Actor) -> None:
    """Raise the refusal: an ended appointment first, then 404 outside, then 403, then separation of duties."""
    if isinstance(by, PostActor):
        in_hand().require_holding(by)
    if isinstance(by, PartyActor) and by.case == case.pk:
        in_hand().require_party(case, by)
    decision = allows(step, case, tasks, by=by)
    if isinstance(by, PostActor):
        decision = _as_seen(decision, step, case, by)
    if decision is Decision.OUTSIDE:
        raise NotFound
    if isinstance(by, PartyActor):
        _require_scope(step, by)
    if decision is not Decision.ALLOWED:
        raise NotYours(_("Your post may not take this step: %(step)s.") % {"step": step.label})
    if step.apart_from and isinstance(by, PostActor) and _took(by, case, step.apart_from):
        raise NotYours(kept_apart())


def kept_apart() -> str:
    """Why somebody who took a step that another one checks does not take that one."""
    return _("Whoever dispatched or handled a case does not check it. Somebody else has to do this.")


def _as_seen(decision: Decision, step: Step, case: Case, by: PostActor) -> Decision:
    """Ask the database where area alone gives no sight: what the actor does not see does not exist for it.

    A step from above is for whoever saw figures only. Of a kind seen by tasks, what is seen is there, to be read.
    """
    by_area = areas_see(case.kind)
    if by_area and (step.from_above or not watches(by)):
        return decision
    if not in_hand().sees(case, by):
        return Decision.OUTSIDE
    return Decision.LACKING if decision is Decision.OUTSIDE and not by_area else decision


def _took(by: PostActor, case: Case, steps: tuple[str, ...]) -> bool:
    return by.holding.account_id in in_hand().who_took(case, steps)


def require_stage(step: Step, case: Case) -> None:
    """Raise Conflict, saying where the case stands, when its stage does not allow the step."""
    if case.stage not in step.leaves:
        stage = kind_of(case.kind).procedure.stages[case.stage]
        raise Conflict(
            _("This case is now “%(stage)s”, so “%(step)s” is not possible any more.")
            % {"stage": stage.label, "step": step.label}
        )


def require_opening(kind: str, step: Step, code: int, *, by: Actor) -> None:
    """The same for the step that opens a case at a place (17-digit code), by an appointment that holds."""
    if isinstance(by, PartyActor):
        if ANYONE not in step.parties:
            raise NotYours
    elif isinstance(by, PostActor):
        require_power(by, power(kind, step), within=code)
    elif not step.system:
        raise NotYours


def taken_by(by: PostActor, case: Case, steps: Iterable[str]) -> frozenset[str]:
    """Those of these steps that the same person took in this case, on whatever post (one statement)."""
    names = [f"{case.kind}.{name}" for name in steps]
    own = Holding.objects.filter(account=by.holding.account_id).values("pk")
    found = Entry.objects.filter(about=case.pk, name__in=names, holding__in=own).values_list(
        "name", flat=True
    )
    return frozenset(name.partition(".")[2] for name in found)
