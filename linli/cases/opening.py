"""Opening cases, set-wise: `open_many()` is the primitive; `grouping` lets requests that meet share a commit."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.base.errors import Conflict
from linli.base.ids import readable_number, uuid7
from linli.base.rows import fresh, insert_many
from linli.base.text import brief
from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.cases.attachments import Photo, attachment_rows
from linli.cases.books import in_hand, notices_of, standing_of
from linli.cases.clocks import ClockChanges, Term, due_of, move, pressing_at
from linli.cases.duplicates import BECAME, DUPLICATE, merge_one_at_a_time, original_of, still_open
from linli.cases.follow import follow_code
from linli.cases.kinds import kind_of, power
from linli.cases.models import (
    Attachment,
    Case,
    Category,
    Clock,
    Link,
    Notice,
    Party,
    Task,
    Withheld,
)
from linli.cases.parties import GivenParty, joining, told_by
from linli.cases.permission import require_opening
from linli.cases.story import GREW
from linli.cases.tasks import Handing, task_for
from linli.divisions.models import Division
from linli.ledger.records import Line, entries_of, record_many
from linli.posts.actor import Actor, PostActor
from linli.posts.lookup import nearest
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Contact

_COUNTY_DIVISOR = 10**11  # the first six of a code's 17 digits
CountyYear = tuple[str, int]


class SentBefore(Conflict):
    """The key of a request was used before with another body, for the case with this `number`.

    Only a door whose keys are one asker's own may say the number.
    """

    sentence = gettext_lazy(
        "This Idempotency-Key was used before with a different body. Use a new key for a new report."
    )

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number


@dataclass(frozen=True)
class Origin:
    """Where a case comes from: the request, by a key per source and the body's digest, so that a second sending is
    recognised; and `case`, the one of another kind that it grows out of, for its reporter or for `whom` of its parties.
    Without a case, `whom` is whoever a post knows already.

    `written_at`: when it was written, as the clock of the device said that had no signal.
    """

    key: str = ""
    digest: str = ""
    case: Case | None = None
    whom: Contact | None = None
    written_at: datetime | None = None

    @property
    def known(self) -> Contact | None:
        """Whom the case is from, as far as that is known without asking."""
        return self.whom or (self.case.reporter if self.case else None)

    @staticmethod
    def of(source: str, key: str, body: bytes) -> Origin:
        """Of a client's key and the raw body it sent with it."""
        return Origin(
            hashlib.sha256(f"{source}\n{key}".encode()).hexdigest(), hashlib.sha256(body).hexdigest()
        )


@dataclass
class Draft:
    """A case about to be opened. `detail` is the kind's unsaved row; `at` is when it happened.

    `same_as`: the case it follows from the start, unless that one ends before this one is stored.
    `to`: the post that gets the first task, where the kind does not leave it to the nearest one; `kept_from`: posts
    that may not know of the case.
    `known`: whom it is from, where that is known without asking; `sealed`: other sealed values the detail refers to.
    `parties`: who else it is between; they are numbered in this order, from 1.
    """

    kind: str
    by: Actor
    division: Division
    detail: Any
    summary: str
    channel: str
    category: Category | None = None
    contact: GivenContact = field(default_factory=GivenContact)
    at: datetime | None = None
    origin: Origin | None = None
    same_as: Case | None = None
    terms: Mapping[str, Term] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[Photo] = ()
    to: int | None = None
    kept_from: Collection[int] = ()
    known: Contact | None = None
    sealed: Sequence[Contact] = ()
    parties: Sequence[GivenParty] = ()


@dataclass(frozen=True)
class Opened:
    """The receipt: what the reporter keeps. `again`: this request had been taken in before.

    `follows`: the number of the case it follows; empty if it was to follow one that has ended; None otherwise.
    """

    case: UUID
    number: str
    follow_code: str
    promised_by: datetime | None
    again: bool = False
    follows: str | None = None


@dataclass
class Rows:
    """Everything a case becomes, ready for set-wise inserts; a past adds to it step by step."""

    draft: Draft
    original: Case | None
    case: Case
    detail: Any
    contact: Contact | None
    clocks: list[Clock]
    tasks: list[Task]
    lines: list[Line]
    notices: list[Notice]
    attachments: list[Attachment]
    links: list[Link] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)


def open_many(drafts: Sequence[Draft]) -> list[Opened]:
    """Open all of these cases in one transaction, or none of them: some ten statements, twice that for very many.

    Raises the first draft's refusal; IntegrityError when a key was used before (`open_one` then finds its receipt).
    """
    now = timezone.now()
    for by in {draft.by.holding.pk: draft.by for draft in drafts if isinstance(draft.by, PostActor)}.values():
        in_hand().require_holding(by)
    rows = [rows_of(draft, now) for draft in drafts]
    with writing():
        rows = _joined(rows, now)
        for table in tables_of(rows):
            if isinstance(table[0], Case):
                _number(rows)
            insert_many(table)
        record_many([line for row in rows for line in _left_behind(row)])
    return [_receipt(row) for row in rows]


def _joined(rows: list[Rows], now: datetime) -> list[Rows]:
    """Let those follow their original that are the same as one; whose original has just ended stays as it is."""
    if not any(row.draft.same_as for row in rows):
        return rows
    merge_one_at_a_time()
    originals = [still_open(row.draft.same_as) if row.draft.same_as else None for row in rows]
    pairs = zip(rows, originals, strict=True)
    return [rows_of(row.draft, now, original=original) if original else row for row, original in pairs]


def _number(rows: Sequence[Rows]) -> None:
    for row, number in zip(rows, draw_numbers([county_and_year(row.case) for row in rows]), strict=True):
        row.case.number = number


def _receipt(row: Rows) -> Opened:
    follows = (row.original.number if row.original else "") if row.draft.same_as else None
    case = row.case
    return Opened(case.pk, case.number, follow_code(case.pk), case.due, follows=follows)


def rows_of(
    draft: Draft, now: datetime, changes: ClockChanges | None = None, *, original: Case | None = None
) -> Rows:
    """Build one draft's rows; no statement for a resident's report (posts, limits and calendar are cached).

    What follows an original needs nobody: no clock of its own runs, nobody gets a task.
    """
    procedure = kind_of(draft.kind).procedure
    step = procedure.opening
    require_opening(draft.kind, step, draft.division.code, by=draft.by)
    at = draft.at or now
    contact = sealed_contact(draft.contact) if draft.contact else None
    case = _case_of(draft, procedure.following if original else step.enters, at, now)
    case.reporter = contact or _reporter_of(draft)
    changes = changes or ClockChanges(dict(draft.terms))
    clocks = [] if original else move(case, [], step, at, changes=changes).begun
    case.due = due_of(case, clocks)
    post = None if original else draft.to or (nearest(step.task, case.code_now) if step.task else None)
    tasks = [task_for(Handing(post), case, step, at)] if post else []
    for task in tasks:
        task.pressing_at = pressing_at(at, clocks)
    parties = _parties_of(draft, case, at)
    told = [] if in_hand().is_past else told_by(step, case, parties, at=at)
    notices = [] if in_hand().is_past else notices_of(case, step, told, [post] if post else [])
    draft.detail.case = case
    attachments = attachment_rows(case, draft.photos, step=step.name, at=at)
    return Rows(
        draft,
        original,
        case,
        draft.detail,
        contact,
        clocks,
        tasks,
        lines=[_line_of(draft, case, post, original)],
        notices=notices,
        attachments=attachments,
        links=_links_of(draft, case, original),
        withheld=[Withheld(case=case, post_id=kept) for kept in sorted(draft.kept_from)],
        parties=parties,
    )


def _parties_of(draft: Draft, case: Case, at: datetime) -> list[Party]:
    parties: list[Party] = []
    for given in draft.parties:
        parties.append(joining(case, given, parties, at))
    return parties


def _reporter_of(draft: Draft) -> Contact | None:
    """Who is known, or raised the case this one grows out of: asked once, told of both, hidden in both."""
    return draft.known or (draft.origin.known if draft.origin else None)


def _line_of(draft: Draft, case: Case, post: int | None, original: Case | None) -> Line:
    """The opening's entry: where the case begins, who has it now, which case it follows or grows out of."""
    begun = {"to": case.stage, "channel": draft.channel, "next_post": post}
    facts = {**begun, **standing_of(case), **draft.facts}
    if original:
        facts["original"] = original.number
    if draft.origin and draft.origin.written_at:
        facts["written_at"] = draft.origin.written_at
    if draft.parties:
        facts["joined"] = list(range(1, len(draft.parties) + 1))
    if draft.origin and draft.origin.case:
        facts["grew_from"] = draft.origin.case.number
    step = kind_of(draft.kind).procedure.opening
    return Line(power(draft.kind, step), draft.by.by(), case.code_now, case.pk, case.at, facts, draft.words)


def _case_of(draft: Draft, stage: str, at: datetime, now: datetime) -> Case:
    return fresh(
        Case,
        id=uuid7(at),
        kind=draft.kind,
        stage=stage,
        division=draft.division,
        code_then=draft.division.code,
        code_now=draft.division.code,
        category=draft.category,
        summary=brief(draft.summary),
        channel=draft.channel,
        at=at,
        recorded_at=now,
        opened_by=draft.by.post if isinstance(draft.by, PostActor) else None,
        origin_key=(draft.origin.key or None) if draft.origin else None,
        origin_digest=draft.origin.digest if draft.origin else "",
    )


def county_and_year(case: Case) -> CountyYear:
    """Whose counter numbers a case."""
    return f"{case.code_then // _COUNTY_DIVISOR:06d}", case.at.astimezone(PLACE_TIME).year


def draw_numbers(wanted: Sequence[CountyYear]) -> list[str]:
    """Numbers for cases, in their order, from their counties' counters of the year; inside the transaction."""
    counts = Counter(wanted)
    following = {each: _draw(*each, counts[each]) - counts[each] for each in sorted(counts)}
    numbers = []
    for place, year in wanted:
        following[place, year] += 1
        numbers.append(readable_number(place, year, following[place, year]))
    return numbers


def _draw(place: str, year: int, count: int) -> int:
    """Advance a counter by `count` in one statement, alike on both databases; return its new value."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_counter (place, year, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (place, year) DO UPDATE SET last = cases_counter.last + excluded.last RETURNING last",
            [place, year, count],
        )
        return int(cursor.fetchone()[0])


def tables_of(rows: Sequence[Rows]) -> list[Sequence[Model]]:
    """The rows of all cases, one model after the other, in the order in which they go in; none is empty.

    Numbers are drawn before the cases go in, and a county's counter is locked from then on: where others write at
    the same time the cases come last. Where nobody does they come first, and no row has to wait for its case.
    """
    details: dict[type, list[Any]] = defaultdict(list)
    for row in rows:
        details[type(row.detail)].append(row.detail)
    tables: list[Sequence[Model]] = [
        [each for row in rows for each in (row.contact, *row.draft.sealed, *_party_contacts(row)) if each],
        [row.case for row in rows],
        [each for row in rows for each in row.parties],
        *details.values(),
        [clock for row in rows for clock in row.clocks],
        [task for row in rows for task in row.tasks],
        [each for row in rows for each in row.attachments],
        *entries_of([line for row in rows for line in row.lines]),
        [each for row in rows for each in row.notices],
        [each for row in rows for each in row.links],
        [each for row in rows for each in row.withheld],
    ]
    filled = [table for table in tables if table]
    if connection.features.has_select_for_update:  # rows are locked one by one: others write at the same time
        filled.sort(key=lambda table: isinstance(table[0], Case))
    return filled


def _party_contacts(row: Rows) -> list[Contact]:
    return [each.contact for each in row.parties]


def _links_of(draft: Draft, case: Case, original: Case | None) -> list[Link]:
    links = [Link(source=case, target=original, relation=DUPLICATE)] if original else []
    if draft.origin and draft.origin.case:
        links.append(Link(source=draft.origin.case, target=case, relation=BECAME))
    return links


def _left_behind(row: Rows) -> list[Line]:
    """What the story of the case says that this one grows out of; nothing of one that grows unseen by the area."""
    source = row.draft.origin.case if row.draft.origin else None
    if source is None or kind_of(row.draft.kind).procedure.grows:
        return []
    said = {"other": row.case.number}
    return [Line(GREW, row.draft.by.by(), source.code_now, source.pk, row.case.at, said, said)]


def open_one(draft: Draft) -> Opened:
    """Open one case; a request with a known key and the same body gets its first receipt again."""
    try:
        return open_many([draft])[0]
    except IntegrityError:
        if draft.origin is None or not draft.origin.key:
            raise
        return _receipt_again(draft.origin)


def known_origin(origin: Origin | None) -> bool:
    """Whether a request with this key was taken in before."""
    return bool(origin and origin.key and Case.everywhere.filter(origin_key=origin.key).exists())


def _receipt_again(origin: Origin) -> Opened:
    case = Case.everywhere.get(origin_key=origin.key)
    if not hmac.compare_digest(case.origin_digest, origin.digest):
        raise SentBefore(case.number)
    follows = original_of(case).number if case.stage == kind_of(case.kind).procedure.following else None
    return Opened(case.pk, case.number, follow_code(case.pk), case.due, again=True, follows=follows)
