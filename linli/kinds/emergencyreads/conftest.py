"""Emergency readings in each state, for the tests of every step."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.emergency import break_glass
from linli.cases.models import Case
from linli.kinds.emergencyreads.models import EmergencyRead
from tests.scenes import a_case

REASON = "老人来电说胸口剧痛后电话中断，需要马上联系家属并告知急救地址。"
SAID = {"reason": REASON, "sure": "on"}
READER = "chengguan_team"


def a_source(world: Any) -> Case:
    """A matter in 东门社区 whose reporter left name and number."""
    return Case.everywhere.select_related("reporter").get(number=a_case(world)["number"])


def reload(key: Any) -> EmergencyRead:
    """The review as the database has it now."""
    return EmergencyRead.objects.select_related("case", "reader", "reviewer", "of_case").get(pk=key)


def read_by(world: Any, key: str = READER, **said: str) -> EmergencyRead:
    """Somebody broke the glass of a fresh matter."""
    by, before = world.by(key), set(EmergencyRead.objects.values_list("pk", flat=True))
    break_glass(a_source(world), {**SAID, **said}, by=by)
    return reload(EmergencyRead.objects.exclude(pk__in=before).get().pk)


@pytest.fixture
def looked(world: Any) -> EmergencyRead:
    return read_by(world)
