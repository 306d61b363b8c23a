"""What doctor says about feeds that outside systems do not take."""

from __future__ import annotations

import pytest

from linli.conf.condition import feeds_moving
from linli.conf.findings import Level
from linli.exchange.feeds.conftest import agreed
from linli.exchange.models import Batch
from linli.exchange.sources import add_source

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("state", "attempts"), [("stuck", 6), ("waiting", 1)])
def test_a_feed_that_is_not_taken_is_named(world, state, attempts):
    feed = agreed(world, add_source("city", "市平台", world.county, by=world.by("administrator")))
    assert [each.level for each in feeds_moving()] == [Level.OK]
    Batch.objects.create(feed=feed, after=0, upto=1, entries=1, state=state, attempts=attempts)
    (finding,) = feeds_moving()
    assert finding.level == Level.WARN
    assert "市平台" in finding.seen
