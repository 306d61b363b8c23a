"""The keys of search rows: of many cases of one moment each has its own, without a statement for every step."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases import search
from linli.cases.models import SearchText
from linli.cases.search import fold, placed
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
LAST_BUT_ONE = (7 << 11) + 2046  # the keys of a microsecond end in the middle of what comes


def test_cases_of_one_moment_lie_behind_each_other_at_the_cost_of_a_few_statements(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "row_of", lambda _case: LAST_BUT_ONE)
    for _number in range(3):
        actions.report(by=PartyActor("reporter"), text="路灯坏了", division=world.place("东门社区第一网格"))
    sequence_all()
    while fold():
        pass
    kept = list(
        SearchText.objects.filter(pk__gte=LAST_BUT_ONE).order_by("pk").values_list("pk", flat=True)[:3]
    )
    assert kept == [LAST_BUT_ONE, LAST_BUT_ONE + 1, LAST_BUT_ONE + 2]
    with CaptureQueriesContext(connection) as asked:
        found = placed([SearchText(case_id=uuid4(), tokens="") for _number in range(300)])
    assert [row.id for row in found] == list(range(LAST_BUT_ONE + 3, LAST_BUT_ONE + 303))
    assert len(asked) <= 4
