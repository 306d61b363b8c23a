"""The demo lets everybody in without a password, so it refuses to start where it does not belong."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from linli.cases.models import Mark
from linli.portals.demo.pristine import MARK, built_on
from linli.posts.models import Account


def test_the_demo_does_not_start_with_the_settings_of_a_real_place(world: Any) -> None:
    with pytest.raises(CommandError, match="linli demo"):
        call_command("demo", "--no-serve")


def test_the_demo_does_not_start_where_a_real_place_lives(world: Any, settings: Any) -> None:
    settings.DEMO = True
    Account.objects.filter(username="demo-001").update(username="somebody")
    with pytest.raises(CommandError, match=str(settings.HOME)):
        call_command("demo", "--no-serve", "--reset")


def test_a_demo_that_stands_is_kept(world: Any, settings: Any, capsys: Any) -> None:
    settings.DEMO = True
    Mark.objects.create(name=MARK, position=738000)
    call_command("demo", "--no-serve")
    said = capsys.readouterr().out
    assert "云溪县" in said
    assert "▄" in said, "a telephone finds the way by the square code"
    call_command("demo", "--no-serve", "--here")
    assert "▄" not in capsys.readouterr().out
    assert built_on().toordinal() == 738000


def test_another_place_is_not_built_over_a_demo_that_stands(world: Any, settings: Any) -> None:
    settings.DEMO = True
    Mark.objects.create(name=MARK, position=738000)
    with pytest.raises(CommandError, match="--reset"):
        call_command("demo", "--no-serve", "--place", "320831")


def test_no_day_is_replayed_into_a_real_place(world: Any) -> None:
    with pytest.raises(CommandError, match="linli demo"):
        call_command("replay", "none.parquet", "--day", "2015-01-20")


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "inf", "nan"])
def test_a_speed_that_is_none_is_refused(world: Any, speed: str) -> None:
    with pytest.raises(CommandError):
        call_command("replay", "none.parquet", "--day", "2015-01-20", "--speed", speed)
