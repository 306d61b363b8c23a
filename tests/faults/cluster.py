"""A PostgreSQL cluster of a test's own, which may be struck down and cut off without hurting another test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db import connection, connections

from tests import databases
from tests.servers import free_port

NAME, USER, PATIENCE = "county", "linli", 60.0
_FILLED = "filled"
_SETTINGS = "listen_addresses=127.0.0.1 max_connections=200 min_wal_size=4MB max_wal_size=8MB fsync=on"
_AS_NOBODY = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []  # it refuses to run as root


def program(name: str) -> str:
    """A program of the newest PostgreSQL here."""
    return str(max(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda found: int(found.parts[4])))


class Cluster:
    """A server process with one database: a copy of the demo county.

    `log`: a folder of its own for what is written ahead. `inside`, `root`: a command that runs programs where they see
    the folders, and where we see them then.
    """

    def __init__(
        self, folder: Path, *, log: Path | None = None, inside: Sequence[str] = (), root: Path = Path("/")
    ) -> None:
        self.folder, self.port, self._log = folder, free_port(), log
        self._inside, self._root = [*inside, *_AS_NOBODY], root
        self.process: subprocess.Popen[bytes] | None = None

    def fill(self) -> None:
        """Make it, with what the template of this test run holds."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if _AS_NOBODY:
            shutil.chown(self.folder, "nobody")
        made = [program("initdb"), "-D", str(self.folder), "-U", USER, "-A", "trust", "-E", "UTF8"]
        apart = [f"--waldir={self._log}"] if self._log else []
        _quietly([*self._inside, *made, *apart, "--locale=C.UTF-8", "--wal-segsize=1", "--no-sync"])
        self.start()
        self._ask(f"CREATE DATABASE {_FILLED}")
        told = subprocess.run(
            [program("pg_dump"), databases.url_of(databases.template())], check=True, capture_output=True
        )
        _quietly([program("psql"), "-q", "-v", "ON_ERROR_STOP=1", self.url(name=_FILLED)], told.stdout)

    def renew(self) -> None:
        """A county as it was in the beginning."""
        self._ask(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        self._ask(f"CREATE DATABASE {NAME} TEMPLATE {_FILLED}")

    def start(self) -> None:
        """Start it, after whatever happened, and wait until it answers."""
        settings = [word for each in _SETTINGS.split() for word in ("-c", each)]
        command = [program("postgres"), "-D", str(self.folder), "-p", str(self.port), *settings]
        with (self.folder.parent / "postgresql.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._inside, *command, "-c", f"unix_socket_directories={self.folder}"],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.wait()

    def wait(self) -> None:
        """Until it answers again."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with self._asked("postgres"):
                    return
            except import_module("psycopg").OperationalError:
                assert time.monotonic() < end, "PostgreSQL does not come back"
                time.sleep(0.05)

    def url(self, port: int = 0, name: str = NAME) -> str:
        """The DATABASE_URL, perhaps by way of another port."""
        return f"postgres://{USER}@127.0.0.1:{port or self.port}/{name}"

    def kill_a_backend(self) -> None:
        """kill -9 for one that serves Linli: PostgreSQL then ends all others, and recovers from its log."""
        with self._asked(NAME) as asked:
            found = asked.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
                " ORDER BY backend_start LIMIT 1",
                [NAME],
            ).fetchone()
        os.kill(found[0], signal.SIGKILL)
        time.sleep(0.3)
        self.wait()

    def hold_its_log(self) -> None:
        """Keep all that it writes ahead from now on, as a follower does that is switched off and forgotten."""
        self._ask("SELECT pg_create_physical_replication_slot('forgotten', true)")

    def stop_at_once(self) -> None:
        """Stop it in immediate mode, which is a crash, unless it has gone by itself, and start it again."""
        self._end(signal.SIGQUIT)
        self.start()

    def kill(self) -> None:
        """kill -9 for all of it, as a power cut would, and start it again."""
        self._end(signal.SIGKILL)
        self.start()

    def close(self) -> None:
        """The end."""
        self._end(signal.SIGQUIT)

    def _end(self, number: int) -> None:
        assert self.process
        if self.process.poll() is not None:
            return
        file = self._root / self.folder.relative_to("/") / "postmaster.pid"
        postmaster = int(file.read_text().split()[0])
        for each in [postmaster, *(_below(postmaster) if number == signal.SIGKILL else [])]:
            os.kill(each, number)
        self.process.wait(PATIENCE)

    def _ask(self, statement: str) -> None:
        with self._asked("postgres") as asked:
            asked.execute(statement)

    @contextmanager
    def _asked(self, name: str) -> Iterator[Any]:
        """Past Django, whose connections are those of the test run."""
        where = {"host": "127.0.0.1", "port": self.port, "user": USER, "dbname": name}
        with import_module("psycopg").connect(**where, autocommit=True, connect_timeout=5) as opened:
            yield opened

    @contextmanager
    def pointed_at(self) -> Iterator[None]:
        """Let every new connection of this process go to this cluster."""
        described = connections.settings["default"]
        before = dict(described)
        connection.close()
        described.update(NAME=NAME, USER=USER, HOST="127.0.0.1", PORT=self.port)
        try:
            yield
        finally:
            connection.close()
            described.update(before)


def _below(process: int) -> list[int]:
    """Its children, and theirs."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [found for each in map(int, listed) for found in (each, *_below(each))]


def _quietly(command: list[str], given: bytes = b"") -> None:
    done = subprocess.run(command, input=given, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
