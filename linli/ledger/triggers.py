"""Database triggers that keep the ledger append-only against bulk updates, raw SQL and mistakes.

SQLite drops triggers silently when a migration rebuilds a table, so they are put back after every migrate
and `linli doctor` checks that they bite.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

_append_only: dict[str, int] = {"ledger_entry": 0, "ledger_position": 0}


def append_only(table: str, *, for_years: int = 0) -> None:
    """Ask for a further table to be protected; apps call it when they start.

    `for_years`: rows whose `at` is older may be deleted, and none is ever changed; 0 is for ever.
    """
    _append_only.setdefault(table, for_years)


def install(**_signal: Any) -> None:
    """Create all triggers anew (idempotent); connected to post_migrate."""
    tables = set(connection.introspection.table_names())
    statements = [sql for table in _append_only if table in tables for sql in _protecting(table)]
    if {"ledger_entry", "ledger_unplaced", "ledger_entrydetail"} <= tables:
        statements += _POSTGRES_LEDGER if connection.vendor == "postgresql" else _SQLITE_LEDGER
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def missing() -> list[str]:
    """Names of triggers that should exist and do not."""
    wanted = {f"{table}_no_{verb}" for table in _append_only for verb in ("update", "delete")}
    wanted |= {"ledger_entry_unplaced", "ledger_entrydetail_erase_only", "ledger_entrydetail_no_delete"}
    return sorted(wanted - _present())


def _present() -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def _protecting(table: str) -> list[str]:
    years = _append_only[table]
    if connection.vendor == "postgresql":
        young = f"WHEN (OLD.at > now() - interval '{years} years')" if years else ""
        return [
            _POSTGRES_REFUSE,
            *_postgres_trigger(table, "no_update", "BEFORE UPDATE"),
            *_postgres_trigger(table, "no_delete", "BEFORE DELETE", young),
            *_postgres_trigger(table, "no_truncate", "BEFORE TRUNCATE"),
        ]
    young = f"WHEN OLD.at > datetime('now', '-{years} years')" if years else ""
    return [
        *_sqlite_trigger(table, "no_update", "BEFORE UPDATE"),
        *_sqlite_trigger(table, "no_delete", "BEFORE DELETE", young),
    ]


def _sqlite_trigger(table: str, name: str, event: str, when: str = "") -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {table}_{name}",
        f"CREATE TRIGGER {table}_{name} {event} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ]


def _postgres_trigger(table: str, name: str, event: str, when: str = "") -> list[str]:
    each = "STATEMENT" if "TRUNCATE" in event else "ROW"
    return [
        f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}",
        f"CREATE TRIGGER {table}_{name} {event} ON {table} FOR EACH {each} {when} EXECUTE FUNCTION linli_refuse()",
    ]


_SQLITE_LEDGER = [
    "DROP TRIGGER IF EXISTS ledger_entry_unplaced",
    "CREATE TRIGGER ledger_entry_unplaced AFTER INSERT ON ledger_entry "
    "BEGIN INSERT INTO ledger_unplaced (entry_id) VALUES (NEW.id); END",
    *_sqlite_trigger("ledger_entrydetail", "erase_only", "BEFORE UPDATE", "WHEN NEW.words IS NOT NULL"),
    *_sqlite_trigger("ledger_entrydetail", "no_delete", "BEFORE DELETE"),
]
_POSTGRES_REFUSE = """
CREATE OR REPLACE FUNCTION linli_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""
_POSTGRES_LEDGER = [
    "CREATE OR REPLACE FUNCTION linli_unplaced() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN INSERT INTO ledger_unplaced (entry_id) VALUES (NEW.id); RETURN NULL; END $$",
    "DROP TRIGGER IF EXISTS ledger_entry_unplaced ON ledger_entry",
    "CREATE TRIGGER ledger_entry_unplaced AFTER INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION linli_unplaced()",
    *_postgres_trigger("ledger_entrydetail", "erase_only", "BEFORE UPDATE", "WHEN (NEW.words IS NOT NULL)"),
    *_postgres_trigger("ledger_entrydetail", "no_delete", "BEFORE DELETE"),
    *_postgres_trigger("ledger_entrydetail", "no_truncate", "BEFORE TRUNCATE"),
]
