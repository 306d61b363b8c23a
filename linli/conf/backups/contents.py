"""What is in a database, in numbers that can be compared: counts, positions, the ledger's digest, single cases."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

_ENTRY = [
    "id", "name", "about", "actor", "post", "holding", "relation", "division", "at", "recorded_at", "facts",
    "words_digest",
]  # fmt: skip
_CASE = ["number", "kind", "stage", "version", "code_then", "outcome"]


@dataclass(frozen=True)
class Contents:
    """How many rows each table has, how far the ledger goes, and which migrations made the tables."""

    counts: dict[str, int]
    positions: int
    migrations: list[str]
    lost: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For the archive."""
        return asdict(self)


def another(name: str | Path, **options: Any) -> BaseDatabaseWrapper:
    """A connection of its own to another database of the same kind: a copy, or a restored place."""
    told = {**connections.settings["default"], "NAME": str(name), **options}
    return ConnectionHandler({"default": told})["default"]


def plain(file: Path) -> BaseDatabaseWrapper:
    """A connection to a copy of the SQLite database that leaves its file as it is."""
    return another(file, OPTIONS={})


def contents_of(database: BaseDatabaseWrapper) -> Contents:
    """Count everything."""
    there = set(database.introspection.table_names())
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} & there
    counts = {
        table: _one(database, f'SELECT count(*) FROM "{table}"')  # noqa: S608  our own tables
        for table in sorted(tables)
    }
    positions = _one(database, "SELECT coalesce(max(number), 0) FROM ledger_position")
    migrations = rows_of(database, "SELECT app, name FROM django_migrations ORDER BY app, name")
    return Contents(counts, positions, [f"{app}.{name}" for app, name in migrations])


def digests_of(database: BaseDatabaseWrapper) -> list[str]:
    """The attachments this database refers to, each once, in order."""
    found = rows_of(database, "SELECT DISTINCT digest FROM cases_attachment ORDER BY digest")
    return [digest for (digest,) in found]


def ledger_digest(database: BaseDatabaseWrapper, upto: int) -> str:
    """One number for all entries up to a position, in their order: the same in any whole copy."""
    columns = ", ".join(f"e.{column}" for column in _ENTRY)
    found = hashlib.sha256()
    sql = (
        f"SELECT p.number, {columns} FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id "  # noqa: S608
        f"WHERE p.number <= {upto:d} ORDER BY p.number"
    )
    for row in rows_of(database, sql):
        found.update(repr(row).encode())
    return found.hexdigest()


def some_cases(database: BaseDatabaseWrapper, number: int) -> dict[str, tuple[Any, ...]]:
    """Some cases chosen by chance: what stands of them, by number."""
    numbers = [row[0] for row in rows_of(database, "SELECT number FROM cases_case")]
    chosen = secrets.SystemRandom().sample(numbers, min(number, len(numbers)))
    return cases_named(database, chosen)


def cases_named(database: BaseDatabaseWrapper, numbers: list[str]) -> dict[str, tuple[Any, ...]]:
    """What stands of these cases, by number; those that are not there are left out."""
    if not numbers:
        return {}
    places = ", ".join(["%s"] * len(numbers))
    sql = f"SELECT {', '.join(_CASE)} FROM cases_case WHERE number IN ({places})"  # noqa: S608  our own columns
    return {row[0]: row for row in rows_of(database, sql, numbers)}


def rows_of(
    database: BaseDatabaseWrapper, sql: str, values: list[Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows of a question, one by one, in flat memory."""
    with database.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while found := cursor.fetchmany(2000):
            yield from found


def _one(database: BaseDatabaseWrapper, sql: str) -> int:
    return int(next(rows_of(database, sql))[0])
