"""Doctor holds the rollups against a recount, and `linli refold` builds them from zero."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from linli.analytics.folding import fold_all
from linli.analytics.models import Tally
from linli.conf.findings import Level
from linli.conf.tallying import figures_hold
from linli.ledger.sequencing import sequence_all
from tests.scenes import a_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def wrong(world):
    """A village whose rows say one more than its cases."""
    a_case(world)
    sequence_all()
    fold_all()
    row = Tally.objects.filter(level=5, body=0).order_by("period").last()
    row.counts = {**row.counts, "opened": 7}
    row.save()
    return row


def test_doctor_notices_rows_that_a_recount_does_not_give(wrong):
    (found,) = figures_hold()
    assert found.level is Level.FAIL
    assert str(wrong.place) in found.seen
    assert "linli refold" in found.advice


def test_after_refold_the_rows_are_those_of_a_recount(wrong, capsys):
    call_command("refold")
    (found,) = figures_hold()
    assert found.level is Level.OK
    assert Tally.objects.get(pk=wrong.pk).counts != wrong.counts
