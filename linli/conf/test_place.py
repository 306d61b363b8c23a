"""Setting a place up and looking after it: init, doctor, backup, upgrade."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from linli.base.writing import writing
from linli.cases.attachments import keep, path_of
from linli.cases.models import CalendarDay
from linli.conf import home
from linli.conf.condition import (
    CHECKS,
    attachments_whole,
    calendar_known,
    examine,
    first_tasks_given,
    ledger_protected,
    positions_gap_free,
)
from linli.conf.findings import Level
from linli.ledger.models import Position
from linli.ledger.records import By, Line, record
from linli.ledger.sequencing import sequence_all
from linli.posts.models import Account, Holding, Post, PostKind

LINLI = "from linli.conf.cli import main; main()"


@pytest.fixture(autouse=True)
def _no_backup_is_noted() -> None:
    """Of another test, whose folder is gone."""
    (Path(settings.HOME) / "backups.json").unlink(missing_ok=True)


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
    folder = tmp_path / "place"
    told = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DATABASE"))}
    told |= {"LINLI_HOME": str(folder), "LINLI_LANGUAGE": "en"}
    for words in (["init", "--place", "320831"], ["doctor"]):
        ran = subprocess.run(
            [sys.executable, "-c", LINLI, *words],
            env=told, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stderr
    keys = folder / "linli.env"
    assert keys.stat().st_mode & 0o777 == 0o600
    assert "fail" not in ran.stdout


def test_a_place_from_before_backups_were_sealed_gets_the_key_it_lacks_once(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.delenv("LINLI_BACKUP_KEY")
    file = tmp_path / "linli.env"
    file.write_text("LINLI_SECRET_KEY=a\nLINLI_DATA_KEY=b")
    home.add_backup_key(file)
    home.add_backup_key(file)
    assert [line.partition("=")[0] for line in file.read_text().splitlines()] == [
        "LINLI_SECRET_KEY", "LINLI_DATA_KEY", "LINLI_BACKUP_KEY",
    ]  # fmt: skip


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


def test_an_upgrade_with_nothing_to_do_only_examines(fresh_database: str) -> None:
    sequence_all()
    assert "ok" in _said("upgrade")
