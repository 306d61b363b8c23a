"""Readings are kept as long as what they tell of and for years more, and then deleted with a proof."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from linli.base.errors import Invalid, NotFound
from linli.base.ids import uuid7
from linli.base.rows import insert_values, values_of
from linli.cases.forgetting import forget_due
from linli.cases.models import Case, Clock
from linli.cases.old_looks import forget_looks
from linli.cases.test_forgetting import TEN, raised
from linli.ledger.models import Entry
from linli.residents.access import WORDS
from linli.residents.models import Access, Erasure, How, Person, Reader
from linli.residents.people.erasing import digest_of
from linli.residents.people.old_looks import drop_of_people, keep_looks
from linli.residents.purposes import WORK, purpose_named

YEARS = timedelta(days=3 * 366)


def looked(days_ago, **whose):
    """A reading so long ago, as the database holds it."""
    at = timezone.now() - timedelta(days=days_ago)
    row = Access(
        id=uuid7(at),
        at=at,
        reader=Reader.SYSTEM,
        activity=purpose_named(WORK).nr,
        classes=WORDS,
        how=How.VIEW,
        **whose,
    )
    insert_values(Access, values_of([row]))
    return row.pk


@pytest.fixture
def forgotten(world, monkeypatch):
    """A matter whose file went three years and a bit ago."""
    case = raised(world)
    now = timezone.now()
    Case.everywhere.filter(pk=case.pk).update(closed_at=now - TEN - YEARS, stage="closed")
    Clock.objects.filter(case=case).update(stopped_at=now - TEN - YEARS)
    monkeypatch.setattr("linli.cases.forgetting.timezone.now", lambda: now - YEARS)
    assert forget_due() == 1
    monkeypatch.undo()
    return Case.everywhere.get(pk=case.pk)


@pytest.mark.django_db
def test_after_three_years_the_readings_of_a_file_that_is_gone_are_deleted_and_proven(forgotten):
    own = {"contact": forgotten.reporter, "about": forgotten.pk}
    old = [looked(1500, **own), looked(1400, about=forgotten.pk)]
    young = looked(900, **own)
    kept = set(Access.objects.values_list("pk", flat=True)) - set(old)
    assert forget_looks() == 2
    assert set(Access.objects.values_list("pk", flat=True)) == kept >= {young}
    proof = Erasure.objects.get(table="access")
    assert (proof.rows, proof.left, proof.digest) == (2, 0, digest_of(old))
    assert Entry.objects.filter(name="residents.erase", facts__proof=str(proof.pk)).exists()
    assert forget_looks() == 0


@pytest.mark.django_db
def test_what_tells_of_a_file_that_is_still_there_stays_however_old(world):
    case = raised(world)
    looked(4000, contact=case.reporter, about=case.pk)
    looked(4000, about=case.pk)
    assert forget_looks() == 0


@pytest.mark.django_db
def test_a_place_may_keep_them_longer_and_never_shorter(world, forgotten):
    looked(1400, about=forgotten.pk)
    administrator, today = world.by("administrator"), timezone.localdate()
    with pytest.raises(Invalid, match="three years"):
        keep_looks(world.county, 35, basis="x", valid_from=today, by=administrator)
    with pytest.raises(NotFound):
        keep_looks(world.county, 60, basis="x", valid_from=today, by=world.by("chengguan_clerk"))
    keep_looks(world.county, 60, basis="县档案局规定", valid_from=today, by=administrator)
    assert forget_looks() == 0
    keep_looks(world.county, 36, basis="县档案局规定", valid_from=today, by=administrator)
    assert forget_looks() == 1


@pytest.mark.django_db
def test_readings_of_a_residents_record_go_three_years_after_the_record(world):
    gone = Person.objects.create(division=world.county, ended_on=date(2020, 1, 1))
    there = Person.objects.create(division=world.county)
    for person in (gone, there):
        looked(1500, person=person)
    assert drop_of_people() == 0
    Person.objects.filter(pk=gone.pk).update(erased_at=timezone.now() - YEARS)
    assert drop_of_people() == 1
    assert Access.objects.filter(person=there).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["UPDATE residents_access SET how = 2", "DELETE FROM residents_access"])
def test_the_database_itself_keeps_a_reading_for_three_years_and_never_changes_one(verb):
    looked(1090)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(verb)
