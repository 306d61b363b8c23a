"""History: cases with their past steps, written set-wise under the rules by which steps are taken now.

A past runs through the same actions as a step of today, in memory (`History` is the book in hand), so there is no
second copy of any rule; what comes of it is inserted for many cases at once. Who held a post then is not known:
past steps are those of posts, not of people. Nobody is sent a message about them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DataError, IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotYours, Refusal
from linli.base.generations import Cached
from linli.base.rows import insert_values, values_of
from linli.base.writing import writing
from linli.cases.books import Book, Page, Taken, taken_up
from linli.cases.clocks import ClockChanges, pressing_at
from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case, Link, Party, Task, areas_see
from linli.cases.opening import (
    CountyYear,
    Draft,
    Opened,
    Origin,
    Rows,
    county_and_year,
    draw_numbers,
    rows_of,
    tables_of,
)
from linli.cases.parties import stands
from linli.cases.procedure import REPORTER, Step
from linli.cases.tasks import is_for
from linli.posts.actor import Actor, PartyActor, PostActor, Side, SystemActor
from linli.posts.lookup import nearest
from linli.posts.models import Holding, Post

IMPORT = SystemActor("import")
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
Ends = Mapping[str, datetime | None]


@dataclass(frozen=True)
class PastStep:
    """A step that was taken: its name, when, by whom (None: the post whose turn it was), and what it takes.

    A value may be a function of the history, for what only shows once the case stands there (`known` originals).
    """

    step: str
    at: datetime
    by: Actor | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """A case and all that had happened in it. `given` is what its opening step takes; `words` are added to its entry.

    `taken_in_by`: the kind of post that took it in; the nearest one stands for it. `ends`: by clock, until when it
    had been promised, None where nothing was; clocks not named run by the limits in force then.
    """

    kind: str
    at: datetime
    given: Mapping[str, Any]
    by: Actor | None = None
    origin: Origin | None = None
    steps: Sequence[PastStep] = ()
    ends: Ends = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    taken_in_by: str = ""


class Waits(Conflict):
    """The original that a past names is not in yet."""

    code = "waits"


@dataclass
class Prepared:
    """What a set of pasts came to, ready to be inserted; plain values, so that another process can have made it.

    `outcomes`: for each past the key of its case, or its refusal. `tables`: models by label with their values.
    """

    outcomes: list[UUID | Refusal]
    counters: list[CountyYear]
    tables: list[tuple[str, list[list[Any]]]]


def replay_many(pasts: Sequence[Past]) -> list[UUID | Refusal]:
    """Write these cases with their past steps in one transaction; each comes in whole or is refused alone.

    Gives the key of each case or its refusal. What the database itself does not take is tried one by one. An
    original that a past names has to be in, or to stand before it.
    """
    try:
        return insert_prepared(prepare(pasts))
    except (IntegrityError, DataError) as trouble:
        if len(pasts) > 1:
            return [outcome for past in pasts for outcome in replay_many([past])]
        return [Conflict(_("The database does not take this: %(trouble)s") % {"trouble": trouble})]


def prepare(pasts: Sequence[Past]) -> Prepared:
    """Carry pasts through in memory; nothing is written yet."""
    history = History(timezone.now())
    with taken_up(history):
        outcomes = [history.written(past) for past in pasts]
    pages = list(history.pages.values())
    return Prepared(
        outcomes,
        [county_and_year(rows.case) for rows in pages],
        [(type(table[0])._meta.label, values_of(table)) for table in tables_of(pages)],
    )


def insert_prepared(prepared: Prepared) -> list[UUID | Refusal]:
    """Insert them in one transaction, or nothing: IntegrityError or DataError when the database refuses."""
    with writing():
        for label, values in prepared.tables:
            if label == Case._meta.label:
                for row, number in zip(values, draw_numbers(prepared.counters), strict=True):
                    row[_NUMBER] = number
            insert_values(apps.get_model(label), values)
    return prepared.outcomes


_NUMBER = [each.name for each in Case._meta.concrete_fields].index("number")


class History(Book):
    """Pasts in memory, one written after the other; `pages` are those that are to be inserted."""

    is_past = True

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.pages: dict[UUID, Rows] = {}
        self._keys: dict[str, Case] = {}
        self._past: Past | None = None
        self._rows: Rows | None = None
        self._took: list[tuple[str, int]] = []

    def written(self, past: Past) -> UUID | Refusal:
        """Carry a past through, from its opening to its last step; the refusal of the first that cannot be."""
        self._rows, self._took, self._past = None, [], past
        try:
            _require_times(past, self.now)
            kind = kind_of(past.kind)
            by = past.by or PartyActor(REPORTER)
            kind.function(kind.procedure.opening)(by=by, origin=past.origin, at=past.at, **past.given)
            for step in past.steps:
                self._take(step)
            _require_fitting(self.rows.detail)
        except Refusal as refusal:
            return refusal
        case = self.rows.case
        self.pages[case.pk] = self.rows
        if case.origin_key:
            self._keys[case.origin_key] = case
        return case.pk

    def known(self, key: str, number: str) -> Case:
        """The case of an origin's key, in this set or in the database; Waits when it is not there yet."""
        found = self._keys.get(key) or Case.everywhere.filter(origin_key=key).first()
        if found is None:
            raise Waits(_("Its original %(number)s is not in.") % {"number": number})
        return found

    def _take(self, past: PastStep) -> None:
        rows = self.rows
        step = step_of(rows.case.kind, past.step)
        by = past.by or _whose_turn(step, rows)
        if isinstance(by, PartyActor) and by.case is None:
            by = replace(by, case=rows.case.pk, side=by.side or _side(by.relation, rows))
        act = kind_of(rows.case.kind).function(step)
        given = {name: value(self) if callable(value) else value for name, value in past.given.items()}
        act(rows.detail, by=by, seen=rows.case.version, at=past.at, **given)
        if isinstance(by, PostActor) and by.holding.account_id:
            self._took.append((step.name, by.holding.account_id))

    @property
    def past(self) -> Past:
        """The past that is being written."""
        if self._past is None:
            raise LookupError("No past is being written.")
        return self._past

    @property
    def rows(self) -> Rows:
        """Those of the past that is being written."""
        if self._rows is None:
            raise LookupError("No case is open here.")
        return self._rows

    def turning(self) -> AbstractContextManager[None]:
        """Nothing is written before the whole set is."""
        return nullcontext()

    def opened(self, draft: Draft) -> Opened:
        """Open a case in memory."""
        past = self.past
        changes = ClockChanges(dict(draft.terms), ends=past.ends, lenient=True)
        post = nearest(past.taken_in_by, draft.division.code) if past.taken_in_by else None
        by: Actor = seat(post) if post else draft.by
        draft.by, draft.words = by, {**draft.words, **past.words}
        self._rows = rows_of(draft, self.now, changes)
        return Opened(self._rows.case.pk, "", "", self._rows.case.due)

    def page(self, detail: Any) -> Page:
        """The case that is being written, as it stands."""
        rows = self.rows
        clocks = [clock for clock in rows.clocks if clock.running or clock.resting]
        return Page(detail, _open(rows.tasks), clocks, ClockChanges(ends=self.past.ends, lenient=True))

    def require_holding(self, by: PostActor) -> None:
        """Whoever is named has to hold the post; mostly nobody is."""
        if by.holding.pk:
            super().require_holding(by)

    def parties(self, case: Case) -> list[Party]:
        """Those of the past that is being written."""
        return self.rows.parties

    def who_took(self, case: Case, steps: Sequence[str]) -> frozenset[int]:
        """Of those that are named."""
        return frozenset(account for step, account in self._took if step in steps)

    def sees(self, case: Case, by: PostActor) -> bool:
        """Whoever has or had a task in it, or by area: nobody is kept from a past but by the posts it names."""
        tasked = areas_see(case.kind) or any(task.post_id == by.post.pk for task in self.rows.tasks)
        return tasked and by.post.pk not in self._kept()

    def refuse_if_kept(self, case: Case, posts: Sequence[int]) -> None:
        """Nobody the case is kept from gets a task."""
        if self._kept().intersection(posts):
            raise Conflict(_("This case is kept from the post that would get it."))

    def _kept(self) -> set[int]:
        return {each.post_id for each in self.rows.withheld}

    def take_turns(self, about: str) -> None:
        """Nobody else sees this case yet."""

    def linked(self, case: Case, relation: str) -> Case | None:
        """Among the pasts of this set, then in the database."""
        rows = self.rows if case is self.rows.case else self.pages.get(case.pk)
        if rows is None:
            return super().linked(case, relation)
        return next((link.target for link in rows.links if link.relation == relation), None)

    def link(self, case: Case, other: Case, relation: str) -> None:
        """Note a link."""
        links = self.rows.links
        if not any(link.target == other and link.relation == relation for link in links):
            links.append(Link(source=case, target=other, relation=relation))

    def unlink(self, case: Case, relation: str) -> None:
        """Take it back."""
        self.rows.links[:] = [link for link in self.rows.links if link.relation != relation]

    def keep(self, taken: Taken) -> None:
        """Add what a step came to."""
        rows = self.rows
        known = {each.pk for each in rows.parties}
        for task in taken.closed:
            task.closed_at = taken.at
        rows.tasks += taken.opened
        rows.clocks += taken.clocks.begun
        rows.lines.append(taken.line)
        rows.parties += [*taken.joined, *(each for each in taken.left if each.pk not in known)]
        if taken.step.shifts:
            for task in _open(rows.tasks):
                task.pressing_at = pressing_at(task.opened_at, taken.clocks.live, task.pk)


def _open(tasks: Sequence[Task]) -> list[Task]:
    return [task for task in tasks if task.closed_at is None]


def _require_times(past: Past, now: datetime) -> None:
    """Time never runs backwards, and all of it lies between 1900 and now."""
    before = EARLIEST
    for at in (past.at, *(step.at for step in past.steps)):
        if at > now:
            raise Invalid(_("%(at)s has not come yet.") % {"at": _shown(at)})
        if at < before:
            if before is EARLIEST:
                raise Invalid(_("%(at)s is before 1900.") % {"at": _shown(at)})
            said = {"at": _shown(at), "before": _shown(before)}
            raise Invalid(_("%(at)s is before %(before)s, so the steps run backwards.") % said)
        before = at


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _require_fitting(detail: models.Model) -> None:
    for name, most in _lengths(type(detail)):
        if len(getattr(detail, name) or "") > most:
            raise Invalid(_("%(column)s has more than %(most)d characters.") % {"column": name, "most": most})


@cache
def _lengths(model: type[models.Model]) -> list[tuple[str, int]]:
    fields = [each for each in model._meta.concrete_fields if isinstance(each, models.CharField)]
    return [(each.attname, each.max_length) for each in fields if each.max_length]


# --- whose turn it was --------------------------------------------------------------------------------------


def _whose_turn(step: Step, rows: Rows) -> Actor:
    """The post that had the task; else the nearest one with the power; else the reporter."""
    if step.system:
        return IMPORT
    tasks = _open(rows.tasks)
    post = next((task.post_id for task in tasks if is_for(task, step, task.post_id)), None)
    post = post or next((each.post_id for each in tasks if seat(each.post_id).post.kind in step.posts), None)
    post = post or next(
        (at for kind in sorted(step.posts) if (at := nearest(kind, rows.case.code_now))), None
    )
    if post:
        return seat(post)
    if REPORTER in step.parties:
        return PartyActor(REPORTER)
    for party in rows.parties:
        if party.role in step.parties and stands(party):
            return PartyActor(party.role)
    raise NotYours(
        _("There is no post here that could have taken this step: %(step)s.") % {"step": step.label}
    )


def _side(role: str, rows: Rows) -> Side | None:
    """The first party of a role, where a past says no more than the role."""
    return next((each.side for each in rows.parties if each.role == role and stands(each)), None)


def _read_seat(post: int) -> PostActor:
    found = Post.objects.select_related("division", "organisation").defer("division__outline").get(pk=post)
    return PostActor(Holding(post=found))


_seats: Cached[PostActor] = Cached("posts", _read_seat)


def seat(post: int) -> PostActor:
    """A post as an actor of the past: whoever held it then, who is not named. Nothing of today can be done by it."""
    return _seats(post)
