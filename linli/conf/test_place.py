"""Setting a place up and looking after it: init, doctor, backup, upgrade."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from linli.base.writing import writing
from linli.cases.attachments import keep, path_of
from linli.cases.models import Attachment, CalendarDay, Case, Notice
from linli.conf.condition import (
    CHECKS,
    Level,
    attachments_whole,
    calendar_known,
    examine,
    first_tasks_given,
    ledger_protected,
    positions_gap_free,
)
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail, Position
from linli.ledger.records import By, Line, record
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor
from linli.posts.models import Account, Holding, Post, PostKind
from linli.residents.keeping import GivenContact
from linli.residents.models import Contact

LINLI = "from linli.conf.cli import main; main()"


def _said(verb: str, *words: str, **options: Any) -> str:
    out = StringIO()
    call_command(verb, *words, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_init_plants_the_place_and_seats_an_administrator_who_can_sign_in() -> None:
    password = re.search(r"[A-Z\d]{4}(?:-[A-Z\d]{4}){2}", _said("init", place="320831", username="first"))
    assert password
    account = authenticate(username="first", password=password.group())
    holding = Holding.objects.current().get(account=account)
    assert (holding.post.kind, holding.post.division.trimmed) == (PostKind.ADMINISTRATOR, "320831")


@pytest.mark.django_db
def test_init_again_changes_nothing_and_prints_no_password() -> None:
    _said("init", place="320831", username="first")
    before = Account.objects.count()
    assert not re.search(r"[A-Z\d]{4}(?:-[A-Z\d]{4}){2}", _said("init", place="320831", username="second"))
    assert Account.objects.count() == before


def test_on_an_empty_machine_init_then_doctor_is_all_it_takes(tmp_path: Path) -> None:
    home = tmp_path / "place"
    told = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DATABASE"))}
    told |= {"LINLI_HOME": str(home), "LINLI_LANGUAGE": "en"}
    for words in (["init", "--place", "320831"], ["doctor"]):
        ran = subprocess.run(
            [sys.executable, "-c", LINLI, *words],
            env=told, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stderr
    keys = home / "linli.env"
    assert keys.stat().st_mode & 0o777 == 0o600
    assert "fail" not in ran.stdout


def test_doctor_finds_a_sound_database_sound(fresh_database: str) -> None:
    sequence_all()
    assert [finding for finding in examine() if finding.level is Level.FAIL] == []


@pytest.mark.sqlite
def test_doctor_notices_a_missing_trigger(fresh_database: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_entry_no_update")
    assert [finding.level for finding in ledger_protected()] == [Level.FAIL]


@pytest.mark.sqlite
def test_doctor_notices_a_trigger_that_does_not_bite(fresh_database: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_entry_no_update")
        cursor.execute(
            "CREATE TRIGGER ledger_entry_no_update AFTER UPDATE ON ledger_entry BEGIN SELECT 1; END"
        )
    assert [finding.level for finding in ledger_protected()] == [Level.FAIL]


@pytest.mark.django_db
def test_doctor_notices_a_gap_in_the_positions() -> None:
    with writing():
        entry = record(Line("posts.found", By("system"), division=0))
    sequence_all()
    assert [finding.level for finding in positions_gap_free()] == [Level.OK]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER ledger_position_no_update")
        cursor.execute(
            "UPDATE ledger_position SET number = number + 5 WHERE entry_id = %s", [_stored(entry.pk)]
        )
    assert [finding.level for finding in positions_gap_free()] == [Level.FAIL]


def _stored(key: Any) -> Any:
    return Position._meta.get_field("entry").get_db_prep_value(key, connection)


@pytest.mark.django_db
def test_doctor_warns_of_a_year_without_holidays() -> None:
    CalendarDay.objects.filter(day__year__gte=timezone.now().year).delete()
    assert [finding.level for finding in calendar_known()] == [Level.WARN]


def test_every_finding_that_is_not_ok_says_what_to_do(fresh_database: str) -> None:
    assert all(finding.advice or finding.level is Level.OK for finding in examine())
    assert all(check.__doc__ for check in CHECKS)


@pytest.mark.django_db
def test_doctor_warns_where_nobody_would_get_the_first_task() -> None:
    assert {finding.level for finding in first_tasks_given()} == {Level.OK}
    clerks = Post.objects.filter(kind=PostKind.CLERK).order_by("division__level")
    Post.objects.filter(pk__in=[post.pk for post in clerks[:2]]).update(until=timezone.now())
    assert Level.WARN in {finding.level for finding in first_tasks_given()}


def test_doctor_sweeps_files_that_have_long_belonged_to_no_case(fresh_database: str, settings: Any) -> None:
    old, new = path_of(keep(b"old").digest), path_of(keep(b"new").digest)
    os.utime(old, (0, 0))
    assert Level.WARN in {finding.level for finding in attachments_whole()}
    with contextlib.suppress(SystemExit):
        _said("doctor", "--sweep")
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.sqlite
def test_a_backup_is_whole_and_nobody_elses_to_read(fresh_database: str, tmp_path: Path) -> None:
    with writing():
        record(Line("posts.found", By("system"), division=0))
    _said("backup", str(tmp_path))
    (copy,) = tmp_path.glob("linli-*.sqlite3")
    assert copy.stat().st_mode & 0o777 == 0o600
    opened = sqlite3.connect(copy)
    assert opened.execute("SELECT count(*) FROM ledger_entry").fetchone()[0] >= 1
    opened.close()


def test_a_backup_holds_each_attachment_once(fresh_database: str, tmp_path: Path, settings: Any) -> None:
    kept = Path(settings.ATTACHMENTS_ROOT) / "ab" / "cd"
    kept.mkdir(parents=True)
    (kept / "abcd").write_bytes(b"picture")
    assert "1" in _said("backup", str(tmp_path / "backups"))
    assert (tmp_path / "backups" / "attachments" / "ab" / "cd" / "abcd").read_bytes() == b"picture"


def _everything() -> dict[str, list[Any]]:
    """What a place would miss: cases, words, entries and their places, notices, sealed contacts."""
    return {
        model.__name__: sorted(map(str, model._base_manager.values_list()))
        for model in (Case, Matter, Entry, EntryDetail, Position, Notice, Contact, Attachment)
    }


def test_what_was_destroyed_after_a_backup_is_back(
    committed_world: Any, tmp_path: Path, settings: Any
) -> None:
    home, said = committed_world.place("东门社区第一网格"), GivenContact("李小芳", "13912345678")
    for text in ("路灯坏了", "井盖松动"):
        actions.report(
            by=PartyActor("reporter"), text=text, division=home, contact=said, photos=[text.encode()]
        )
    sequence_all()
    before = _everything()
    assert len(before["Case"]) == 2
    _said("backup", str(tmp_path / "backups"))
    _destroy(settings)
    assert "2" in _said("restore", str(tmp_path / "backups"))
    assert _everything() == before
    assert all(path_of(digest).exists() for digest in Attachment.objects.values_list("digest", flat=True))
    assert [finding.level for finding in ledger_protected()] == [Level.OK]


def _destroy(settings: Any) -> None:
    """A fire: damaged tables, no attachments."""
    shutil.rmtree(settings.ATTACHMENTS_ROOT)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE cases_notice, matters_matter CASCADE")
        return
    connection.close()
    Path(str(connection.settings_dict["NAME"])).write_bytes(b"burnt")


@pytest.mark.sqlite
def test_nothing_is_put_back_under_a_running_server(fresh_database: str, tmp_path: Path) -> None:
    _said("backup", str(tmp_path))
    running = sqlite3.connect(fresh_database)
    running.execute("SELECT count(*) FROM ledger_entry").fetchone()
    with pytest.raises(CommandError, match="请先停止服务"):
        _said("restore", str(tmp_path))
    running.close()


@pytest.mark.sqlite
def test_a_damaged_backup_is_not_put_back(fresh_database: str, tmp_path: Path) -> None:
    (tmp_path / "linli-1.sqlite3").write_bytes(b"half of it")
    with pytest.raises(CommandError, match="没有作任何改动"):
        _said("restore", str(tmp_path))
    assert Post.objects.exists()


def test_an_upgrade_with_nothing_to_do_only_examines(fresh_database: str) -> None:
    sequence_all()
    assert "ok" in _said("upgrade")
