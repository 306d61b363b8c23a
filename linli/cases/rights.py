"""Who may do what, and why: the tables of rights as rows to be read, and one decision explained in plain words.

Everything here is read from the tables that decide; nothing is written by hand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.cases.kinds import Kind, all_kinds, kind_of, power, step_of
from linli.cases.models import Case, areas_see
from linli.cases.permission import allows, taken_by
from linli.cases.procedure import ANYONE, REPORTER, REPRESENTATIVE, Procedure, Step
from linli.cases.reading import open_tasks
from linli.cases.sight import sees
from linli.cases.tasks import unanswered
from linli.posts.actor import PostActor
from linli.posts.may import Decision, covers, may
from linli.posts.models import PostKind
from linli.posts.powers import kinds_with, post_rules
from linli.residents.purposes import Purpose, all_purposes


@dataclass(frozen=True)
class PostRight:
    """A power: what it allows, where that is written, who has it: kinds of post, or (`tasked`) who has the task."""

    power: str
    label: str
    source: str
    kinds: tuple[str, ...]
    tasked: bool = False


@dataclass(frozen=True)
class PartyRight:
    """A relation to a case and a step that it gives."""

    relation: str
    kind: str
    step: str


@dataclass(frozen=True)
class Reason:
    """One ground of a decision: whether it speaks for a yes, and the sentence."""

    holds: bool
    sentence: str


def who_sees() -> list[str]:
    """Who of the staff sees a case at all, in sentences."""
    by_tasks = [str(kind.procedure.label) for kind in all_kinds() if not areas_see(kind.name)]
    return [
        _("Posts of a county, and of everything below it, see every case in their area."),
        _(
            "Posts of a city and of a province see the cases in which their level has part: what was taken up to it or "
            "copied to it, what it took in, and what it pressed. Of all others they see figures, places and stages, "
            "without words, photos or who raised them."
        ),
        _("Cases of these kinds are seen only by who has something to do in them, at every level: %(kinds)s.")
        % {"kinds": _(", ").join(by_tasks)},
    ]


def post_rights(post_kind: str = "", kind: str = "") -> list[PostRight]:
    """The post rules as rows: those of the core, then each procedure's steps; narrowed by kind of post or of case."""
    steps = {power(each.name, step) for each in all_kinds() for step in each.procedure.steps.values()}
    rows = [] if kind else [_core(name) for name in post_rules() if name not in steps]
    rows += [row for each in all_kinds() if kind in {"", each.name} for row in _steps(each)]
    return [row for row in rows if not post_kind or post_kind in row.kinds or row.tasked]


def _core(name: str) -> PostRight:
    return PostRight(
        name, post_rules()[name].label(), _("Rule of the platform"), tuple(sorted(kinds_with(name)))
    )


def _steps(kind: Kind) -> Iterator[PostRight]:
    for step in kind.procedure.steps.values():
        named = kinds_with(power(kind.name, step))
        if named or step.tasked:
            source = _("Procedure: %(kind)s") % {"kind": kind.procedure.label}
            label, kinds = str(step.label), tuple(sorted(named))
            yield PostRight(power(kind.name, step), label, source, kinds, bool(step.tasked))


def party_rights(kind: str = "") -> list[PartyRight]:
    """The party rules as rows: which relation to a case gives which step."""
    words = {REPORTER: _("Whoever raised it"), ANYONE: _("Anybody"), REPRESENTATIVE: _("Who acts for them")}
    return [
        PartyRight(_relation(relation, each.procedure, words), str(each.procedure.label), str(step.label))
        for each in all_kinds()
        if kind in {"", each.name}
        for step in each.procedure.steps.values()
        for relation in sorted(step.parties)
    ]


def _relation(name: str, procedure: Procedure, words: Mapping[str, str]) -> str:
    """A role by what the procedure calls it."""
    return str(procedure.roles[name].label) if name in procedure.roles else words.get(name, name)


def purposes(post_kind: str = "") -> list[Purpose]:
    """Why people's data may be read; narrowed to what a kind of post may give as its reason."""
    return [each for each in all_purposes() if not post_kind or post_kind in each.posts]


def explain_here(by: PostActor, name: str, code: int) -> list[Reason]:
    """Why a post may use a power at a place (17-digit code), or not: every ground, the first no first to fail."""
    kinds = dict(PostKind.choices)
    having = _(", ").join(str(kinds[each]) for each in PostKind.values if each in kinds_with(name))
    inside = covers(by, code)
    decided = may(by, name, within=code) is Decision.ALLOWED
    return [
        Reason(inside, _("The place lies in the area of this post.") if inside else _outside()),
        Reason(
            by.post.kind in kinds_with(name),
            (
                _("These kinds of post have this power: %(kinds)s.") % {"kinds": having}
                if having
                else _("No kind of post has this power by itself: whoever has the task takes the step.")
            ),
        ),
        *([] if decided else [Reason(False, _("What no rule allows is refused."))]),
    ]


def explain(by: PostActor, step: str, case: Case) -> list[Reason]:
    """Why a post may take a step of a case now, or not; the caller has checked that the reader sees the whole case."""
    rule, tasks = step_of(case.kind, step), open_tasks(case)
    if not sees(case, by=by):
        return [Reason(False, _unseen(case, by))]
    decision = allows(rule, case, tasks, by=by)
    return [
        Reason(True, _("This post sees the case.")),
        Reason(decision is Decision.ALLOWED, _who(rule, case, by)),
        *_circumstances(rule, case, by),
    ]


def _unseen(case: Case, by: PostActor) -> str:
    """Why the case does not exist for a post."""
    if not areas_see(case.kind):
        return _("Only posts with a task in it see cases of this kind; this post has none.")
    if covers(by, case.code_now):
        return _("The level of this post has no part in the case; it sees figures of it only.")
    return _outside()


def _outside() -> str:
    return _("The place lies outside the area of this post; there it looks as if nothing existed.")


def _who(rule: Step, case: Case, by: PostActor) -> str:
    kinds, named = dict(PostKind.choices), kinds_with(power(case.kind, rule))
    who = [str(kinds[each]) for each in PostKind.values if each in named]
    if rule.tasked:
        who.append(_("whoever has the task"))
    roles = kind_of(case.kind).procedure.roles
    who += [str(role.label) for role in roles.values() if role.name in rule.parties]
    if REPORTER in rule.parties and REPORTER not in roles:
        who.append(_("whoever raised it"))
    if rule.system:
        who.append(_("the clock"))
    said = {"step": rule.label, "who": _(", ").join(who), "kind": kinds[by.post.kind]}
    return _("“%(step)s” is taken by: %(who)s. This post is of the kind: %(kind)s.") % said


def _circumstances(rule: Step, case: Case, by: PostActor) -> Iterator[Reason]:
    """What else must hold: nobody checks their own work, the stage allows it, nothing is left to answer."""
    if rule.apart_from:
        taken = bool(taken_by(by, case, rule.apart_from))
        sentence = (
            _("The person on this post took a step that this one checks, so somebody else has to do it.")
            if taken
            else _("The person on this post took none of the steps that this one checks.")
        )
        yield Reason(not taken, sentence)
    stages = _stages(case)
    leaves = case.stage in rule.leaves
    said = {"stage": stages[case.stage], "stages": _(", ").join(stages[each] for each in sorted(rule.leaves))}
    now = _("The case is now “%(stage)s”; the step is possible in: %(stages)s.") % said
    yield Reason(leaves, now)
    if rule.waits and unanswered(open_tasks(case)):
        yield Reason(False, _("Others must answer first what they were asked."))


def _stages(case: Case) -> dict[str, str]:
    kind = next(each for each in all_kinds() if each.name == case.kind)
    return {name: str(stage.label) for name, stage in kind.procedure.stages.items()}
