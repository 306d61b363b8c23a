"""Fields past their period are erased, a batch at a time, and each batch leaves a proof.

Erasing takes the sealed bytes and the indexes made of them; the row stays, empty, because the log of who read it
points to it. A record that an open case was linked with is held until that case is closed.
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Min, Model, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.residents.models import (
    Erasure,
    FieldRule,
    Guardianship,
    Household,
    Involvement,
    Member,
    Person,
    Residence,
)
from linli.residents.people.fields import Field, all_fields, rule_of
from linli.residents.people.reading import OWN, root_of
from linli.residents.people.warding import family_of

BATCH = 50
RETENTION = SystemActor("retention")
_TABLES: dict[str, type[Model]] = {
    "person": Person,
    "household": Household,
    "member": Member,
    "residence": Residence,
    "guardianship": Guardianship,
}
# What else holds something about a person, and ends with the record.
_BESIDE: list[tuple[type[Model], str]] = [
    (Member, "relation"),
    (Residence, "region"),
    *((Guardianship, name) for name in ("guardian", "number", "born", "terms")),
]
# Which digests go with a field: those that were made of it.
_INDEXES = {
    "name": ("likeness_index",),
    "birth": ("likeness_index",),
    "phone": ("phone_index",),
    "document": ("document_index",),
    "address": ("address_index",),
    "number": ("number_index",),
}
Held = Callable[[Sequence[UUID]], Iterable[UUID]]
_holds: list[Held] = []


def hold_while(held: Held) -> None:
    """Register who knows which of some cases keep a record from being erased; the layer above does."""
    if held not in _holds:
        _holds.append(held)


def is_held(person: Person, *, but: UUID | None = None) -> bool:
    """Whether a case that the record was opened for, other than `but`, is still open."""
    abouts = list(Involvement.objects.filter(person=person).values_list("about", flat=True))
    return any(set(held(abouts)) - {but} for held in _holds) if abouts else False


def erase_due() -> int:
    """Erase a batch of what is past its period (the worker loop calls this); return how many fields."""
    today, done = timezone.localdate(), 0
    for field in all_fields():
        model = _TABLES[field.table]
        due = []
        for row in _candidates(model, f"{field.name}_sealed", months_before(today, shortest(field))):
            if _is_due(row, field.name, today):
                due.append(row.pk)
            if len(due) + done >= BATCH:
                break
        done += erase(model, field.name, due, by=RETENTION) if due else 0
        if done >= BATCH:
            break
    if done:
        clear_traces()
    return done


def erase(model: type[Model], field: str, keys: Sequence[Any], *, by: Actor) -> int:
    """Take a field away from rows and prove it, in one transaction; returns from how many."""
    column = f"{field}_sealed"
    changes: dict[str, Any] = {column: b"", **dict.fromkeys(_INDEXES.get(field, ()), "")}
    with writing():
        rows = model._default_manager.filter(pk__in=keys)
        count = rows.exclude(**{column: b""}).update(**changes)
        left = rows.exclude(**changes).count()
        table = str(model._meta.model_name)
        prove(table, field, keys, rows=count, left=left, by=by)
        if model is Person:
            _mark_empty(keys)
    return count


def prove(
    table: str, field: str, keys: Sequence[Any], *, by: Actor, left: int, rows: int | None = None
) -> None:
    """Keep the proof of what was erased, with its entry, inside the transaction that erased it."""
    count = len(keys) if rows is None else rows
    proof = Erasure.objects.create(table=table, field=field, rows=count, left=left, digest=digest_of(keys))
    facts = {"table": table, "field": field, "rows": count, "proof": proof.pk}
    record(Line("residents.erase", by.by(), 0, facts=facts))


def digest_of(keys: Iterable[Any]) -> str:
    """The SHA-256 of the ids, sorted: whoever knows them can check what was erased, nobody can read them from it."""
    return hashlib.sha256("\n".join(sorted(str(key) for key in keys)).encode()).hexdigest()


def erase_whole(person: Person, *, by: PostActor, about: UUID) -> int:
    """Erase a whole record because its person asked for it in a case (个人信息保护法 47); returns how many fields.

    The rules of that case have allowed it. Conflict while another case needs the record.
    """
    if is_held(person, but=about):
        raise Conflict(_("Another case that needs this record is still open."))
    done = 0
    with writing():
        for key in family_of(person):
            done += sum(erase(Person, name, [key], by=by) for name in OWN)
            for model, name in _BESIDE:
                keys = list(model._default_manager.filter(person=key).values_list("pk", flat=True))
                done += erase(model, name, keys, by=by)
                model._default_manager.filter(person=key, until=None).update(until=timezone.localdate())
        alone = Household.objects.filter(members__person=person).exclude(_lived_in())
        done += erase(Household, "address", list(alone.values_list("pk", flat=True)), by=by)
    clear_traces()
    return done


def clear_traces() -> None:
    """Take what was erased out of SQLite's log of writes as well; the file itself was overwritten (secure_delete).

    While somebody reads, the log cannot be cut; the next turn does it. PostgreSQL keeps old row versions until its
    own VACUUM.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _mark_empty(keys: Sequence[Any]) -> None:
    nothing = {f"{name}_sealed": b"" for name in OWN}
    empty = Person.objects.filter(pk__in=keys, erased_at=None, **nothing)
    empty.update(erased_at=timezone.now())


def _lived_in() -> Q:
    """Somebody lives in the household: a member without an end, whose record is not another's second one."""
    open_ones = Member.objects.filter(household=OuterRef("pk"), until=None, person__merged_into=None)
    return Q(Exists(open_ones))


def shortest(field: Field) -> int:
    """The shortest period of a field anywhere: what ended later than that need not be looked at."""
    local = FieldRule.objects.filter(field=field.name).aggregate(least=Min("months"))["least"]
    return field.months if local is None else min(field.months, local)


def _candidates(model: type[Model], column: str, ended: date) -> Iterator[Any]:
    """Rows that hold the field and whose stretch may have been over by a day: what has no end yet is left alone."""
    rows = model._default_manager.exclude(**{column: b""}).order_by("pk")
    if model is Person:
        over = Q(ended_on__lte=ended) | Q(merged_into__isnull=False)
        return rows.filter(over).select_related("division", "merged_into").iterator()
    if model is Household:
        return rows.exclude(_lived_in()).select_related("division").iterator()
    over = Q(until__lte=ended) | Q(person__merged_into__isnull=False)
    return rows.filter(over).select_related("person__division", "person__merged_into").iterator()


def _is_due(row: Any, field: str, today: date) -> bool:
    end, people = _ended(row)
    if end is None or any(is_held(each) for each in people):
        return False
    division = row.division if isinstance(row, Person | Household) else row.person.division
    return months_before(today, rule_of(field, division).months) >= end


def _ended(row: Any) -> tuple[date | None, list[Person]]:
    """When the period began to run, and whose open cases would stop it."""
    if isinstance(row, Person):
        root = root_of(row)
        return root.ended_on, [root]
    if isinstance(row, Household):
        members = list(row.members.select_related("person__merged_into"))
        ends = [each.until or root_of(each.person).ended_on for each in members]
        over = max((end for end in ends if end), default=None)
        return (None if None in ends else over), [root_of(each.person) for each in members]
    root = root_of(row.person)
    return row.until or root.ended_on, [root]


def months_before(day: date, months: int) -> date:
    """The day so many months ago; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
