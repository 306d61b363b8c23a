"""One post takes out the names and numbers of so many people a day, and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.base.errors import Conflict
from linli.cases.exports import Wanted, answer, ask, fetch
from linli.cases.models import Case, Export
from linli.residents.models import Access
from linli.residents.purposes import purpose_named
from tests.scenes import a_case

WANTED = Wanted("area", "", "x", "csv")


@pytest.fixture(autouse=True)
def _cap_of_two(settings: Any) -> None:
    settings.EXPORT_PERSONS_PER_DAY = 2


def asked(world: Any, count: int, key: str = "chengguan_clerk") -> Export:
    cases = [Case.everywhere.get(number=a_case(world)["number"]) for _number in range(count)]
    return ask(WANTED, "call_back_many", "回访", cases, by=world.by(key))


def test_up_to_the_cap_is_allowed_and_one_more_is_not(world: Any) -> None:
    asked(world, 1)
    asked(world, 1)
    with pytest.raises(Conflict, match=r"2 people a day|2 人"):
        asked(world, 1)
    assert Export.objects.count() == 2


def test_many_at_once_are_refused_whole(world: Any) -> None:
    with pytest.raises(Conflict):
        asked(world, 3)
    assert not Export.objects.exists()


def test_another_post_has_its_own(world: Any) -> None:
    asked(world, 2)
    assert asked(world, 2, "county_clerk")


def test_what_was_refused_does_not_count(world: Any) -> None:
    answer(asked(world, 2).pk, yes=False, words="不需要", by=world.by("county_head"))
    assert asked(world, 2)


def test_tomorrow_is_another_day(world: Any) -> None:
    asked(world, 2)
    Export.objects.update(asked_at=timezone.now() - timedelta(days=1))
    assert asked(world, 2)


def test_what_was_saved_up_over_days_is_not_fetched_in_one(world: Any) -> None:
    """Asked for on two days, approved, and fetched on one: the second waits."""
    first = asked(world, 2)
    Export.objects.update(asked_at=timezone.now() - timedelta(days=1))
    second = asked(world, 1)
    for export in (first, second):
        answer(export.pk, yes=True, words="", by=world.by("county_head"))
    assert len(fetch(first.pk, by=world.by("chengguan_clerk"))) == 2
    with pytest.raises(Conflict):
        fetch(second.pk, by=world.by("chengguan_clerk"))
    assert Access.objects.filter(activity=purpose_named("call_back_many").nr).count() == 2
