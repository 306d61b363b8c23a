"""Databases for tests: one template with the demo world, built once per run, and its copies."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.core.management import call_command
from django.db import connection, connections

ROOT_VARIABLE = "LINLI_TEST_ROOT"


def root() -> Path:
    """The temporary folder of this test run, shared by its processes."""
    return Path(os.environ[ROOT_VARIABLE])


def template() -> str:
    """The name of the template database; whichever process comes first builds it, the others wait."""
    name = _name("template")
    with _alone("template.lock"):
        if not (root() / "template.ready").exists():
            _create(name)
            with pointing_at(name):
                _fill()
            (root() / "template.ready").touch()
    return name


def copy(label: str) -> str:
    """A new database equal to the template; returns its name."""
    source, name = template(), _name(label)
    if connection.vendor == "sqlite":
        with _closing(source) as old, _closing(name) as new:
            old.backup(new)
        return name
    with _alone("copy.lock"):
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return name


def drop(name: str) -> None:
    """Remove a copy and whatever still talks to it."""
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(name + ending).unlink(missing_ok=True)
        return
    _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_template() -> None:
    """Remove the template itself, at the end of the run; the SQLite one goes with its folder."""
    if connection.vendor == "postgresql" and (root() / "template.ready").exists():
        drop(_name("template"))


@contextmanager
def pointing_at(name: str) -> Iterator[None]:
    """Let every new connection of this process, in any thread, go to the named database."""
    described = connections.settings["default"]
    before = described["NAME"]
    connection.close()
    described["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        described["NAME"] = before


def url_of(name: str) -> str:
    """The DATABASE_URL for another process."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def _name(label: str) -> str:
    unique = "" if label == "template" else f"_{uuid4().hex[:8]}"
    if connection.vendor == "sqlite":
        return str(root() / f"{label}{unique}.sqlite3")
    return f"linli_test_{root().name.removeprefix('linli_test_')}_{label}{unique}".lower()


def _create(name: str) -> None:
    if connection.vendor == "postgresql":
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _administer(f'CREATE DATABASE "{name}"')


def _fill() -> None:
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    world = "linli.portals.demo.world"
    if os.environ.get("LINLI_TEST_WORLD", "1") == "1" and find_spec(world):
        import_module(world).build_world()
    if connection.vendor == "postgresql" and "PYTEST_VERSION" in os.environ:  # benches want theirs
        _leave_uncounted()


def _leave_uncounted() -> None:
    """Autovacuum sees none of the rows a test has not committed, and then each query is planned for empty tables."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} SET (autovacuum_enabled = off)")


def _administer(sql: str) -> None:
    """Past Django, whose connections are closed to tests before and after they run."""
    psycopg = import_module("psycopg")  # not there on a machine that has only Python
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as administration:
        administration.execute(sql)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Only one process of the run at a time."""
    with (root() / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _closing(name: str) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(name)
    try:
        yield opened
    finally:
        opened.close()
