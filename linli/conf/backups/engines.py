"""Copying a database out while people work, and putting a copy in the place of what is there: one class per engine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.base.files import sync_folder
from linli.conf.backups.contents import Contents, another, contents_of, digests_of, plain
from linli.conf.backups.stream import damaged

STEP = 4096  # pages between two looks at whoever else wants the processor


class Engine(Protocol):
    """What a backup asks of a kind of database."""

    name: str

    def copy(self, target: Path) -> tuple[Contents, list[str]]:
        """Write a consistent copy; tell what is in it and which attachments it refers to."""

    def check(self, copy: Path) -> None:
        """Raise Unreadable when the copy is not whole."""

    def put_back(self, copy: Path) -> str:
        """Put the copy in the place of the database; say where the former one is, if it is kept."""

    def stand_in(self, copy: Path) -> BaseDatabaseWrapper:
        """The copy as a database of its own, apart from the place's."""

    def forget(self, stand_in: BaseDatabaseWrapper) -> None:
        """Close such a database and remove what was made for it."""


class Sqlite:
    """By SQLite's online backup, from one moment: writers go on meanwhile."""

    name = "sqlite"

    def copy(self, target: Path) -> tuple[Contents, list[str]]:
        """Copy, look through the pages, count."""
        try:
            self._copy(target)
        except sqlite3.Error as trouble:
            raise Refusal(
                _("The database could not be copied: %(reason)s") % {"reason": trouble}
            ) from trouble
        target.chmod(0o600)
        self.check(target)
        copy = plain(target)
        try:
            return contents_of(copy), digests_of(copy)
        finally:
            copy.close()

    def _copy(self, target: Path) -> None:
        with closing(sqlite3.connect(f"file:{_file()}?mode=ro", uri=True)) as source:
            # A read transaction holds the moment; without it, every write of others begins the copy anew.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(sqlite3.connect(target)) as copied:
                copied.execute("PRAGMA synchronous=OFF")
                source.backup(copied, pages=STEP, sleep=0)
                # Without a log beside it a copy is one file.
                copied.execute("PRAGMA journal_mode=DELETE")

    def check(self, copy: Path) -> None:
        """SQLite's own quick look at every page."""
        with closing(sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as opened:
            try:
                verdict = str(opened.execute("PRAGMA quick_check").fetchone()[0])
            except sqlite3.DatabaseError as trouble:
                verdict = str(trouble)
        if verdict != "ok":
            raise damaged(copy.name)

    def put_back(self, copy: Path) -> str:
        """One rename: either the former database is there, or the copy."""
        place = _file()
        connection.close()
        before = _set_aside(place) if place.exists() else None
        staged = place.with_name(f".{place.name}.part")  # beside it: a rename does not cross disks
        shutil.move(copy, staged)
        with staged.open("rb") as written:
            os.fsync(written.fileno())
        staged.replace(place)
        sync_folder(place.parent)
        return str(before or "")

    def stand_in(self, copy: Path) -> BaseDatabaseWrapper:
        """The copy is a database already."""
        return plain(copy)

    def forget(self, stand_in: BaseDatabaseWrapper) -> None:
        """The file goes with its folder."""
        stand_in.close()


class Postgresql:
    """By pg_dump in its own format, from one snapshot; put back in one transaction."""

    name = "postgresql"

    def copy(self, target: Path) -> tuple[Contents, list[str]]:
        """Count in the very snapshot that is dumped."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
            target.chmod(0o600)
            return contents_of(connection), digests_of(connection)

    def check(self, copy: Path) -> None:
        """pg_restore can read its list of contents."""
        try:
            _run("pg_restore", "--list", str(copy))
        except Refusal as trouble:
            raise damaged(copy.name) from trouble

    def put_back(self, copy: Path) -> str:
        """All of it, or nothing changes; what the copy does not know goes too."""
        connection.close()
        self._fill(copy, str(connection.settings_dict["NAME"]))
        return ""

    def stand_in(self, copy: Path) -> BaseDatabaseWrapper:
        """A new database beside the place's; the role must be allowed to make one."""
        name = f"linli_drill_{os.getpid()}_{timezone.now():%H%M%S%f}"
        try:
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except Exception as trouble:
            raise Refusal(
                _("An empty database cannot be made here: ALTER ROLE ... CREATEDB. (%(reason)s)")
                % {"reason": str(trouble).strip()}
            ) from trouble
        stand_in = another(name)
        try:
            self._fill(copy, name)
        except Refusal:
            self.forget(stand_in)
            raise
        return stand_in

    def forget(self, stand_in: BaseDatabaseWrapper) -> None:
        """Drop the database that was made for it."""
        stand_in.close()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{stand_in.settings_dict["NAME"]}"')

    def _fill(self, copy: Path, name: str) -> None:
        script = copy.with_suffix(".sql")
        _run("pg_restore", "--no-owner", "--schema=public", f"--file={script}", str(copy))
        try:
            _run(
                "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction",
                "--command=SET client_min_messages=warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public; "
                "GRANT USAGE ON SCHEMA public TO PUBLIC",
                f"--file={script}", PGDATABASE=name,
            )  # fmt: skip
        finally:
            script.unlink(missing_ok=True)


def engine() -> Engine:
    """That of this place."""
    return Sqlite() if connection.vendor == "sqlite" else Postgresql()


def _file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _set_aside(place: Path) -> Path:
    """Give the present database another name, its write-ahead log worked in; refuse while somebody has it open."""
    before = place.with_name(f"{place.stem}-before-{timezone.now():%Y%m%d-%H%M%S-%f}{place.suffix}")
    opened = sqlite3.connect(place, timeout=1)
    try:
        opened.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as trouble:
        raise Refusal(
            _("The database is in use (%(reason)s). Stop the server, then try again. Nothing was changed.")
            % {"reason": trouble}
        ) from trouble
    except sqlite3.DatabaseError:  # a damaged one is what backups are for; its log goes aside with it
        for ending in ("-wal", "-shm"):
            if (log := Path(f"{place}{ending}")).exists():
                log.replace(f"{before}{ending}")
    finally:
        opened.close()
    os.link(place, before)  # a copy of the name: at no moment is there no database
    return before


def _run(program: str, *words: str, **environment: str) -> None:
    """One of PostgreSQL's programs; raises Refusal with what it said when it fails."""
    found = shutil.which(program)
    if not found:
        raise Refusal(
            _("%(program)s is not installed: apt-get install postgresql-client") % {"program": program}
        )
    finished = subprocess.run(  # noqa: S603  the program is PostgreSQL's own
        [found, *words],
        env={**_whereabouts(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise Refusal(
            _("%(program)s failed: %(reason)s")
            % {"program": program, "reason": finished.stderr.strip()[-2000:]}
        )


def _whereabouts() -> dict[str, str]:
    """Where the database is and how to get in, as PostgreSQL's programs read it: never on a command line."""
    described = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST"}
    names |= {"port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    found = {variable: str(described[name]) for name, variable in names.items() if described.get(name)}
    return {"PATH": os.environ.get("PATH", ""), "PGCONNECT_TIMEOUT": "10", **found}
