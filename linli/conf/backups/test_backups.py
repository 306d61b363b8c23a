"""Backups: sealed, whole, each attachment once, put back to the letter; of a bad one it says why, changing nothing."""

from __future__ import annotations

import base64
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from linli.cases.attachments import path_of
from linli.cases.models import Attachment, Case, Notice
from linli.conf import standing
from linli.conf.backups import archive, nightly, stream
from linli.conf.backups.folder import Folder
from linli.conf.backups.records import remembered
from linli.conf.condition import ledger_protected
from linli.conf.findings import Level
from linli.conf.safekeeping import backups_recent, drilled
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail, Position
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor
from linli.posts.models import Post
from linli.residents.keeping import GivenContact
from linli.residents.models import Contact


@pytest.fixture
def place(committed_world: Any, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A place with two matters and their photos; its folder."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    home, said = committed_world.place("东门社区第一网格"), GivenContact("李小芳", "13912345678")
    for text in ("路灯坏了", "井盖松动"):
        actions.report(
            by=PartyActor("reporter"), text=text, division=home, contact=said, photos=[text.encode()]
        )
    sequence_all()
    with translation.override("en"):
        yield Path(settings.HOME)


def _said(verb: str, *words: str) -> str:
    out = StringIO()
    call_command(verb, *words, stdout=out, stderr=out)
    return out.getvalue()


def _made(settings: Any) -> Path:
    _said("backup")
    return Folder(Path(settings.BACKUPS_ROOT)).archives()[-1]


def _everything() -> dict[str, list[Any]]:
    """What a place would miss: cases, words, entries and their places, notices, sealed contacts."""
    return {
        model.__name__: sorted(map(str, model._base_manager.values_list()))
        for model in (Case, Matter, Entry, EntryDetail, Position, Notice, Contact, Attachment)
    }


def _destroy(settings: Any) -> None:
    """A fire: damaged tables, no attachments."""
    shutil.rmtree(settings.ATTACHMENTS_ROOT)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE cases_notice, matters_matter CASCADE")
        return
    connection.close()
    Path(str(connection.settings_dict["NAME"])).write_bytes(b"burnt")


def test_what_was_destroyed_after_a_backup_is_back(place: Path, settings: Any) -> None:
    before = _everything()
    assert len(before["Case"]) == 2
    _said("backup")
    _destroy(settings)
    assert "2" in _said("restore")
    assert _everything() == before
    assert all(path_of(digest).exists() for digest in Attachment.objects.values_list("digest", flat=True))
    assert [finding.level for finding in ledger_protected()] == [Level.OK]


def test_nothing_lies_in_clear_in_a_backup(place: Path, settings: Any) -> None:
    made = _made(settings)
    files = [file for file in made.parent.rglob("*") if file.is_file()]
    digests = list(Attachment.objects.values_list("digest", flat=True))
    for file in files:
        assert file.stat().st_mode & 0o077 == 0 or file.name == ".lock"
        content = file.read_bytes()
        assert not any(
            word.encode() in content for word in ("路灯坏了", "井盖松动", "ledger_entry", "李小芳")
        )
        assert not any(digest in file.name or digest.encode() in content for digest in digests)
    assert not list(place.glob(".linli-unfinished-*")), "the copy in clear is gone"


def test_an_attachment_is_sealed_once_however_many_backups_there_are(place: Path, settings: Any) -> None:
    first = _said("backup")
    again = _said("backup")
    assert ("2" in first, "0" in again) == (True, True)
    assert len(list(Path(settings.BACKUPS_ROOT).glob("attachments/??/*"))) == 2


def test_a_backup_from_the_middle_of_the_writing_is_of_one_moment(place: Path, settings: Any) -> None:
    """Writers go on; the copy holds as many entries as cases, whenever it was taken."""
    done = threading.Event()

    def write() -> None:
        home = Case.everywhere.first()
        while not done.is_set():
            actions.report(
                by=PartyActor("reporter"),
                text="又一件",
                division=home.division,
                contact=GivenContact("李小芳", "13912345678"),
            )
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = _made(settings)
    finally:
        done.set()
        writer.join()
    counts = Folder(made.parent).chosen().contents.counts
    assert counts["matters_matter"] == counts["cases_case"] == counts["cases_clock"]
    assert counts["cases_case"] >= 2


# --- what is wrong with an archive --------------------------------------------------------------------------


def _refused(settings: Any, made: Path, say: str) -> None:
    """Restore and drill refuse in a sentence, and nothing changes."""
    before = _everything()
    for verb in ("restore", "drill"):
        with pytest.raises(CommandError, match=say):
            _said(verb, str(made))
    assert _everything() == before
    assert not list(Path(settings.HOME).glob("*-before-*"))


@pytest.mark.sqlite  # the same bytes on PostgreSQL, only slower
@pytest.mark.parametrize("place_of_byte", [0, 5, 14, 40, 200, 5000, -1, -40])
def test_a_changed_byte_is_noticed_wherever_it_is(place: Path, settings: Any, place_of_byte: int) -> None:
    made = _made(settings)
    content = bytearray(made.read_bytes())
    content[place_of_byte] ^= 1
    made.write_bytes(content)
    _refused(settings, made, "Nothing was changed")


@pytest.mark.sqlite  # the same bytes on PostgreSQL, only slower
@pytest.mark.parametrize("left", [0, 3, 13, 100, 5000, -1, -100_000])
def test_an_archive_that_is_cut_off_is_noticed(place: Path, settings: Any, left: int) -> None:
    made = _made(settings)
    made.write_bytes(made.read_bytes()[:left])
    _refused(settings, made, "Nothing was changed")


def test_another_key_opens_nothing_and_says_so(place: Path, settings: Any) -> None:
    made = _made(settings)
    settings.BACKUP_KEY = base64.b64encode(os.urandom(32)).decode()
    _refused(settings, made, "LINLI_BACKUP_KEY")


def test_an_archive_of_a_later_format_asks_for_its_release(
    place: Path, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(stream, "FORMAT", 2)
    made = _made(settings)
    monkeypatch.setattr(stream, "FORMAT", 1)
    _refused(settings, made, "2")


def test_a_backup_of_a_newer_release_is_not_put_under_this_one(
    place: Path, settings: Any, monkeypatch: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '9999_later', %s)",
            [timezone.now()],
        )
    made = _made(settings)
    _refused(settings, made, "9999_later")


def test_a_file_that_is_no_backup_is_called_so(place: Path, settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "linli-20260101.sqlite3"
    file.write_bytes(b"SQLite format 3\0" + bytes(5000))
    _refused(settings, file, "Nothing was changed")


def test_a_missing_attachment_stops_a_restore_before_anything_is_changed(place: Path, settings: Any) -> None:
    made = _made(settings)
    shutil.rmtree(settings.ATTACHMENTS_ROOT)
    next(made.parent.glob("attachments/??/*")).unlink()
    _refused(settings, made, "Nothing was changed")
    assert not [file for file in Path(settings.ATTACHMENTS_ROOT).rglob("*") if file.is_file()]


def test_what_is_left_can_be_put_back_without_attachments_that_are_lost(place: Path, settings: Any) -> None:
    made = _made(settings)
    before = _everything()
    _destroy(settings)
    next(made.parent.glob("attachments/??/*")).unlink()
    with pytest.raises(SystemExit):  # doctor says what is lacking
        _said("restore", "--without-attachments")
    assert _everything() == before


def test_without_a_key_no_backup_is_made_and_it_says_what_to_do(place: Path, settings: Any) -> None:
    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="linli init"):
        _said("backup")
    assert [finding.level for finding in backups_recent()] == [Level.FAIL]


def test_the_key_may_lie_in_a_file(place: Path, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{settings.BACKUP_KEY}\n")
    made = _made(settings)
    settings.BACKUP_KEY, settings.BACKUP_KEY_FILE = "", str(tmp_path / "key")
    assert Folder(made.parent).chosen().contents.positions >= 2


# --- while it is served -------------------------------------------------------------------------------------


def test_nothing_is_put_back_while_the_place_is_served(place: Path, settings: Any) -> None:
    _made(settings)
    standing.serve_here()
    try:
        with pytest.raises(CommandError, match="Stop the server"):
            _said("restore")
    finally:
        os.close(standing._held.pop())


@pytest.mark.sqlite
def test_nothing_is_put_back_under_another_program_that_has_the_database_open(
    place: Path, settings: Any
) -> None:
    _made(settings)
    with closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as running:
        running.execute("SELECT count(*) FROM ledger_entry").fetchone()
        with pytest.raises(CommandError, match="Stop the server"):
            _said("restore")
    assert Post.objects.exists()


# --- drills, retention, the daily one -----------------------------------------------------------------------


def test_a_drill_compares_and_is_remembered(place: Path, settings: Any) -> None:
    assert [finding.level for finding in drilled()] == [Level.WARN]
    _made(settings)
    before = _everything()
    said = _said("drill")
    assert "fail" not in said
    assert remembered("drill")[1]["passed"]
    assert [finding.level for finding in drilled()] == [Level.OK]
    assert _everything() == before


def test_a_drill_notices_a_ledger_that_was_rewritten_since(place: Path, settings: Any) -> None:
    _made(settings)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER ledger_entry_no_update")
        cursor.execute("UPDATE ledger_entry SET division = division + 1 WHERE name = 'matters.report'")
    with pytest.raises(SystemExit):
        _said("drill")
    assert [finding.level for finding in drilled()] == [Level.FAIL]


def test_a_drill_notices_a_case_that_is_not_as_it_was(place: Path, settings: Any) -> None:
    _made(settings)
    Case.everywhere.filter(pk=Case.everywhere.first().pk).update(stage="closed")
    with pytest.raises(SystemExit):
        _said("drill")


def test_a_drill_notices_an_attachment_that_is_not_what_it_was(place: Path, settings: Any) -> None:
    made = _made(settings)
    one, two = sorted(made.parent.glob("attachments/??/*"))
    shutil.copy(one, two)
    with pytest.raises(CommandError):
        _said("drill")
    assert [finding.level for finding in drilled()] == [Level.FAIL]


def test_old_backups_go_and_take_only_what_no_other_needs(place: Path, settings: Any) -> None:
    first = _made(settings)
    Attachment.objects.filter(pk=Attachment.objects.first().pk).delete()
    old = timezone.now() - timedelta(days=settings.BACKUP_DAYS + 1)
    aged = first.with_name(f"linli-{old:%Y%m%d-%H%M%S-%f}.backup")
    first.rename(aged)
    for _day in range(3):
        _said("backup")
    assert not aged.exists()
    assert len(list(first.parent.glob("attachments/??/*"))) == 1


def test_the_newest_backups_stay_however_old_they_are(place: Path, settings: Any) -> None:
    settings.BACKUP_DAYS = 0
    for _day in range(5):
        _said("backup")
    assert len(Folder(Path(settings.BACKUPS_ROOT)).archives()) == 3


def test_the_loop_makes_one_backup_a_day_and_says_what_failed(place: Path, settings: Any) -> None:
    settings.BACKUP_AT = timezone.localtime().time().replace(second=0, microsecond=0)
    assert nightly.back_up_when_due() == 1
    assert nightly.back_up_when_due() == 0
    tomorrow = timezone.now() + timedelta(days=1)
    assert nightly.is_due(tomorrow)
    assert Level.FAIL not in {finding.level for finding in backups_recent()}


def test_a_backup_that_fails_is_seen_and_not_tried_every_minute(place: Path, settings: Any) -> None:
    settings.BACKUP_AT = timezone.localtime().time().replace(second=0, microsecond=0)
    settings.BACKUPS_ROOT = place / "a file"
    settings.BACKUPS_ROOT.write_text("in the way")
    assert nightly.back_up_when_due() == 0
    assert Level.FAIL in {finding.level for finding in backups_recent()}
    assert not nightly.is_due(timezone.now())
    assert nightly.is_due(timezone.now() + timedelta(hours=2))


def test_a_clock_that_was_years_ahead_for_a_while_does_not_end_the_backups(
    place: Path, settings: Any, monkeypatch: Any
) -> None:
    settings.BACKUP_AT = timezone.localtime().time().replace(second=0, microsecond=0)
    ahead = timezone.now() + timedelta(days=2000)
    with monkeypatch.context() as wrong:
        wrong.setattr("django.utils.timezone.now", lambda: ahead)
        assert nightly.back_up_when_due() == 1
    assert nightly.is_due(timezone.now())


def test_doctor_says_when_the_last_backup_is_too_old(place: Path, settings: Any, monkeypatch: Any) -> None:
    _made(settings)
    later = timezone.now() + timedelta(hours=40)
    monkeypatch.setattr("linli.conf.safekeeping.timezone.now", lambda: later)
    assert Level.FAIL in {finding.level for finding in backups_recent()}


def test_two_backups_do_not_run_at_once(place: Path, settings: Any) -> None:
    folder = Folder(Path(settings.BACKUPS_ROOT))
    folder.make()
    settings.BACKUP_AT = timezone.localtime().time().replace(second=0, microsecond=0)
    with folder._alone():
        with pytest.raises(CommandError, match="already"):
            _said("backup")
        assert nightly.back_up_when_due() == 0
    assert remembered("failure") is None, "that somebody else is at it is no failure"


def test_what_a_killed_backup_left_in_the_folder_goes(place: Path, settings: Any) -> None:
    made = _made(settings)
    (made.parent / ".linli-unfinished-half").write_bytes(b"half")
    _said("backup")
    assert not list(made.parent.glob(".linli-unfinished-*"))


def test_the_archive_says_what_is_in_it(place: Path, settings: Any) -> None:
    made = _made(settings)
    opened = archive.read_archive(made, stream.backup_key(), connection.vendor)
    assert opened.contents.counts["cases_case"] == 2
    assert opened.contents.positions == Position.objects.count()
