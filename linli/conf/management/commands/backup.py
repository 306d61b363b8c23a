"""`linli backup`: a consistent copy of the database and of the attachments, while people work."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _


class Command(BaseCommand):
    """Database first, attachments after it, so that every row of the copy has its file."""

    help = "Copy the database and the attachments into a folder."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default=str(settings.HOME / "backups"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the copy and say where it is."""
        folder = Path(options["folder"]).resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = timezone.now().strftime("%Y%m%d-%H%M%S-%f")
        target = copy_sqlite(folder, stamp) if settings.ON_SQLITE else dump_postgresql(folder, stamp)
        files = copy_attachments(Path(settings.ATTACHMENTS_ROOT), folder / "attachments")
        self.stdout.write(
            _("Database copied to %(target)s; %(files)d new attachments.")
            % {"target": target, "files": files}
        )
        self.stdout.write(
            _("The keys in linli.env are not in it: keep them apart; without them it cannot be read.")
        )


def copy_sqlite(folder: Path, stamp: str) -> Path:
    """SQLite's online backup: consistent though people go on writing; checked before it gets its name."""
    target, unfinished = folder / f"linli-{stamp}.sqlite3", folder / f".linli-{stamp}.part"
    source = sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)
    copied = sqlite3.connect(unfinished)
    try:
        source.backup(copied, pages=2000, sleep=0.01)
        copied.execute("PRAGMA journal_mode=DELETE")
        verdict = copied.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        copied.close()
        source.close()
    unfinished.chmod(0o600)
    if verdict != "ok":
        raise CommandError(
            _("The copy is damaged (%(verdict)s) and was not kept as a backup.") % {"verdict": verdict}
        )
    return unfinished.rename(target)


def dump_postgresql(folder: Path, stamp: str) -> Path:
    """pg_dump in its own format, for pg_restore."""
    program = shutil.which("pg_dump")
    if not program:
        raise CommandError(_("pg_dump is not installed: apt-get install postgresql-client"))
    target = folder / f"linli-{stamp}.dump"
    finished = subprocess.run(  # noqa: S603  the program is the system's own pg_dump
        [program, "--format=custom", f"--file={target}"],
        env=postgresql_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        target.unlink(missing_ok=True)
        raise CommandError(_("pg_dump failed: %(reason)s") % {"reason": finished.stderr.strip()})
    target.chmod(0o600)
    return target


def postgresql_environment() -> dict[str, str]:
    """Where the database is and how to get in, as PostgreSQL's programs read it: never on a command line."""
    described = connection.get_connection_params()
    names = {
        "dbname": "PGDATABASE",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "host": "PGHOST",
        "port": "PGPORT",
    }
    return {variable: str(described[name]) for name, variable in names.items() if described.get(name)}


def copy_attachments(source: Path, folder: Path) -> int:
    """Copy files that the other folder does not have yet; their names are their content."""
    new = 0
    for file in source.rglob("*"):
        target = folder / file.relative_to(source)
        if file.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
            new += 1
    return new
