"""Clocks that run out on their own are found by name: how many others are overdue makes no difference."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.lapses import lapse_due

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # PostgreSQL plans by what is in the tables


def test_those_that_lapse_are_sought_once_by_their_names(world):
    with CaptureQueriesContext(connection) as asked:
        lapse_due()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        first, *_others = [line[3] for line in cursor.fetchall()]
    assert "clock_running (name=? AND due_at<?)" in first
