"""Days at the edges of the calendar, in every filter of every list."""

from __future__ import annotations

from typing import Any

import pytest

from linli.portals.desk.narrowing import FilterRow
from tests.doors import DOORS
from tests.hardening.doorways import visitor

DAYS = ("0001-01-01", "1900-01-01", "9999-12-31")
NAMES = [name for name in FilterRow.base_fields if name.endswith(("_since", "_until"))]


@pytest.mark.parametrize(
    "address", ["/desk/", "/desk/done/", "/desk/area/", "/desk/raised/", "/desk/copied/"]
)
def test_no_day_is_too_early_or_too_late_for_a_list(address: str, world: Any) -> None:
    client = visitor(world, DOORS["desk/area/"])
    failed = [
        (name, day) for name in NAMES for day in DAYS if client.get(address, {name: day}).status_code != 200
    ]
    assert failed == []
