"""Columns as the database keeps them: for whoever reads thousands of rows and needs few of the objects in them.

On SQLite Django makes an object of each key and moment, which takes longer than finding the rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import ExpressionWrapper, F, Field

Key = str | UUID  # text on SQLite, and in the same order there
Moment = str | datetime


def as_stored(name: str) -> Any:
    """A column or annotation for `values_list`, as the database's driver gives it."""
    return ExpressionWrapper(F(name), output_field=Field())


def moment_of(stored: Moment) -> datetime:
    """A moment that was read so; SQLite's has no zone, and is text where it was reckoned."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found if found.tzinfo else found.replace(tzinfo=UTC)
