"""Public figures: the same numbers as at the desk, without small ones below the county, and no list behind them."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.analytics.counting import counted_live
from linli.analytics.periods import Period
from linli.analytics.published import published
from linli.analytics.questions import Question
from linli.analytics.withholding import FEWEST
from linli.base.generations import bump
from linli.cases.models import Category
from linli.cases.narrowing import Narrowing
from linli.divisions.models import Division
from linli.kinds.matters import actions
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test counts anew."""
    cache.clear()


def reported(world, village, times):
    lamp = Category.objects.get(code="0201")
    for each in range(times):
        actions.report(
            by=PartyActor("reporter"), text=f"路灯{each}", category=lamp, division=world.place(village)
        )


def table(client, place, form="csv"):
    answer = client.get(f"/figures/file/{form}/", {"place": place.trimmed})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}


def test_the_countys_number_is_exact(client, world):
    reported(world, "东门社区", 3)
    county = world.place("云溪县")
    assert table(client, county)["云溪县合计"]["上报"] == "3"


def test_small_numbers_of_villages_are_withheld(client, world):
    reported(world, "东门社区", FEWEST - 1)
    reported(world, "文昌社区", 9)
    rows = table(client, world.place("城关街道"))
    assert rows["东门社区"]["上报"] == "<5"


def test_no_withheld_number_can_be_worked_out_from_those_beside_it(client, world):
    reported(world, "东门社区", 2)
    reported(world, "文昌社区", 9)
    reported(world, "河滨社区", 8)
    reported(world, "新华社区", 7)
    rows = table(client, world.place("城关街道"))
    hidden = [name for name, row in rows.items() if row["上报"] == "<5"]
    assert len(hidden) >= 2


def test_a_villages_page_withholds_what_its_towns_page_withholds(client, world):
    reported(world, "东门社区", 2)
    reported(world, "文昌社区", 9)
    village = world.place("东门社区")
    assert "3" not in table(client, village)["东门社区合计"]["上报"]
    assert table(client, village)["东门社区合计"]["上报"] == "<5"


@pytest.mark.parametrize("period", ["2026-11", "2026-13", "1999", "x", "2026-Q5"])
def test_only_years_and_quarters_are_offered(client, world, period):
    assert client.get("/figures/", {"period": period}).status_code == 422


def test_a_grid_has_no_public_figures(client, world):
    grid = world.place("东门社区第一网格")
    assert client.get("/figures/", {"place": grid.trimmed}).status_code == 404


def test_both_files_can_be_had_and_no_other_form(client, world):
    for form in ("csv", "xlsx"):
        assert client.get(f"/figures/file/{form}/").status_code == 200
    assert client.get("/figures/file/pdf/").status_code == 404


def test_no_name_of_a_place_calculates_in_the_file(client, world):
    town = world.place("城关街道")
    Division.objects.filter(pk=world.place("东门社区").pk).update(name="=1+1")
    bump("divisions")
    assert {"'=1+1", "=1+1"} & table(client, town).keys() == {"'=1+1"}


def test_each_figure_says_what_it_counts(client, world):
    shown = client.get("/figures/").content.decode()
    assert "本时段内经各种渠道上报的办件" in shown


def test_what_is_counted_on_the_way_down_is_what_each_place_counts_alone(world):
    reported(world, "东门社区", 7)
    reported(world, "文昌社区", 9)
    reported(world, "柳河社区", 6)
    reported(world, "城关街道", 8)
    for name in ("城关街道", "东门社区", "柳河社区"):
        place = world.place(name)
        alone = Question(Narrowing(place=place.trimmed), Period.named("2026"), timezone.now())
        whole = published(place, "2026").table.whole
        assert whole.number("opened") == counted_live(alone)[None]["opened"], name


def test_a_village_costs_no_more_statements_than_its_county(world, django_assert_max_num_queries):
    with CaptureQueriesContext(connection) as county:
        published(world.place("云溪县"), "2026")
    with django_assert_max_num_queries(len(county)):
        published(world.place("东门社区"), "2026")
