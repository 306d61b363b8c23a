"""Where cases stand while steps are taken: the database, or memory while a past is written (`replaying.History`).

Everything `taking()` and opening ask or store goes through the book in hand, so that both follow one set of rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.base.errors import NotFound
from linli.base.ids import uuid7
from linli.base.rows import fresh, insert_many
from linli.base.writing import writing
from linli.cases.clocks import ClockChanges, ClockMoves, live_clocks, store
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Choice, Clock, Link, Mark, Notice, Party, PartyChoice, Task, Told
from linli.cases.parties import is_party, rows_of_parties
from linli.cases.procedure import PARTIES, REPORTER, Step
from linli.cases.quiet import next_moment
from linli.cases.reading import open_tasks
from linli.cases.reckoning import pressing_again
from linli.cases.sent import rows_sent
from linli.cases.sight import refuse_if_kept, sees
from linli.ledger.models import Entry
from linli.ledger.records import Line, record
from linli.posts.actor import PartyActor, PostActor
from linli.posts.lookup import wants_mail
from linli.posts.may import require_holding
from linli.posts.models import Holding
from linli.residents.models import Contact


@dataclass(frozen=True)
class Page:
    """A case as a step finds it: its detail row, the open tasks, the clocks that run or rest.

    `changes`: what is known of its clocks before the step is taken (pasts). `before`: the columns of the detail row,
    for a book that has to know which of them a step changed.
    """

    detail: Any
    tasks: list[Task]
    clocks: list[Clock]
    changes: ClockChanges = field(default_factory=ClockChanges)
    before: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What a step came to. `changed`: names of the detail's columns that differ from `before`, for the caller."""

    step: Step
    case: Case
    detail: Any
    before: dict[str, Any]
    at: datetime
    closed: Sequence[Task]
    opened: Sequence[Task]
    clocks: ClockMoves
    line: Line
    joined: Sequence[Party] = ()
    left: Sequence[Party] = ()
    told: Sequence[Contact] = ()


class Book:
    """The database, which is in hand unless another book was taken up."""

    is_past = False  # whether steps are those of long ago: nobody is told of them, and no paper is made

    def turning(self) -> AbstractContextManager[None]:
        """The transaction in which a step is taken."""
        return writing()

    def page(self, detail: Any) -> Page:
        """Lock a case and read it again; NotFound when it is gone."""
        rows = kind_of(detail.case.kind).model._default_manager.select_for_update(of=("case",))
        locked: Any = (
            rows.select_related("case", "case__reporter", "case__category", "case__lead")
            .filter(pk=detail.pk)
            .first()
        )
        if locked is None:
            raise NotFound
        return Page(locked, open_tasks(locked.case), live_clocks(locked.case), before=values_of(locked))

    def opened(self, draft: Any) -> Any:
        """The receipt of a case that this book opens itself; None: it is opened like any other."""
        del draft
        return None

    def require_holding(self, by: PostActor) -> None:
        """Raise NotYours for an appointment that has ended."""
        require_holding(by)

    def parties(self, case: Case) -> list[Party]:
        """All rows of the parties of a case, also of who left (no statement for a kind without any)."""
        return rows_of_parties(case)

    def require_party(self, case: Case, by: PartyActor) -> None:
        """Raise NotFound for who is no party any more, or whose number was replaced: their code opens nothing."""
        if not is_party(by, self.parties(case)):
            raise NotFound

    def who_took(self, case: Case, steps: Sequence[str]) -> frozenset[int]:
        """Account ids of those who took any of these steps in this case (one statement)."""
        names = [f"{case.kind}.{name}" for name in steps]
        holdings = Entry.objects.filter(about=case.pk, name__in=names, holding__isnull=False)
        took = Holding.objects.filter(pk__in=holdings.values("holding"))
        return frozenset(took.values_list("account_id", flat=True))

    def sees(self, case: Case, by: PostActor) -> bool:
        """Whether the case exists for a post at all."""
        return sees(case, by=by)

    def refuse_if_kept(self, case: Case, posts: Sequence[int]) -> None:
        """Raise Conflict where a post that is to get a task is one the case is kept from."""
        refuse_if_kept(case, posts)

    def take_turns(self, about: str) -> None:
        """Let nobody else do the same thing until this transaction ends."""
        Mark.objects.get_or_create(name=about)
        Mark.objects.select_for_update().get(name=about)

    def linked(self, case: Case, relation: str) -> Case | None:
        """The case that a case has a relation to."""
        link = Link.objects.filter(source=case, relation=relation).select_related("target").first()
        return link.target if link else None

    def link(self, case: Case, other: Case, relation: str) -> None:
        """Link a case with another one; the same link twice is one."""
        Link.objects.get_or_create(source=case, target=other, relation=relation)

    def unlink(self, case: Case, relation: str) -> None:
        """Undo the links of a relation."""
        Link.objects.filter(source=case, relation=relation).delete()

    def keep(self, taken: Taken) -> None:
        """Store what a step came to, and its entry and notices with it."""
        case, detail = taken.case, taken.detail
        if taken.closed:
            Task.objects.filter(pk__in=[task.pk for task in taken.closed]).update(closed_at=taken.at)
        store(taken.clocks)
        insert_many(taken.opened)
        if taken.step.shifts:
            pressing_again(case)
        if changed := [name for name, value in values_of(detail).items() if value != taken.before[name]]:
            detail.save(update_fields=changed)
        case.save(update_fields=["stage", "version", "due", "closed_at", "outcome", "category", "lead"])
        self._keep_parties(taken)
        record(taken.line)
        insert_many(rows_sent(case, taken.at))
        posts = [task.post_id for task in taken.opened]
        Notice.objects.bulk_create(notices_of(case, taken.step, taken.told, posts))

    def _keep_parties(self, taken: Taken) -> None:
        if taken.left:
            Party.objects.filter(pk__in=[each.pk for each in taken.left]).update(left_at=taken.at)
            insert_many([each for each in taken.left if each._state.adding])  # the reporter had no row so far
        insert_many([each.contact for each in taken.joined])
        insert_many(taken.joined)


def standing_of(case: Case) -> dict[str, Any]:
    """How a case stands after a step, for its entry: what follows positions need not ask the case of today."""
    category = case.category.code if case.category else None
    known = {"category": category, "lead": case.lead_id, "outcome": case.outcome}
    return {"due": case.due, **{name: value for name, value in known.items() if value}}


def values_of(detail: Any) -> dict[str, Any]:
    """The columns of a detail row."""
    return {field.attname: getattr(detail, field.attname) for field in detail._meta.concrete_fields}


_in_hand: ContextVar[Book] = ContextVar("book", default=Book())  # noqa: B039  it keeps nothing


def in_hand() -> Book:
    """The book in which this thread takes steps now."""
    return _in_hand.get()


@contextmanager
def taken_up(book: Book) -> Iterator[None]:
    """Take steps in another book for a while."""
    before = _in_hand.set(book)
    try:
        yield
    finally:
        _in_hand.reset(before)


def _choices_for(case: Case, step: Step, told: Sequence[Contact]) -> dict[UUID | None, Told]:
    """How each contact wants to be told of a step, the reporter under None; at the opening nothing is chosen yet.

    One statement, and one more where other parties are told.
    """
    own: Told = fresh(Choice, case=case)
    if not step.notice or step.opens:
        return {None: own}
    if {REPORTER, PARTIES} & set(step.tells):
        own = Choice.objects.filter(case=case).first() or own
    found: dict[UUID | None, Told] = {None: own}
    if others := [each.pk for each in told if each.pk != case.reporter_id]:
        rows = PartyChoice.objects.filter(party__case=case, party__contact__in=others)
        found |= {row.party.contact_id: row for row in rows.select_related("party")}
    return found


def notices_of(case: Case, step: Step, told: Sequence[Contact], posts: Sequence[int]) -> list[Notice]:
    """Unsaved outbox rows of a step: to the parties if the step says so, to the next posts if they want e-mail."""
    now = timezone.now()
    choices = _choices_for(case, step, told)
    to: list[tuple[dict[str, Any], Told]] = []
    for contact in told if step.notice else ():
        other = contact.pk != case.reporter_id
        choice = (choices.get(contact.pk) or fresh(PartyChoice)) if other else choices[None]
        if contact.phone_sealed and choice.sms:
            to.append(({"channel": "sms", "contact": contact}, choice))
        to += [({"channel": way, "contact": contact}, choice) for way in (choice.asked if other else ())]
    own = choices[None]
    if not case.reporter_id or any(each.pk == case.reporter_id for each in told):
        to += [({"channel": way}, own) for way in own.asked]
    to += [({"channel": "email", "post_id": post}, own) for post in posts if wants_mail(post)]
    return [
        fresh(
            Notice,
            id=uuid7(now),
            case=case,
            step=step.name,
            next_try=next_moment(each["channel"], now, at_once=step.opens, own=choice.quiet),
            **each,
        )
        for each, choice in to
    ]
