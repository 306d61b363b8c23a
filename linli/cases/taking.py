"""taking(): the mechanism every kind shares. One step, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NewType

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Stale
from linli.cases.books import Taken, in_hand, standing_of
from linli.cases.clocks import ClockChanges, Term, due_of, move, pressing_at
from linli.cases.duplicates import merge_one_at_a_time
from linli.cases.hindrances import Look, hindrance
from linli.cases.kinds import kind_of, power
from linli.cases.models import Party, Task
from linli.cases.parties import (
    GivenParty,
    Powers,
    agents_in,
    gone_reporter,
    joining,
    reporter_stands,
    stands,
    told_by,
)
from linli.cases.permission import require_stage, require_step
from linli.cases.procedure import ASKED, NEXT, Step
from linli.cases.sent import facts_sent
from linli.cases.tasks import Handing, closed_by, others_to_wait_for, task_for
from linli.ledger.records import Line
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.posts.lookup import nearest
from linli.posts.models import Post
from linli.residents.keeping import GivenContact

Version = NewType("Version", int)
MOVES_CLOCKS = ("start", "stop", "suspend", "park", "resume", "extend")


@dataclass
class Taking(Look):
    """A step being taken. `detail` and `case` are re-read under the lock; change `detail`, the rest follows."""

    said: dict[str, Any] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    handed: list[Handing] = field(default_factory=list)
    target: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    changes: ClockChanges = field(default_factory=ClockChanges)
    joined: list[Party] = field(default_factory=list)
    left: list[Party] = field(default_factory=list)
    told: frozenset[int] | None = None

    @property
    def party(self) -> int | None:
        """The number of the party that takes the step, itself or through who acts for it; the reporter is 0."""
        return self.by.nr if isinstance(self.by, PartyActor) else None

    @cached_property
    def _parties(self) -> list[Party]:
        return in_hand().parties(self.case)

    @property
    def parties(self) -> list[Party]:
        """Who is a party beside the reporter, by numbers, as it will be after this step."""
        return [each for each in self.rows if each.nr and stands(each) and each.acts_for is None]

    @property
    def rows(self) -> list[Party]:
        """All rows of parties and of who acts for them, also of who left, as they will be after this step."""
        return [*self._parties, *self.joined]

    def add_party(self, role: str, contact: GivenContact) -> Party:
        """Let somebody be a party from now on; what they gave is sealed, the entry says their number only."""
        return self._join(GivenParty(role, contact))

    def add_agent(self, acts_for: int, contact: GivenContact, powers: Powers) -> Party:
        """Let somebody act for a party from now on (代理), with a code of their own; Conflict without such a party."""
        if acts_for not in {each.nr for each in self.parties} | (
            {0} if reporter_stands(self.rows) else set()
        ):
            raise Conflict(_("There is no such party in this case any more."))
        role = kind_of(self.case.kind).procedure.acting
        return self._join(GivenParty(role, contact, acts_for, powers))

    def _join(self, given: GivenParty) -> Party:
        self.joined.append(joining(self.case, given, self.rows, self.at))
        return self.joined[-1]

    def let_go(self, nr: int) -> None:
        """Let a party, or who acts for one, be none any more, and with a party whoever acts for it.

        Conflict where there is none; the contact stays, and its code opens nothing from now on.
        """
        rows = self.rows
        if nr == 0 and self.case.reporter and not any(each.nr == 0 for each in rows):
            self.left.append(gone_reporter(self.case, self.at))
        else:
            found = next((each for each in rows if each.nr == nr and stands(each)), None)
            if found is None or found in self.joined:
                raise Conflict(_("There is no such party in this case any more."))
            self.left.append(found)
        self.left += agents_in(rows, nr)
        for each in self.left:
            each.left_at = self.at

    def tell(self, *parties: int) -> None:
        """Tell these parties of the step, by their numbers (the reporter is 0), instead of whom the procedure names."""
        self.told = frozenset(parties)

    def facts(self, **facts: Any) -> None:
        """Add ids, codes, numbers and enumerations to the ledger entry."""
        self.said.update(facts)

    def words(self, **words: str) -> None:
        """Add free text; it is stored apart from the entry and can be erased."""
        self.written.update(words)

    def hand_to(self, post: Post | None, role: str = NEXT, *, mandatory: bool = True) -> None:
        """Name a post that gets a task. Nobody leads: nobody gets one."""
        if post:
            self.handed.append(Handing(post.pk, role, mandatory))

    def keep_it(self) -> None:
        """Whoever has the task goes on with it, as `handler`, also where another post had it before."""
        if isinstance(self.by, PostActor):
            self.detail.handler = self.by.post
        self.hand_to(self.detail.handler)

    def hand_to_nearest(self, kind: str, role: str = NEXT) -> None:
        """Give the task to the nearest post of a kind that may take what comes next.

        Where all of that kind are kept apart, to the nearest of another kind that may and that somebody holds; failing
        that to a vacant one, or to the first one all the same: whose next holder may (夜班). It is nobody's never.
        """
        apart, place = _kept_apart(self), self.case.code_now
        others = sorted({post for step in self.following for post in step.posts} - {kind}) if apart else []
        seen = (nearest(each, place, apart=apart, filled=True) for each in (kind, *others))
        found = next(filter(None, seen), None) or nearest(kind, place, apart=apart) or nearest(kind, place)
        self.handed += [Handing(found, role)] if found else []

    @property
    def following(self) -> list[Step]:
        """The steps that lead on from where the case stands now."""
        steps = kind_of(self.case.kind).procedure.leaving(self.case.stage)
        return [step for step in steps if step.targets]

    def enter(self, stage: str, *, start: tuple[str, ...] | None = None) -> None:
        """Choose one of the stages the step may lead to, instead of its usual one, and which clocks start there."""
        if stage not in self.step.targets:
            raise ValueError(f"{self.step.name} does not lead to {stage}")
        self.target = stage
        if start is not None:
            self.step = replace(self.step, start=start)

    def go_on(self) -> None:
        """Let the actor's own part stay open, though the step usually ends it: something of it is still to be done."""
        self.step = replace(self.step, closes="", enters="", otherwise=frozenset())
        self.target = ""

    @property
    def moves(self) -> bool:
        """Whether the stage moves: not when the step stays, nor while others still have their part to do."""
        return bool(self.target) and not others_to_wait_for(self.step, self.tasks, self.by_post)

    def run_for(self, clock: str, *terms: Term) -> None:
        """Give a clock this step starts another term than the procedure's default; several are milestones."""
        self.changes.terms[clock] = terms

    def run_until(self, clock: str, end: datetime | None) -> None:
        """Let a clock this step starts end at an agreed moment, which no calendar moves; None: it does not start."""
        self.changes.ends = {**self.changes.ends, clock: end}

    def let_be(self, *clocks: str) -> None:
        """Let these clocks as they are, though the procedure names them for this step: it is not their time yet."""
        kept: dict[str, Any] = {
            name: tuple(each for each in getattr(self.step, name) if each not in clocks)
            for name in MOVES_CLOCKS
        }
        self.step = replace(self.step, **kept)

    def extend_by(self, clock: str, amount: int) -> None:
        """Say how much is granted, in the clock's unit, by a step that extends it."""
        self.changes.extensions[clock] = amount
        self.said["extended_by"] = amount

    def rest_for(self, reason: str) -> None:
        """Name the listed reason for a step that suspends or parks a clock."""
        self.changes.reason = reason
        self.said["rest_reason"] = reason


@contextmanager
def taking(
    step: str, detail: Any, *, by: Actor, seen: Version | int, at: datetime | None = None
) -> Iterator[Taking]:
    """Take one step: lock and re-read, allow, check, yield, then move stage, clocks and tasks, and record it.

    `at` is when it happened, if not now (imports, replay). Raises NotFound, NotYours, Stale or Conflict, in this
    order of questions: a stranger learns nothing about the case.
    """
    book = in_hand()
    with book.turning():
        now = _begin(step, detail, by, at or timezone.now())
        _check(now, seen)
        yield now
        book.keep(_finish(now))


def _begin(step: str, detail: Any, by: Actor, at: datetime) -> Taking:
    rule = kind_of(detail.case.kind).procedure.steps[step]
    if rule.merges:
        merge_one_at_a_time()
    page = in_hand().page(detail)
    now = Taking(rule, by, at, page.detail, page.detail.case, page.tasks, page.clocks)
    now.target, now.before, now.changes = rule.enters, page.before, page.changes
    return now


def _check(now: Taking, seen: int) -> None:
    require_step(now.step, now.case, now.tasks, by=now.by)
    if seen != now.case.version and not now.step.alongside:
        raise Stale(version=now.case.version)
    require_stage(now.step, now.case)
    if why := hindrance(now):
        raise Conflict(why)


def _finish(now: Taking) -> Taken:
    """Move stage, tasks and clocks as the procedure says, and say what the entry says; nothing is stored yet."""
    left, moves = now.case.stage, now.moves
    _move_stage(now, moves=moves)
    closed, opened = _move_tasks(now, moves=moves)
    moved = move(now.case, now.clocks, now.step, now.at, changes=now.changes)
    now.case.due = due_of(now.case, moved.live)
    for task in opened:
        task.pressing_at = pressing_at(now.at, moved.live, task.pk)
    moved_to = {"from": left, "to": now.case.stage, "version": now.case.version}
    around = {**_next(opened), **_of_parties(now), **facts_sent(now.case)}
    facts = {**moved_to, **standing_of(now.case), **around, **now.said}
    name = power(now.case.kind, now.step)
    line = Line(name, now.by.by(), now.case.code_now, now.case.pk, now.at, facts, now.written)
    told = (
        told_by(now.step, now.case, [*now.rows, *now.left], at=now.at, chosen=now.told)
        if now.step.notice and not in_hand().is_past
        else []
    )
    return Taken(
        now.step,
        now.case,
        now.detail,
        now.before,
        now.at,
        closed,
        opened,
        moved,
        line,
        joined=now.joined,
        left=now.left,
        told=told,
    )


def _move_stage(now: Taking, *, moves: bool) -> None:
    case = now.case
    case.version += 1
    if not moves:
        return
    case.stage = now.target
    ends = kind_of(case.kind).procedure.stages[case.stage].ends
    case.closed_at = now.at if ends else None
    case.outcome = now.step.outcome if ends else ""


def _move_tasks(now: Taking, *, moves: bool) -> tuple[list[Task], list[Task]]:
    """The tasks the step closes, and the unsaved ones it opens, whose clocks are yet to start."""
    ends = now.case.closed_at is not None
    closing = closed_by(now.step, now.tasks, post=now.by_post, moves=moves, ends=ends)
    now.changes.ended = frozenset(task.pk for task in closing)
    if now.step.targets and not moves:
        return closing, []
    if not now.handed and now.step.task not in {"", "named"}:
        now.hand_to_nearest(now.step.task, NEXT if now.step.targets else ASKED)
    in_hand().refuse_if_kept(now.case, [handing.post for handing in now.handed])
    now.changes.tasks = [task_for(handing, now.case, now.step, now.at) for handing in now.handed]
    return closing, list(now.changes.tasks)


def _next(opened: list[Task]) -> dict[str, Any]:
    """What the ledger says of who is next."""
    posts = [task.post_id for task in opened]
    return {"next_post": posts[0], **({"next_posts": posts} if posts[1:] else {})} if posts else {}


def _of_parties(now: Taking) -> dict[str, Any]:
    """What the ledger says of the parties: their numbers in the case, never who they are."""
    said = {
        "party": now.party,
        "agent": now.by.agency.nr if isinstance(now.by, PartyActor) and now.by.agency else None,
        "joined": [each.nr for each in now.joined],
        "left": [each.nr for each in now.left],
    }
    return {name: value for name, value in said.items() if value}


def _kept_apart(now: Taking) -> frozenset[int]:
    """People who may not take what comes next, because they took what it checks."""
    apart = {name for step in now.following for name in step.apart_from}
    if not apart:
        return frozenset()
    itself = (
        {now.by.holding.account_id} if now.step.name in apart and isinstance(now.by, PostActor) else set()
    )
    return in_hand().who_took(now.case, tuple(apart)) | itself
