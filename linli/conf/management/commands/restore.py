"""`linli restore`: put a backup back in the place of what is there now, which is kept beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.conf.management.commands.backup import copy_attachments, postgresql_environment


class Command(BaseCommand):
    """Attachments first, the database after them, so that every row that is back has its file."""

    help = "Put the newest backup of a folder, or the one named, back. Stop the server first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", nargs="?", default=str(settings.HOME / "backups"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the copy, put it back, and examine the place."""
        copy = _chosen(Path(options["backup"]).resolve())
        files = copy_attachments(copy.parent / "attachments", Path(settings.ATTACHMENTS_ROOT))
        connection.close()
        if settings.ON_SQLITE:
            before = restore_sqlite(copy, Path(str(connection.settings_dict["NAME"])))
            if before:
                self.stdout.write(_("What was there before is now %(file)s.") % {"file": before})
        else:
            restore_postgresql(copy)
        self.stdout.write(
            _("%(copy)s is back, with %(files)d attachments.") % {"copy": copy.name, "files": files}
        )
        call_command("doctor", stdout=self.stdout)


def _chosen(given: Path) -> Path:
    ending = "sqlite3" if settings.ON_SQLITE else "dump"
    found = [given] if given.is_file() else sorted(given.glob(f"linli-*.{ending}"))
    if not found:
        raise CommandError(_("There is no backup in %(folder)s.") % {"folder": given})
    return found[-1]


def restore_sqlite(copy: Path, place: Path) -> Path | None:
    """Put a copy in the place of the database; return where the old one went, if there was one."""
    _check(copy)
    before = _set_aside(place) if place.exists() else None
    unfinished = place.with_name(f".{place.name}.part")
    shutil.copyfile(copy, unfinished)
    unfinished.chmod(0o600)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(place)
    return before


def _check(copy: Path) -> None:
    opened = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
    try:
        verdict = str(opened.execute("PRAGMA integrity_check").fetchone()[0])
        opened.execute("SELECT count(*) FROM ledger_position")
    except sqlite3.DatabaseError as trouble:
        verdict = str(trouble)
    finally:
        opened.close()
    if verdict != "ok":
        raise CommandError(
            _("%(copy)s is no whole backup (%(verdict)s). Nothing was changed.")
            % {"copy": copy, "verdict": verdict}
        )


def _set_aside(place: Path) -> Path:
    """Give the present database another name, its write-ahead log worked in; refuse while somebody has it open."""
    before = place.with_name(f"{place.stem}-before-{timezone.now():%Y%m%d-%H%M%S-%f}{place.suffix}")
    opened = sqlite3.connect(place, timeout=1)
    try:
        opened.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as trouble:
        raise CommandError(
            _("The database is in use (%(reason)s). Stop the server, then try again. Nothing was changed.")
            % {"reason": trouble}
        ) from trouble
    except sqlite3.DatabaseError:  # a damaged one is what backups are for; its log goes aside with it
        for ending in ("-wal", "-shm"):
            if (log := Path(f"{place}{ending}")).exists():
                log.replace(f"{before}{ending}")
    finally:
        opened.close()
    return place.replace(before)


def restore_postgresql(copy: Path) -> None:
    """pg_restore over what is there, in one transaction: all of it, or nothing changes."""
    program = shutil.which("pg_restore")
    if not program:
        raise CommandError(_("pg_restore is not installed: apt-get install postgresql-client"))
    environment = postgresql_environment()
    finished = subprocess.run(  # noqa: S603  the program is the system's own pg_restore
        [
            program, "--clean", "--if-exists", "--no-owner", "--single-transaction",
            f"--dbname={environment['PGDATABASE']}", str(copy),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if finished.returncode:
        raise CommandError(_("pg_restore failed: %(reason)s") % {"reason": finished.stderr.strip()})
