"""Which cases keep a resident's record from being erased: those that are still open."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linli.cases.models import Case


def open_among(cases: Sequence[UUID]) -> list[UUID]:
    """Those of some cases that are not closed."""
    rows = Case.everywhere.filter(pk__in=cases, closed_at=None)
    return list(rows.values_list("pk", flat=True))
