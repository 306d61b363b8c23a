"""Opening cases, set-wise: `open_many()` is the primitive, `open_grouped()` lets requests that meet share a commit."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.base.ids import readable_number, uuid7
from linli.base.rows import insert_many
from linli.base.text import brief
from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.cases.attachments import Photo, attachment_rows
from linli.cases.clocks import Term, due_of, new_clock, pressing_at
from linli.cases.follow import follow_code
from linli.cases.kinds import kind_of, power
from linli.cases.models import Attachment, Case, Category, Clock, Notice, Task
from linli.cases.permission import require_opening
from linli.cases.taking import notices_of
from linli.cases.tasks import Handing, task_for
from linli.divisions.models import Division
from linli.ledger.records import Line, record_many
from linli.posts.actor import Actor, PostActor
from linli.posts.lookup import nearest
from linli.posts.may import require_holding
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Contact

_COUNTY_DIVISOR = 10**11  # the first six of a code's 17 digits
_GROUP = 200


@dataclass(frozen=True)
class Origin:
    """What makes a second sending of the same request recognisable: a key per source, and the body's digest."""

    key: str
    digest: str

    @staticmethod
    def of(source: str, key: str, body: bytes) -> Origin:
        """Of a client's key and the raw body it sent with it."""
        return Origin(
            hashlib.sha256(f"{source}\n{key}".encode()).hexdigest(), hashlib.sha256(body).hexdigest()
        )


@dataclass
class Draft:
    """A case about to be opened. `detail` is the kind's unsaved row; `at` is when it happened."""

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
    terms: Mapping[str, Term] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[Photo] = ()


@dataclass(frozen=True)
class Opened:
    """The receipt: what the reporter keeps. `again`: this request had been taken in before."""

    case: UUID
    number: str
    follow_code: str
    promised_by: datetime | None
    again: bool = False


@dataclass
class _Rows:
    """Everything one draft becomes, ready for set-wise inserts."""

    case: Case
    detail: Any
    contact: Contact | None
    clocks: list[Clock]
    task: Task | None
    line: Line
    notices: list[Notice]
    attachments: list[Attachment]


def open_many(drafts: Sequence[Draft]) -> list[Opened]:
    """Open all of these cases in one transaction, or none of them: some ten statements, however many cases.

    Raises the first draft's refusal; IntegrityError when a key was used before (`open_one` then finds its receipt).
    """
    now = timezone.now()
    for by in {draft.by.holding.pk: draft.by for draft in drafts if isinstance(draft.by, PostActor)}.values():
        require_holding(by)
    rows = [_rows_of(draft, now) for draft in drafts]
    with writing():
        _give_numbers([row.case for row in rows])
        _insert(rows)
    return [Opened(row.case.pk, row.case.number, follow_code(row.case.pk), row.case.due) for row in rows]


def _rows_of(draft: Draft, now: datetime) -> _Rows:
    """Build one draft's rows; no statement for a resident's report (posts, limits and calendar are cached)."""
    procedure = kind_of(draft.kind).procedure
    step = procedure.opening
    require_opening(draft.kind, step, draft.division.code, by=draft.by)
    at = draft.at or now
    contact = sealed_contact(draft.contact) if draft.contact else None
    case = _case_of(draft, step.enters, at, now)
    case.reporter = contact
    clocks = [new_clock(case, name, at, draft.terms.get(name)) for name in step.start]
    case.due = due_of(case, clocks)
    post = nearest(step.task, case.code_now) if step.task else None
    task = task_for(Handing(post), case, step, at) if post else None
    if task:
        task.pressing_at = pressing_at(at, clocks)
    facts = {"to": case.stage, "channel": draft.channel, "next_post": post, **draft.facts}
    line = Line(power(draft.kind, step), draft.by.by(), case.code_now, case.pk, at, facts, draft.words)
    notices = notices_of(case, step, contact, [post] if post else [])
    draft.detail.case = case
    attachments = attachment_rows(case, draft.photos, step=step.name, at=at)
    return _Rows(case, draft.detail, contact, clocks, task, line, notices, attachments)


def _case_of(draft: Draft, stage: str, at: datetime, now: datetime) -> Case:
    return Case(
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
        origin_key=draft.origin.key if draft.origin else None,
        origin_digest=draft.origin.digest if draft.origin else "",
    )


def _give_numbers(cases: Sequence[Case]) -> None:
    """Number the cases from their counties' counters of the year, inside the transaction."""
    groups: dict[tuple[str, int], list[Case]] = defaultdict(list)
    for case in cases:
        groups[f"{case.code_then // _COUNTY_DIVISOR:06d}", case.at.astimezone(PLACE_TIME).year].append(case)
    for (place, year), group in sorted(groups.items(), key=lambda each: each[0]):
        last = _draw(place, year, len(group))
        for sequence, case in enumerate(group, start=last - len(group) + 1):
            case.number = readable_number(place, year, sequence)


def _draw(place: str, year: int, count: int) -> int:
    """Advance a counter by `count` in one statement, alike on both databases; return its new value."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_counter (place, year, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (place, year) DO UPDATE SET last = cases_counter.last + excluded.last RETURNING last",
            [place, year, count],
        )
        return int(cursor.fetchone()[0])


def _insert(rows: Sequence[_Rows]) -> None:
    insert_many([row.contact for row in rows if row.contact])
    insert_many([row.case for row in rows])
    by_model: dict[type, list[Any]] = defaultdict(list)
    for row in rows:
        by_model[type(row.detail)].append(row.detail)
    for details in by_model.values():
        insert_many(details)
    insert_many([clock for row in rows for clock in row.clocks])
    insert_many([row.task for row in rows if row.task])
    insert_many([each for row in rows for each in row.attachments])
    record_many([row.line for row in rows])
    insert_many([each for row in rows for each in row.notices])


def open_one(draft: Draft) -> Opened:
    """Open one case; a request with a known key and the same body gets its first receipt again."""
    try:
        return open_many([draft])[0]
    except IntegrityError:
        if draft.origin is None:
            raise
        return _receipt_again(draft.origin)


def _receipt_again(origin: Origin) -> Opened:
    case = Case.everywhere.get(origin_key=origin.key)
    if not hmac.compare_digest(case.origin_digest, origin.digest):
        raise Conflict(
            _("This Idempotency-Key was used before with a different body. Use a new key for a new report.")
        )
    return Opened(case.pk, case.number, follow_code(case.pk), case.due, again=True)


class _Waiting:
    """A draft in the queue; whoever brought it sleeps until it is opened."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.opened: Opened | None = None
        self.trouble: Exception | None = None
        self._asleep = Lock()
        self._asleep.acquire()

    def sleep(self) -> None:
        """Wait to be woken."""
        self._asleep.acquire()

    def wake(self) -> None:
        """Go on: it is done."""
        self._asleep.release()

    def open_alone(self) -> None:
        """Open it by itself, and keep the trouble for whoever brought it."""
        try:
            self.opened = open_one(self.draft)
        except Exception as trouble:  # noqa: BLE001  raised again in the thread of the request
            self.trouble = trouble

    def result(self) -> Opened:
        """What came of it."""
        if self.trouble:
            raise self.trouble
        assert self.opened is not None  # noqa: S101  the group that served this one has set either
        return self.opened


class _Writer:
    """Requests that arrive while a commit runs go into the next one together: nobody waits for a timer.

    One thread opens all that wait, so one disk flush serves many and the pages it writes stay in one connection's
    cache. A group that fails is opened one by one, so that one bad row fails alone.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Waiting] = SimpleQueue()
        self._guard = Lock()
        self._thread: Thread | None = None
        self._database = ""

    def open(self, draft: Draft) -> Opened:
        """Open one draft, together with whoever is waiting."""
        mine = _Waiting(draft)
        self._queue.put(mine)
        self._see_that_it_runs()
        mine.sleep()
        return mine.result()

    def _see_that_it_runs(self) -> None:
        if self._thread and self._thread.is_alive():
            return
        with self._guard:
            if not (self._thread and self._thread.is_alive()):
                self._thread = Thread(target=self._go_on, name="opening", daemon=True)
                self._thread.start()

    def _go_on(self) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < _GROUP and not self._queue.empty():
                group.append(self._queue.get())
            self._face_the_database()
            try:
                _open_together(group)
            finally:
                for each in group:
                    each.wake()

    def _face_the_database(self) -> None:
        """Tests and benches point a process at another database; a connection that outlived the old one is closed."""
        name = str(connection.settings_dict["NAME"])
        if name != self._database:
            connection.close()
            self._database = name
        connection.close_if_unusable_or_obsolete()


def _open_together(group: list[_Waiting]) -> None:
    try:
        for each, opened in zip(group, open_many([one.draft for one in group]), strict=True):
            each.opened = opened
    except Exception:  # noqa: BLE001  whatever it was, each learns its own trouble
        for each in group:
            each.open_alone()


_writer = _Writer()


def open_grouped(draft: Draft) -> Opened:
    """Open one case from a request thread, sharing the commit with requests that arrive at the same time."""
    if connection.in_atomic_block:
        return open_one(draft)
    return _writer.open(draft)
