"""procedure.yaml: the stages and steps of a kind, read once into frozen values and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from linli.base.yamls import read_yaml

REPORTER = "reporter"
ANYONE = "anyone"
REPRESENTATIVE = "representative"  # acts for the reporter or another party, by a recorded mandate
PARTIES = "parties"  # all of them, the reporter too
MOST_OF_A_ROLE = 20
# What a post has to do in a case: the next step; lead or help in joint handling; answer what it was asked.
NEXT, LEAD, HELPS, ASKED = "next", "lead", "helps", "asked"
ROLES = frozenset({NEXT, LEAD, HELPS, ASKED})
JOINT = frozenset({LEAD, HELPS})
# Parts of a file that a kind may keep beyond its years; whoever raised it is never among them.
KEPT_PARTS = frozenset({"words", "photos", "documents"})
# Who of the staff sees the cases of a kind: every post whose area they lie in, or only those with a task in them.
BY_AREA, BY_TASKS = "area", "tasks"


@dataclass(frozen=True)
class Words:
    """A text in both languages, from the yaml itself."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if (get_language() or "zh").startswith("en") else self.zh


@dataclass(frozen=True)
class Stage:
    """Where a case can stand. `ends`: nobody has to do anything any more; `aside`: not on a case's usual way; `then`:
    what happens next, as whoever raised it is told.
    """

    name: str
    label: Words
    ends: bool = False
    aside: bool = False
    then: Words | None = None


@dataclass(frozen=True)
class Role:
    """What a party is in a case. `named`: known by name to the other parties, and to whoever carries the case through;
    otherwise shielded as reporters are. `most`: so many of them in one case. `acts`: for another party, whose rights
    in the case are theirs as far as their power goes; no step or notice names such a role.
    """

    name: str
    label: Words
    named: bool = False
    most: int = MOST_OF_A_ROLE
    acts: bool = False


@dataclass(frozen=True)
class Step:
    """What can be done: by whom, from which stages, to which, and what else moves with it.

    `posts`: kinds of post with the power; `tasked`: the post that has an open task in one of these roles;
    `parties`: relations to the case; `system`: the clock. `enters` empty: the case stays in its stage; `otherwise`:
    stages the action may choose instead. `task`: kind of post that gets the next task, `named` (the action names
    it) or empty. `closes`: `own` closes the actor's own task only, and the stage moves with the last mandatory one;
    `every` also closes what others were asked. `settles`: steps whose questions this one answers. `waits`: not
    while a mandatory task is open. `merges`: the case follows another one; `with_original`: it ends with that one.
    `apart_from`: steps whose actor may not take this one. `in_person`: nobody who acts for a party may take it, but
    for a guardian; `special`: whoever acts by a power of attorney needs a special one (特别授权). `notice`: told after
    commit to those in `tells`: the reporter, or other roles; in the yaml `to` of the notice (`parties`: all of
    them).
    `alongside`: many posts answer at the same time, each for itself, so what others did since is no reason to refuse,
    and the story tells a post of its own such steps only.
    `from_above`: a level that sees figures only may take it of any case in its area, which becomes its part by that
    (docs/adr/0034).
    Clocks by name: `start`, `stop`; `suspend` (a listed reason of the law, 中止) and `park` (the office cannot go on
    now, 挂账) let them rest until a step that may `resume` them; `extend` grants more time; `whether_running`: also
    where the clock does not run that this would rest or let go on. `at_opening`: kinds of post that may open a case
    and take this step on one form, for what is over before there is a case (docs/adr/0024).
    """

    name: str
    label: Words
    enters: str = ""
    leaves: frozenset[str] = frozenset()
    otherwise: frozenset[str] = frozenset()
    opens: bool = False
    at_opening: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    tasked: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    system: bool = False
    apart_from: tuple[str, ...] = ()
    task: str = ""
    closes: str = ""
    settles: tuple[str, ...] = ()
    merges: bool = False
    waits: bool = False
    in_person: bool = False
    special: bool = False
    bulk: bool = False
    from_above: bool = False
    alongside: bool = False
    with_original: bool = False
    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    suspend: tuple[str, ...] = ()
    park: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    while_running: str = ""
    whether_running: bool = False
    outcome: str = ""
    published: bool = True
    notice: Words | None = None
    tells: frozenset[str] = frozenset({REPORTER})

    @property
    def shifts(self) -> bool:
        """Whether clocks of the case that go on end at another time after this step."""
        return bool(self.extend or self.suspend or self.park or self.resume)

    @cached_property
    def targets(self) -> frozenset[str]:
        """The stages a case can be in after this step; empty when it stays where it is."""
        return self.otherwise | {self.enters} - {""}


@dataclass(frozen=True)
class ClockRule:
    """A clock of the procedure. `lapse`: the step the system takes when it runs out; `shown`: counts as due.

    `reasons`: the listed ones for letting it rest; `per_task`: each task of joint handling has its own.
    """

    name: str
    label: Words
    lapse: str = ""
    shown: bool = True
    per_task: bool = False
    reasons: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Procedure:
    """One kind's whole procedure. `sight`: area, or tasks for a kind that area alone gives no sight of.

    `invitation`: what the button says to residents who may open one; the label where it is missing.
    `offered`: false for a kind that only another mechanism of the core opens, never a page or a request by its name.
    `grows`: whether one that only tasks give sight of may grow out of a case that its area sees (docs/adr/0011).
    `roles`: of the parties that a case can have beside its reporter, who may have another name here (申请人).
    `keep_years`: after so many years from its end the file is erased, but for the parts in `keeps`; `holds_files`:
    while one of this kind is open, no file of the same person is erased.
    """

    kind: str
    label: Words
    stages: Mapping[str, Stage]
    steps: Mapping[str, Step]
    clocks: Mapping[str, ClockRule] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    outcomes: Mapping[str, Words] = field(default_factory=dict)
    keep_years: int = 10
    keeps: frozenset[str] = frozenset()
    holds_files: bool = False
    sight: str = BY_AREA
    invited: Words | None = None
    offered: bool = True
    grows: bool = False

    @property
    def invitation(self) -> Words:
        """What residents may do with this kind, in plain words."""
        return self.invited or self.label

    @cached_property
    def opening(self) -> Step:
        """The step a case begins with."""
        return next(step for step in self.steps.values() if step.opens)

    @cached_property
    def following(self) -> str:
        """The stage in which a case may begin that follows another from the start; empty where none can."""
        waiting = [stage for step in self.steps.values() if step.with_original for stage in step.leaves]
        return next((stage for stage in waiting if stage in self.opening.otherwise), "")

    @property
    def has_parties(self) -> bool:
        """Whether a case can be between several people."""
        return bool(set(self.roles) - {REPORTER})

    @property
    def acting(self) -> str:
        """The role of whoever acts for a party; empty where nobody does."""
        return next((role.name for role in self.roles.values() if role.acts), "")

    @property
    def named(self) -> frozenset[str]:
        """The roles whose people the others know by name."""
        return frozenset(role.name for role in self.roles.values() if role.named)

    def at_opening(self, post: str) -> list[Step]:
        """The steps that a kind of post may take on the form with which it opens a case."""
        return [step for step in self.steps.values() if post in step.at_opening]

    def leaving(self, stage: str) -> Sequence[Step]:
        """The steps the procedure allows in a stage, whoever may take them."""
        return self._leaving.get(stage, ())

    @cached_property
    def _leaving(self) -> Mapping[str, Sequence[Step]]:
        return {
            stage: [step for step in self.steps.values() if stage in step.leaves] for stage in self.stages
        }


def read_procedure(path: Path) -> Procedure:
    """Read and check one procedure.yaml; raises ValueError with every mistake in it."""
    raw = read_yaml(path)
    procedure = Procedure(
        kind=raw["kind"],
        label=Words(**raw["label"]),
        stages={name: _built(Stage, name, each) for name, each in raw["stages"].items()},
        steps={name: _built(Step, name, each) for name, each in raw["steps"].items()},
        clocks={name: _built(ClockRule, name, each) for name, each in raw.get("clocks", {}).items()},
        roles={name: _built(Role, name, each) for name, each in raw.get("roles", {}).items()},
        outcomes={name: Words(**each) for name, each in raw.get("outcomes", {}).items()},
        keep_years=raw.get("keep_years", 10),
        keeps=frozenset(raw.get("keeps", [])),
        holds_files=raw.get("holds_files", False),
        sight=raw.get("sight", BY_AREA),
        invited=Words(**raw["invitation"]) if "invitation" in raw else None,
        offered=raw.get("offered", True),
        grows=raw.get("grows", False),
    )
    if mistakes := list(mistakes_in(procedure)):
        raise ValueError(f"{path}: " + "; ".join(mistakes))
    return procedure


_TEXTS = {"label", "notice", "then"}
_SETS = {"leaves", "posts", "parties", "tasked", "otherwise", "at_opening"}


def _built(shape: type[Any], name: str, raw: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = {"name": name}
    for key, value in raw.items():
        if key == "notice" and "to" in value:
            values["tells"], value = _told(value["to"]), {**value}  # noqa: PLW2901
            del value["to"]
        if key in _TEXTS:
            value = Words(**value)  # noqa: PLW2901
        elif key == "reasons":
            value = {reason: Words(**words) for reason, words in value.items()}  # noqa: PLW2901
        elif isinstance(value, list):
            value = frozenset(value) if key in _SETS else tuple(value)  # noqa: PLW2901
        values[key] = value
    return shape(**values)


def _told(to: str | list[str]) -> frozenset[str]:
    return frozenset([to] if isinstance(to, str) else to)


def mistakes_in(procedure: Procedure) -> Iterator[str]:
    """Everything wrong with a procedure, one sentence each."""
    yield from _unknown_names(procedure)
    yield from _stuck_clocks(procedure)
    yield from _leaks(procedure)
    yield from _unknown_parties(procedure)
    for part in procedure.keeps - KEPT_PARTS:
        yield f"keeps {part}, which is no part of a file that may be kept"
    if procedure.keep_years < 1:
        yield "a file is kept for at least a year"
    if sum(step.opens for step in procedure.steps.values()) != 1:
        yield "exactly one step must open a case"
        return
    yield from _not_at_opening(procedure)
    reached = _reachable(procedure)
    for stage in procedure.stages.values():
        if stage.name not in reached:
            yield f"stage {stage.name} cannot be reached"
        if not stage.ends and not any(step.targets for step in procedure.leaving(stage.name)):
            yield f"stage {stage.name} has no way out and is no end"
    for step in procedure.steps.values():
        if not (step.posts or step.tasked or step.parties or step.system):
            yield f"nobody may take step {step.name}"


def _unknown_names(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps.values():
        for stage in (step.targets | step.leaves) - set(procedure.stages):
            yield f"step {step.name} names an unknown stage {stage}"
        for clock in _clocks_of(step) - {"", *procedure.clocks}:
            yield f"step {step.name} names an unknown clock {clock}"
        for other in {*step.apart_from, *step.settles} - set(procedure.steps):
            yield f"step {step.name} names an unknown step {other}"
        for role in step.tasked - ROLES:
            yield f"step {step.name} names an unknown role {role}"
        if step.closes not in {"", "own", "every"}:
            yield f"step {step.name} closes {step.closes}, which means nothing"
    for rule in procedure.clocks.values():
        if rule.lapse and rule.lapse not in procedure.steps:
            yield f"clock {rule.name} lapses into an unknown step {rule.lapse}"


def _not_at_opening(procedure: Procedure) -> Iterator[str]:
    for step in procedure.steps.values():
        if step.at_opening - procedure.opening.posts:
            yield f"step {step.name} is taken with the opening by a post that opens none"
        if step.at_opening and procedure.opening.enters not in step.leaves:
            yield f"step {step.name} is taken with the opening, but does not leave where a case begins"


def _unknown_parties(procedure: Procedure) -> Iterator[str]:
    known = {REPORTER, *procedure.roles}
    for name in {ANYONE, REPRESENTATIVE, PARTIES} & set(procedure.roles):
        yield f"role {name} has a meaning of its own: choose another name"
    for step in procedure.steps.values():
        for role in step.parties - known - {ANYONE, REPRESENTATIVE}:
            yield f"step {step.name} names an unknown party {role}: list it under roles, or say reporter or anyone"
        for role in step.tells - known - {PARTIES}:
            yield f"step {step.name} tells an unknown party {role}: list it under roles, or say reporter or parties"
        if step.opens and step.parties & set(procedure.roles) - {REPORTER}:
            yield f"step {step.name} opens a case, which has no parties yet: say anyone"


def _leaks(procedure: Procedure) -> Iterator[str]:
    """Where only tasks give sight, a step that any post of a kind may take would be taken unseen."""
    if procedure.sight not in {BY_AREA, BY_TASKS}:
        yield f"sight {procedure.sight} means nothing"
    if procedure.sight != BY_TASKS:
        return
    for step in procedure.steps.values():
        if step.posts and not step.opens:
            yield f"step {step.name} names posts, but cases are seen by tasks: say tasked"
        if step.from_above:
            yield f"step {step.name} is taken from above, but no area gives sight of its cases"
        if step.bulk:
            yield f"step {step.name} is for many at once, but its cases stand in no list of an area"


def _clocks_of(step: Step) -> set[str]:
    moved = (step.start, step.stop, step.suspend, step.park, step.resume, step.extend)
    return {step.while_running}.union(*moved)


def _stuck_clocks(procedure: Procedure) -> Iterator[str]:
    """A clock that can rest needs listed reasons, and a step that lets it go on from where it rests."""
    resumed = {name for step in procedure.steps.values() for name in step.resume}
    for step in procedure.steps.values():
        for name in (*step.suspend, *step.park):
            if name not in resumed:
                yield f"clock {name} rests after {step.name} and no step resumes it"
            if name in procedure.clocks and not procedure.clocks[name].reasons:
                yield f"clock {name} may rest in {step.name} but has no listed reasons"


def _reachable(procedure: Procedure) -> set[str]:
    reached = set(procedure.opening.targets)
    while True:
        further = {
            stage for step in procedure.steps.values() if step.leaves & reached for stage in step.targets
        } - reached
        if not further:
            return reached
        reached |= further
