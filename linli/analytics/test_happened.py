"""The conditions on what happened, to the microsecond, as both databases reckon them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from linli.analytics.conftest import random_county
from linli.analytics.happened import written_down_soon
from linli.cases.models import Case

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize("fraction", [0, 1, 123456, 999999])
def test_a_day_is_twenty_four_hours_to_the_microsecond(world, fraction):
    random_county(world, 1, matters=1)
    row = Case.everywhere.filter(pk=Case.everywhere.all()[0].pk)
    at = datetime(2026, 2, 28, 23, 59, 59, fraction, tzinfo=UTC)
    for late, soon in ((-MICROSECOND, True), (timedelta(), True), (MICROSECOND, False)):
        row.update(at=at, recorded_at=at + timedelta(days=1) + late)
        assert row.filter(written_down_soon()).exists() is soon
