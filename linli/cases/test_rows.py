"""insert_many() writes what bulk_create() would, and forms keep their choices no longer than they are true."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django import forms
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from linli.base import generations
from linli.base.ids import uuid7
from linli.base.rows import AT_ONCE, _mould, fresh, insert_many
from linli.base.writing import writing
from linli.cases.forms import KeptChoiceField, StepForm, for_reading
from linli.cases.kinds import all_kinds
from linli.cases.models import Case, Category, Clock, Notice, SearchText, Task
from linli.cases.opening import open_many
from linli.cases.test_opening import draft
from linli.ledger.models import Entry
from linli.posts.actor import SystemActor
from linli.residents.models import Contact

AT = datetime(2026, 3, 1, 23, 59, 59, 123456, tzinfo=UTC)
FACTS = [{}, {"to": "reported", "posts": [1, 2], "none": None}, {"text": "“全角”"}]


def entries() -> list[Entry]:
    rows = []
    for order, facts in enumerate(FACTS):
        at = AT + timedelta(milliseconds=order)
        about = UUID(int=7) if order else None
        rows.append(
            Entry(id=uuid7(at), name="a.b", about=about, actor="party", division=1, at=at, facts=facts)
        )
        rows[-1].recorded_at = at
    return rows


def stored(table: str, keys: list[UUID]) -> list[tuple[object, ...]]:
    """The raw rows, without their keys, in the order of the keys."""
    holes = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        found = [key.hex if connection.vendor == "sqlite" else key for key in keys]
        cursor.execute(f"SELECT * FROM {table} WHERE id IN ({holes}) ORDER BY id", found)
        return [row[1:] for row in cursor.fetchall()]


def test_rows_are_stored_as_bulk_create_stores_them(db):
    ours, theirs = entries(), entries()
    insert_many(ours)
    Entry.objects.bulk_create(theirs)
    assert stored("ledger_entry", [each.pk for each in ours]) == stored(
        "ledger_entry", [each.pk for each in theirs]
    )


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Case, "summary"),
        (Clock, "first_due"),
        (Contact, "language"),
        (Entry, "at"),
        (Notice, "step"),
        (Task, "post_id"),
    ],
)
def test_a_fresh_row_is_what_its_model_would_have_made(model, column):
    given = {"id": UUID(int=3), column: 5}
    made, asked = fresh(model, **given), model(**given)
    columns = [each.attname for each in model._meta.concrete_fields]
    assert [getattr(made, each) for each in columns] == [getattr(asked, each) for each in columns]
    assert made._state.adding
    assert made == asked


def test_a_fresh_row_makes_its_own_key_and_its_own_facts():
    one, other = fresh(Entry), fresh(Entry)
    assert one.id != other.id
    one.facts["to"] = "reported"
    assert other.facts == {}


def test_a_fresh_row_knows_the_rows_it_belongs_to():
    case = Case(id=UUID(int=4))
    task = fresh(Task, case=case)
    assert task.case is case
    assert task.case_id == case.id
    assert fresh(Clock, case=case, task=None).task is None


def test_a_fresh_row_refuses_a_name_its_model_does_not_have():
    with pytest.raises(TypeError, match="pots_id"):
        fresh(Task, pots_id=1)


def test_a_row_whose_columns_are_asked_for_is_not_made_fresh(monkeypatch):
    monkeypatch.setattr(type(Case.__dict__["summary"]), "keeps_plainly", False)
    _mould.cache_clear()
    with pytest.raises(TypeError, match="summary"):
        fresh(Case, summary="灯坏了")


def test_sealed_bytes_are_stored_as_bulk_create_stores_them(db):
    ours, theirs = (Contact(id=uuid7(AT), name_sealed=b"\x00\xff", phone_index="a") for _each in range(2))
    insert_many([ours])
    Contact.objects.bulk_create([theirs])
    assert stored("residents_contact", [ours.pk]) == stored("residents_contact", [theirs.pk])
    assert bytes(Contact.objects.get(pk=ours.pk).name_sealed) == b"\x00\xff"


def test_many_rows_are_one_statement_and_none_is_no_statement(db):
    with CaptureQueriesContext(connection) as asked:
        insert_many(entries())
        insert_many([])
    assert len(asked) == 1


def test_an_inserted_row_knows_that_it_is_stored(db):
    [row, *_others] = rows = entries()
    insert_many(rows)
    assert not row._state.adding


def test_a_row_keeps_the_key_it_brings_along(world):
    case = open_many([draft(world)])[0].case
    with writing():
        insert_many([SearchText(id=4711, case_id=case, tokens="路灯")])
    assert SearchText.objects.get(case=case).pk == 4711


def test_one_row_that_does_not_fit_leaves_none(db):
    rows = entries()
    rows[-1].pk = rows[0].pk
    with pytest.raises(IntegrityError), writing():
        insert_many(rows)
    assert not Entry.objects.filter(pk__in=[row.pk for row in rows]).exists()


def test_more_rows_than_go_in_at_once_are_all_stored(db):
    rows = [
        Entry(id=uuid7(AT), name="a.b", actor="party", division=1, at=AT, recorded_at=AT)
        for _row in range(AT_ONCE + 3)
    ]
    insert_many(rows)
    assert Entry.objects.filter(pk__in=[row.pk for row in rows]).count() == len(rows)


class Asked(StepForm):
    reason = forms.CharField(max_length=5)


class Offering(Asked):
    def offer(self):
        self.fields["reason"].max_length = 7


def test_a_form_that_is_only_read_refuses_alike_and_copies_no_field():
    reading = for_reading(Asked)
    read = reading({"reason": "much too long"}, by=SystemActor("test"))
    shown = Asked({"reason": "much too long"}, by=SystemActor("test"))
    assert read.errors == shown.errors
    assert read.fields["reason"] is reading.base_fields["reason"]
    assert shown.fields["reason"] is not Asked.base_fields["reason"]


def test_a_form_that_changes_its_fields_keeps_its_own():
    assert for_reading(Offering) is Offering


OPENINGS = [pytest.param(kind, id=kind.name) for kind in all_kinds()]


@pytest.mark.parametrize("kind", OPENINGS)
def test_what_nobody_answered_comes_to_the_same_whether_read_or_shown(world, kind):
    form = kind.form(kind.procedure.opening)
    for data in ({}, {"text": "路灯坏了"}, dict.fromkeys(form.base_fields, "")):
        shown = form(data, by=SystemActor("test"))
        read = for_reading(form)(data, by=SystemActor("test"))
        assert (read.errors, read.cleaned_data) == (shown.errors, shown.cleaned_data)


class Choice(forms.Form):
    category = KeptChoiceField(
        Category.objects.all(), family="catalogue", to_field_name="code", required=False
    )


def chosen(code: str) -> Category | None:
    form = Choice({"category": code})
    form.is_valid()
    return form.cleaned_data.get("category")


def test_a_choice_is_read_once(world):
    assert chosen("0201") is not None
    with CaptureQueriesContext(connection) as asked:
        assert chosen("0201").code == "0201"
        assert chosen("") is None
        assert chosen("no such code") is None
    assert len(asked) == 0


def test_a_new_row_can_be_chosen_as_soon_as_its_family_has_moved(world):
    assert chosen("9999") is None
    Category.objects.create(
        kind="matters", code="9999", name_zh="新", name_en="New", valid_from=date(2020, 1, 1)
    )
    generations.bump("catalogue")
    assert chosen("9999") is not None
