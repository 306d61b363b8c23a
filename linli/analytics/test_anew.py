"""Rollups built from zero by several processes are those of one, whatever happens meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from time import sleep

import pytest

from linli.analytics.anew import build_anew
from linli.analytics.folding import fold_all, fold_cases
from linli.analytics.models import Progress, Share, Tally
from linli.analytics.test_folding import differences
from linli.cases.models import Case
from linli.ledger.sequencing import sequence_all
from tests.scenes import a_case

pytestmark = pytest.mark.thorough


@pytest.fixture
def placed(committed_world, at_random):
    """A small county with a past, folded by one process."""
    at_random(committed_world, 5, matters=14, steps=28)
    sequence_all()
    fold_all()
    return committed_world


def held():
    return dict(Tally.objects.values_list("cell", "counts"))


def test_several_processes_build_what_one_does(placed):
    before = held()
    assert sum(build_anew(jobs=2, limit=3)) >= Case.everywhere.count()
    assert held() == before
    assert Progress.objects.get().whole


def test_steps_and_folds_in_between_are_not_lost(placed):
    folded = []
    for done in build_anew(jobs=2, limit=2):
        folded.append(done)
        if len(folded) == 3:
            sleep(2)  # until the following batches are reckoned, which are worth nothing from here on
            ahead = list(Case.everywhere.order_by("pk").values_list("pk", flat=True)[6:14])
            Case.everywhere.filter(pk__in=ahead).update(code_now=placed.place("杨庄村第三网格").code)
            a_case(placed)
            sequence_all()
            fold_cases(1)
            begun_again = Progress.objects.get().swept
    assert begun_again is not None
    assert len(folded) > 6
    assert Share.objects.count() == Case.everywhere.count()
    assert differences(placed, datetime.now(UTC)) == []
