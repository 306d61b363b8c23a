"""Starting over is quick and complete; the demo stands on a real place's tree as well."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import pytest
from django.urls import include, path
from django.utils import timezone

from linli.base.errors import Conflict, Invalid
from linli.cases.models import Case, Clock
from linli.conf.urls import urlpatterns as all_urls
from linli.kinds.matters import demo as matters
from linli.portals.demo.days import fill_days
from linli.portals.demo.places import build_place
from linli.portals.demo.pristine import built_on, keep_pristine, start_over

REPOSITORY = Path(__file__).resolve().parents[3]
urlpatterns = [*all_urls, path("demo/", include("linli.portals.demo.urls"))]


# --- starting over ------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_starting_over_takes_seconds_and_brings_everything_back(committed_world: Any, settings: Any) -> None:
    settings.DEMO = True
    fill_days(committed_world, days=3, count=6, seed=5)
    keep_pristine()
    before = Case.everywhere.count()
    matters.report_one(matters.situations()[0], committed_world.place("东门社区第一网格"), Random(1))
    Clock.objects.update(stopped_at=timezone.now())
    begun = process_time()  # of the processor: how busy the machine is decides nothing
    start_over()
    assert process_time() - begun <= 10
    assert Case.everywhere.count() == before
    assert Clock.objects.filter(stopped_at=None).exists()
    assert built_on() == timezone.localdate()


@pytest.mark.sqlite
def test_a_demo_without_its_copy_says_how_to_start_over(committed_world: Any, settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(Conflict, match="linli demo --reset"):
        start_over()


# --- a real place -------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_the_demo_stands_on_a_real_places_tree_with_invented_people(tmp_path: Any) -> None:
    """In a process of its own, as somebody would start it."""
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("LINLI_", "DATABASE_"))
    }
    environment |= {"LINLI_HOME": str(tmp_path), "PYTHONPATH": str(REPOSITORY)}
    begin = (
        "import sys; sys.argv = ['linli', 'demo', '--place', '320831107', '--matters', '20', '--no-serve']; "
        "from linli.conf.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", begin],
        check=False,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "虚构" in done.stdout or "invented" in done.stdout
    with closing(sqlite3.connect(tmp_path / "linli.sqlite3")) as built:
        numbers = [number for (number,) in built.execute("SELECT number FROM cases_case")]
    assert len(numbers) > 50
    assert all(number.startswith("320831-") for number in numbers)


@pytest.mark.parametrize("code", ["32", "3208"])
def test_a_whole_city_is_too_large_for_a_demo(db: None, code: str) -> None:
    with pytest.raises(Invalid):
        build_place(code)
