"""What is past its period is erased, proven, and gone from the file; what an open case needs is held."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from linli.base.errors import Conflict, NotFound
from linli.base.ids import uuid7
from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.residents.models import Erasure, Household, Member, Person, Residence
from linli.residents.people.changing import end
from linli.residents.people.conftest import HOME, PHONE, given
from linli.residents.people.erasing import digest_of, erase_due, erase_whole, months_before
from linli.residents.people.fields import Decided, all_fields, set_rule
from linli.residents.people.involving import involve
from linli.residents.people.merging import merge
from linli.residents.people.pairs import note_pair
from linli.residents.people.reading import OWN, read_person
from linli.residents.people.registering import find, register

LONG_AGO = date(2020, 1, 1)


def ended(world, person, on=date(2021, 1, 1)):
    Residence.objects.filter(person=person).update(since=LONG_AGO)
    Member.objects.filter(person=person).update(since=LONG_AGO)
    end(person, "moved_away", on=on, by=world.by(HOME))
    return Person.objects.get(pk=person.pk)


def nothing_left(person):
    now = Person.objects.get(pk=person.pk)
    sealed = [bytes(getattr(now, f"{name}_sealed")) for name in OWN]
    return not any([*sealed, now.phone_index, now.document_index, now.likeness_index])


def test_everything_of_whoever_left_long_ago_goes_and_each_batch_is_proven(world, resident):
    ended(world, resident)
    assert erase_due() > 0
    assert erase_due() == 0
    assert nothing_left(resident)
    assert Person.objects.get(pk=resident.pk).erased_at
    assert {each.field for each in Erasure.objects.all()} == {
        *("name", "phone", "document", "language", "end", "address", "relation", "region")
    }
    assert {each.left for each in Erasure.objects.all()} == {0}
    proof = Erasure.objects.get(field="phone")
    assert (proof.table, proof.rows, proof.digest) == ("person", 1, digest_of([resident.pk]))
    assert Entry.objects.filter(name="residents.erase").count() == Erasure.objects.count()
    with pytest.raises(NotFound):
        read_person(resident, "window", by=world.by(HOME))
    with pytest.raises(NotFound):
        find(PHONE, by=world.by(HOME))


def test_whoever_lives_here_keeps_everything(world, resident):
    assert erase_due() == 0
    assert not Erasure.objects.exists()


@pytest.mark.parametrize(
    "field", [each.name for each in all_fields() if each.table == "person" and each.asked]
)
def test_each_field_goes_on_the_day_its_own_period_is_over(world, resident, field):
    months = next(each.months for each in all_fields() if each.name == field)
    today = timezone.localdate()
    ended(world, resident, on=months_before(today, months))
    while erase_due():
        pass
    gone = {each.field for each in Erasure.objects.filter(table="person")}
    due = {
        each.name for each in all_fields() if each.table == "person" and each.months <= months and each.asked
    }
    assert field in gone
    assert gone == due


def test_the_day_before_nothing_goes(world, resident):
    shortest = min(each.months for each in all_fields())
    first = months_before(timezone.localdate(), shortest)
    ended(world, resident, on=date.fromordinal(first.toordinal() + 1))
    assert erase_due() == 0


def test_a_place_that_keeps_shorter_erases_earlier(world, resident):
    shorter = Decided("name", asked=True, basis="x", months=1, valid_from=date(2026, 1, 1))
    set_rule(world.county, shorter, by=world.by("administrator"))
    ended(world, resident, on=months_before(timezone.localdate(), 1))
    erase_due()
    assert [each.field for each in Erasure.objects.all()] == ["name"]


def test_an_open_case_holds_the_record_until_it_is_closed(world, resident):
    opened = actions.report(by=world.by(HOME), text="灯坏了", division=world.place(HOME))
    involve(resident, opened.case, relation="party", by=world.by(HOME))
    ended(world, resident)
    assert erase_due() == 0
    Case.everywhere.filter(pk=opened.case).update(closed_at=timezone.now())
    assert erase_due() > 0
    assert nothing_left(resident)


def test_an_address_stays_while_somebody_lives_there(world, resident, another):
    another(name="慕容夫人")
    ended(world, resident)
    while erase_due():
        pass
    assert bytes(Household.objects.get().address_sealed)


def test_a_merged_record_goes_with_the_one_that_took_it_up(world, resident, another):
    double = another(name="慕容", phone=PHONE, address="东门街99号")
    note_pair(resident, double, "document")
    pair = double._meta.apps.get_model("residents.Pair").objects.get()
    merge(pair, resident, by=world.by("chengguan_clerk"))
    ended(world, resident)
    while erase_due():
        pass
    assert nothing_left(double)
    assert not any(bytes(each.address_sealed) for each in Household.objects.all())


def test_a_batch_is_small(world, another, monkeypatch):
    monkeypatch.setattr("linli.residents.people.erasing.BATCH", 3)
    for number in range(5):
        ended(world, another(name=f"慕容{number}", phone=f"1370013700{number}", address=f"{number}号"))
    assert erase_due() == 3
    while erase_due():
        pass
    assert all(nothing_left(each) for each in Person.objects.all())


def test_proofs_cannot_be_changed(world, resident):
    ended(world, resident)
    erase_due()
    for change in (lambda: Erasure.objects.update(rows=0), lambda: Erasure.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_whoever_asks_is_erased_at_once_unless_another_case_needs_it(world, resident):
    clerk = world.by("chengguan_clerk")
    opened = actions.report(by=world.by(HOME), text="灯坏了", division=world.place(HOME))
    asked = uuid7()
    involve(resident, opened.case, relation="party", by=clerk)
    with pytest.raises(Conflict):
        erase_whole(resident, by=clerk, about=asked)
    Case.everywhere.filter(pk=opened.case).update(closed_at=timezone.now())
    assert erase_whole(resident, by=clerk, about=asked) == 7
    assert nothing_left(resident)
    assert not any(bytes(each.address_sealed) for each in Household.objects.all())


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 6, date(2026, 6, 30)),
        (date(2026, 11, 25), 24, date(2024, 11, 25)),
        (date(2026, 11, 25), 0, date(2026, 11, 25)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last_of_a_shorter_month(day, months, before):
    assert months_before(day, months) == before


@pytest.mark.sqlite
def test_the_erased_bytes_are_gone_from_the_file_and_its_log(committed_world):
    world = committed_world
    person = register(given(world), by=world.by(HOME))
    person.refresh_from_db()
    sealed = [bytes(person.phone_sealed), bytes(person.name_sealed), bytes(person.document_sealed)]
    files = [Path(str(connection.settings_dict["NAME"]) + ending) for ending in ("", "-wal")]
    assert any(sealed[0] in each.read_bytes() for each in files if each.exists())
    ended(world, person)
    while erase_due():
        pass
    kept = b"".join(each.read_bytes() for each in files if each.exists())
    assert not any(each in kept for each in sealed)
    assert person.phone_index.encode() not in kept


KILLED = """
import os, sys
import django; django.setup()
from linli.residents.people import erasing
from linli.base.generations import refresh
refresh()
erasing.BATCH = 1
left = int(sys.argv[1])
record = erasing.record
def dying(line):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)
    return record(line)
erasing.record = dying
while erasing.erase_due():
    pass
"""


@pytest.mark.sqlite
def test_whoever_is_killed_between_erasing_and_proof_has_done_neither(committed_world, monkeypatch):
    world = committed_world
    person = ended(world, register(given(world), by=world.by(HOME)))
    name = str(connection.settings_dict["NAME"])
    connection.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{name}")
    for at in (1, 3):
        died = subprocess.run([sys.executable, "-c", KILLED, str(at)], check=False, capture_output=True)
        assert died.returncode == -9, died.stderr
    gone = {each.field for each in Erasure.objects.all()}
    now = Person.objects.get(pk=person.pk)
    empty = {
        name
        for name in ("name", "phone", "document", "language")
        if not bytes(getattr(now, f"{name}_sealed"))
    }
    assert empty == gone & {"name", "phone", "document", "language"}
    assert len(gone) == 2
    while erase_due():
        pass
    assert nothing_left(person)
