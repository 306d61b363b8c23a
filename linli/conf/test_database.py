"""How the database is spoken to."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.postgres
@pytest.mark.django_db
def test_counts_are_not_compiled_before_they_run() -> None:
    """A page of figures took seconds of compiling for milliseconds of counting."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
