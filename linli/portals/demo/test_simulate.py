"""`linli simulate`: the real actions at any speed, the same for the same seed."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from linli.cases.models import Case, Notice
from linli.conf.management.commands.simulate import _rate
from linli.ledger.models import Entry, Position
from linli.portals.demo.crowd import STEPS_EACH, Crowd
from linli.portals.demo.living import arrivals, ground, live_through

NOW = timezone.now().replace(hour=8, minute=30)


@pytest.fixture
def demo(settings, monkeypatch):
    """As in `linli demo`."""
    settings.DEMO = True
    monkeypatch.setattr("linli.conf.management.commands.simulate.unapplied", list)
    monkeypatch.setattr("linli.conf.management.commands.simulate.is_demo", lambda: True)


def made_by(world: Any, seed: int) -> list[tuple[Any, ...]]:
    """What a seed brings, taken back again."""
    with transaction.atomic():
        made = ground(world.county, NOW, seed)
        live_through(made, arrivals(made, 3, 8))
        rows = list(Case.everywhere.order_by("at", "id").values_list("at", "summary", "stage", "closed_at"))
        transaction.set_rollback(True)
    return rows


def test_the_same_seed_brings_the_same_matters(world):
    assert made_by(world, 7) == made_by(world, 7)
    assert made_by(world, 7) != made_by(world, 8)


def test_all_steps_are_taken_in_the_order_of_time(world):
    made = ground(world.county, NOW, 5)
    live_through(made, arrivals(made, 4, 12))
    taken = Entry.objects.filter(name__startswith="matters.").order_by("recorded_at", "at")
    moments = list(taken.values_list("at", flat=True))
    assert len(moments) > 12
    assert moments == sorted(moments)


def test_a_crowd_reports_at_its_rate_and_carries_on(world, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr("linli.portals.demo.crowd.monotonic", lambda: next(clock))
    before = Case.everywhere.count()
    crowd = Crowd(ground(world.county, timezone.now(), 3))
    told: list[int] = []
    crowd.live(4.0, 6.0, told.append)
    assert (
        Case.everywhere.count() - before == crowd.reported == told[-1] == 21
    )  # 1 at once, 4 in each of 5 seconds
    assert 0 < crowd.steps <= STEPS_EACH * crowd.reported
    assert not Notice.objects.filter(case__at__gte=timezone.now() - timedelta(minutes=5)).exists()


def test_the_command_settles_what_it_brought(world, demo, capsys):
    call_command("simulate", days=5, rate=3 / 86_400, seed=4, place=world.place("文昌社区第二网格").trimmed)
    reported = Case.everywhere.filter(code_now=world.place("文昌社区第二网格").code).count()
    assert 3 <= reported <= 15  # what would come later today has not come yet
    assert Position.objects.count() == Entry.objects.count()
    assert "5" in capsys.readouterr().out


def test_a_place_outside_the_demo_is_refused_with_a_way_on(world, demo):
    with pytest.raises(CommandError, match=world.county.trimmed):
        call_command("simulate", days=1, place="110101")


def test_only_a_demo_is_simulated_in(world):
    with pytest.raises(CommandError, match="linli demo"):
        call_command("simulate", days=1)


@pytest.mark.parametrize(
    ("text", "rate"), [("200/s", 200.0), ("20/h", 20 / 3600), ("16/d", 16 / 86_400), ("16", 16 / 86_400)]
)
def test_a_rate_names_its_unit(text, rate):
    assert _rate(text) == rate


@pytest.mark.parametrize("text", ["", "0/s", "-1/s", "nan/s", "5/week", "many"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ArgumentTypeError):
        _rate(text)


@pytest.mark.parametrize(
    "given",
    [
        {"days": 0},
        {"days": -1},
        {"days": 3661},
        {"seconds": 0.0},
        {"seconds": float("inf")},
        {"seconds": float("nan")},
        {"days": 3660, "rate": 100_000.0},
        {"seconds": 1e9, "rate": 200.0},
    ],
)
def test_a_time_that_is_none_or_would_never_end_is_refused_and_nothing_is_reported(world, demo, given):
    before = Case.everywhere.count()
    with pytest.raises(CommandError, match=r"3660|1000000"):
        call_command("simulate", **given)
    assert Case.everywhere.count() == before
