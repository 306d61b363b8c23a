import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from linli.base.writing import writing
from linli.ledger import triggers
from linli.ledger.models import Entry, EntryDetail, Position, Unplaced
from linli.ledger.names import Redaction, register
from linli.ledger.records import By, Line, digest, erase_words, record
from linli.ledger.sequencing import sequence, sequence_all

SYSTEM = By("system", relation="test")


@pytest.fixture(autouse=True)
def _names():
    register("test.done", label=lambda: "done", redaction=Redaction.ERASE)
    register("test.kept", label=lambda: "kept", redaction=Redaction.KEEP)


def written(name="test.done", **fields):
    with writing():
        return record(Line(name, SYSTEM, division=0, **fields))


def test_an_entry_outside_a_transaction_is_refused(fresh_database):
    with pytest.raises(RuntimeError):
        record(Line("test.done", SYSTEM, division=0))


def test_a_name_nobody_registered_is_refused(db):
    with pytest.raises(KeyError):
        written("test.unheard_of")


@pytest.mark.parametrize("value", ["路灯坏了", "two words", "x" * 65, {"a": 1}])
def test_free_text_does_not_enter_an_entry(db, value):
    with pytest.raises(ValueError, match="free text"):
        written(facts={"note": value})


def test_ids_codes_numbers_and_enumerations_do(db):
    entry = written(
        facts={"stage": "closed", "post": 7, "share": 0.5, "codes": ["320803", "99"], "none": None}
    )
    assert Entry.objects.get(pk=entry.pk).facts["codes"] == ["320803", "99"]


def test_words_are_kept_apart_and_referred_to_by_a_salted_digest(db):
    entry = written(words={"reason": "不归我们管"})
    detail = EntryDetail.objects.get(entry=entry)
    assert entry.words_digest == digest(detail.salt, {"reason": "不归我们管"})
    assert "不归我们管" not in str(Entry.objects.filter(pk=entry.pk).values())


def test_erasing_removes_words_and_salt_and_leaves_the_entry(db):
    entry = written(words={"reason": "不归我们管"})
    erase_words(EntryDetail.objects.filter(entry=entry))
    assert EntryDetail.objects.values_list("words", "salt").get(entry=entry) == (None, "")
    assert Entry.objects.get(pk=entry.pk).words_digest == entry.words_digest


def test_words_the_law_keeps_cannot_be_erased(db):
    entry = written("test.kept", words={"reason": "x"})
    erase_words(EntryDetail.objects.filter(entry=entry))
    assert EntryDetail.objects.get(entry=entry).words == {"reason": "x"}


CHANGES = [
    lambda: Entry.objects.update(name="forged"),
    lambda: Entry.objects.all().delete(),
    lambda: Position.objects.update(number=-1),
    lambda: Position.objects.all().delete(),
    lambda: EntryDetail.objects.update(words={"reason": "forged"}),
    lambda: EntryDetail.objects.all().delete(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_refuses_changes(db, change):
    written(words={"reason": "x"})
    sequence_all()
    before = list(Entry.objects.values())
    with pytest.raises(DatabaseError, match=r"append-only|foreign key|FOREIGN KEY"), transaction.atomic():
        change()
    assert list(Entry.objects.values()) == before


def test_the_triggers_survive_a_migration_that_rebuilds_the_table(fresh_database):
    """SQLite drops triggers silently when a column changes; post_migrate puts them back."""
    from django.core.management import call_command

    with connection.schema_editor() as editor:
        editor.alter_field(Entry, _field("relation", 30), _field("relation", 31))
    if connection.vendor == "sqlite":
        assert triggers.missing() != []
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []
    written()
    with pytest.raises(DatabaseError, match="append-only"):
        Entry.objects.filter(name="test.done").update(name="forged")


def _field(name, length):
    from django.db import models

    field = models.CharField(max_length=length, blank=True)
    field.set_attributes_from_name(name)
    field.model = Entry
    return field


def test_positions_run_without_a_gap_in_the_order_of_recording(db):
    start = sequence_all() + Position.objects.count() - sequence_all()
    entries = [written(at=datetime(2020 - n, 1, 1, tzinfo=UTC)).pk for n in range(5)]
    assert sequence(3) == 3
    assert sequence() == 2
    assert sequence() == 0
    placed = list(Position.objects.order_by("number").values_list("entry_id", flat=True))[-5:]
    assert placed == entries
    assert sorted(Position.objects.values_list("number", flat=True)) == list(
        range(1, Position.objects.count() + 1)
    )
    assert start >= 0


def _written_halfway():
    with writing():
        record(Line("test.done", SYSTEM, division=0))
        record(Line("test.done", SYSTEM, division=0, facts={"note": "坏 了"}))


def test_a_rolled_back_entry_leaves_no_gap(db):
    sequence_all()
    with pytest.raises(ValueError, match="free text"):
        _written_halfway()
    assert Unplaced.objects.count() == 0


def test_many_writers_and_two_sequencers_leave_no_gap(fresh_database, at_once):
    def write():
        try:
            for _each in range(10):
                written()
        finally:
            connection.close()

    def place():
        try:
            while not stop.is_set() or Unplaced.objects.exists():
                sequence(7)
        finally:
            connection.close()

    stop = threading.Event()
    sequencers = [threading.Thread(target=place) for _each in range(2)]
    for thread in sequencers:
        thread.start()
    assert at_once([write] * 6) == [None] * 6
    stop.set()
    for thread in sequencers:
        thread.join()
    numbers = sorted(Position.objects.values_list("number", flat=True))
    assert numbers == list(range(1, Entry.objects.count() + 1))
