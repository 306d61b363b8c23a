"""The scorecard: every headline opens exactly what it counts; stages open those that left them; nothing is made up."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import load_workbook

from linli.analytics.conftest import random_county
from linli.analytics.net import PLACE_FIGURES
from linli.analytics.periods import Period
from linli.analytics.scorecard import own_place, scorecard
from linli.base.generations import bump
from linli.divisions.codes import Level
from linli.divisions.models import GRID_KINDS, Division, Kind
from linli.kinds.disputes.conftest import applied_in, committee_of_home, head_of_home
from linli.posts.models import Holding, Organisation, Post, PostKind
from linli.registers.models import Body, Mediator

pytestmark = pytest.mark.django_db
YEAR = "period=2026"
LINK = re.compile(r'<a href="(/desk/(?:figures|scorecard)/[^"]+)">(\d+)<')


def text(response):
    assert response.status_code == 200
    return unescape(response.content.decode())


def opened(page):
    """How many rows a list has: cases, or places."""
    cases = set(re.findall(r'"/desk/cases/([\d-]+)/"', page))
    return len(cases) if cases else len(re.findall(r"<td[^>]*><code>\d+</code>", page))


@pytest.mark.parametrize("key", ["county_head", pytest.param("chengguan_clerk", marks=pytest.mark.thorough)])
def test_every_headline_of_cases_and_places_opens_as_many_as_it_says(world, sign_in, key):
    random_county(world, 13, matters=20, wider=True)
    client = sign_in(key)
    found = LINK.findall(text(client.get(f"/desk/scorecard/?{YEAR}")))
    assert {"figure=in_time&", "figure=due&", "places/grids_held/"} <= {
        part
        for address, _number in found
        for part in ("figure=in_time&", "figure=due&", "places/grids_held/")
        if part in f"{address}&"
    }
    for address, number in found:
        assert opened(text(client.get(address))) == int(number), address


def test_each_figure_of_places_is_what_a_look_at_each_place_finds(world):
    committee_of_home()
    now = timezone.now()
    heads = [
        (each.post.division_id, each.post_id, each.account_id)
        for each in Holding.objects.current(now)
        .filter(acting=False, post__kind=PostKind.HEAD)
        .select_related("post")
    ]
    workers = set(
        Holding.objects.current(now)
        .filter(post__kind=PostKind.GRID_WORKER)
        .values_list("post__division", flat=True)
    )
    wanted = {name: set() for name in PLACE_FIGURES}
    among = {name: set() for name in PLACE_FIGURES}
    for place in Division.objects.within("990101").current():
        if place.kind in GRID_KINDS:
            among["grids_held"].add(place.pk)
            wanted["grids_held"] |= {place.pk} if place.pk in workers else set()
        if place.level != 5 or place.kind != Kind.REAL:
            continue
        bodies = [
            each for each in Body.objects.filter(until=None) if each.organisation.division_id == place.pk
        ]
        own = {
            "villages_divided": any(
                each.kind in GRID_KINDS and not each.valid_to for each in place.children.all()
            ),
            "villages_with_committee": any(
                each.kind == "peoples" and each.unit_id is None for each in bodies
            ),
            "villages_with_mediator": any(
                each.body in bodies and each.until >= timezone.localdate() and each.holding.until is None
                for each in Mediator.objects.all()
            ),
        }
        for name, so in own.items():
            among[name].add(place.pk)
            wanted[name] |= {place.pk} if so else set()
        leading = Post.objects.filter(kind=PostKind.HEAD, division=place, until=None)
        if len(leading) > 1:
            among["one_head"].add(place.pk)
            holders = [{account for _, held, account in heads if held == post.pk} for post in leading]
            wanted["one_head"] |= {place.pk} if set.intersection(*holders) else set()
    for name, figure in PLACE_FIGURES.items():
        assert {each.pk for each in figure.places(world.county)} == wanted[name], name
        assert {each.pk for each in figure.of(world.county)} == among[name], name
        lacking = {each.pk for each in figure.places(world.county, lacking=True)}
        assert lacking == among[name] - wanted[name], name


BODIES = ("党总支", "居委会", "股份经济合作社")


@pytest.mark.parametrize(
    ("holders", "one"),
    [("aaa", True), ("aa", True), ("aab", False), ("ab", False), ("aa-", False), ("a*a", False), ("a", None)],
)
def test_a_village_counts_whose_leading_posts_are_all_held_by_one_person(world, holders, one):
    """A letter is a person, a dash a vacant post, a star somebody who stands in."""
    figure = PLACE_FIGURES["one_head"]
    village = world.place("杨庄村")
    Post.objects.filter(kind=PostKind.HEAD, division=village).update(until=timezone.now())
    keys = {"a": "chengguan_clerk", "*": "chengguan_clerk", "b": "liuhe_clerk"}
    for body, holder in zip(BODIES, holders, strict=False):
        organisation = Organisation.objects.create(name=f"{village.name}{body}甲", division=village)
        post = Post.objects.create(
            title=f"{body}负责人", kind=PostKind.HEAD, organisation=organisation, division=village
        )
        if holder != "-":
            account = world.by(keys[holder]).holding.account
            Holding.objects.create(post=post, account=account, acting=holder == "*")
    assert (village in figure.places(world.county)) is bool(one)
    assert (village in figure.places(world.county, lacking=True)) is (one is False)


def test_what_nobody_records_is_listed_as_not_measured_and_has_no_number(sign_in):
    page = text(sign_in("county_head").get(f"/desk/scorecard/?{YEAR}"))
    for words in ("尚未统计", "网办率", "网格员人均服务户数"):
        assert words in page
    assert "%" not in page.split("尚未统计")[1].split("</section>")[0]


def test_without_cases_there_is_a_dash_and_the_reason(sign_in):
    page = text(sign_in("qingshi_clerk").get(f"/desk/scorecard/?period={timezone.localdate().year - 1}"))
    assert "暂无可统计的数据" in page


def test_disputes_of_a_village_show_no_small_number_and_open_only_what_one_may_see(world, sign_in):
    committee_of_home()
    ways = [applied_in(world) for _each in range(6)]
    ways[0].go(ways[0].applicant, "withdraw")
    client, home = sign_in("chengguan_clerk"), world.place("东门社区").trimmed
    page = text(client.get(f"/desk/scorecard/?place={home}"))
    assert "不予显示" in page.split("矛盾纠纷</h2>")[1].split("</section>")[0]
    head = Client(headers={"accept-language": "zh-hans"})
    head.force_login(head_of_home().holding.account)
    for address, _number in LINK.findall(text(head.get("/desk/scorecard/"))):
        assert head.get(address).status_code == 200


def test_the_file_says_the_same_numbers_as_the_page(world, sign_in):
    random_county(world, 7, matters=12)
    client = sign_in("county_head")
    sent = client.get(f"/desk/scorecard/file/?{YEAR}&form=xlsx")
    card = scorecard(world.county, Period.named("2026"), timezone.now())
    with load_workbook(io.BytesIO(sent.content)) as book:
        rows = book.get_sheet_by_index(0).to_python()[1:]
    assert [(row[0], row[1], row[2]) for row in rows][: len(card.every)] == [
        (str(score.label), *("不予显示" if each is None else each for each in (score.count, score.whole)))
        for score in card.every
    ]
    csv = client.get(f"/desk/scorecard/file/?{YEAR}&form=csv").content
    assert csv.startswith(b"\xef\xbb\xbf")
    assert client.get("/desk/scorecard/file/?form=pdf").status_code == 404


def test_a_month_and_free_days_are_not_offered(sign_in):
    for period in ("2026-11", "2026-13", "free"):
        assert sign_in("county_head").get(f"/desk/scorecard/?period={period}").status_code == 422


def test_the_public_sees_it_only_where_the_place_publishes_it_and_no_small_whole(world, client, settings):
    random_county(world, 7, matters=12)
    settings.SCORECARD_PUBLIC = False
    assert client.get("/scorecard/").status_code == 404
    settings.SCORECARD_PUBLIC = True
    page = text(client.get(f"/scorecard/?{YEAR}"))
    assert "/desk/" not in page.split("<main")[1].split("</main>")[0]
    for score in scorecard(own_place(), Period.named("2026"), timezone.now(), public=True).every:
        if score.sort == "cases":
            assert score.count is None or score.whole >= 10


def test_the_command_prints_what_the_page_shows(world):
    random_county(world, 7, matters=12)
    written = io.StringIO()
    call_command("scorecard", "--place", "990101", "--period", "2026", "--json", stdout=written)
    said = json.loads(written.getvalue())
    card = scorecard(world.county, Period.named("2026"), timezone.now())
    assert [(each["name"], each["count"], each["of"]) for each in said["headlines"]] == [
        (score.name, score.count, score.whole) for score in card.every
    ]
    assert {each["name"] for each in said["not_yet_measured"]} >= {"online"}
    for wrong in (["--place", "110101"], ["--period", "2026-13"], ["--place", "abc"]):
        with pytest.raises(CommandError):
            call_command("scorecard", *wrong, stdout=io.StringIO())


def test_every_stage_opens_the_cases_that_left_it(world, sign_in):
    random_county(world, 7, matters=14)
    client = sign_in("county_head")
    found = LINK.findall(text(client.get("/desk/figures/stages/?period=2026-Q1")))
    assert len(found) >= 4
    for address, number in found:
        page = text(client.get(address))
        assert f"{number} 件" in page
        assert opened(page) == int(number), address
    assert client.get("/desk/figures/stages/disputes/applied/?period=2026-Q1").status_code == 404
    assert client.get("/desk/figures/stages/matters/nowhere/").status_code == 404


def test_a_period_that_is_none_is_answered_with_what_may_be_written(world):
    with pytest.raises(CommandError, match="2026-Q4"):
        call_command("scorecard", "--period", "2026-Q5", stdout=io.StringIO())


def test_the_scorecard_costs_few_statements(world, sign_in):
    random_county(world, 7, matters=8)
    client = sign_in("county_head")
    client.get(f"/desk/scorecard/?{YEAR}")
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/desk/scorecard/?{YEAR}")
    assert len([each for each in seen if "residents_access" not in each["sql"]]) <= 40


def test_what_takes_long_of_a_city_is_counted_anew_after_some_minutes_or_when_the_tree_or_a_post_changes(
    world,
):
    city = Division.objects.get(level=Level.CITY, code=9901 * 10**13)
    now, year = timezone.now(), Period.named("2026")

    def counted_at(later: int) -> int:
        card = scorecard(city, year, now + timedelta(minutes=later))
        return round((card.counted_at - now).total_seconds() / 60)

    found = [counted_at(0), counted_at(9), counted_at(10), counted_at(12)]
    bump("posts")
    assert [*found, counted_at(13)] == [0, 0, 10, 10, 13]
    bump("divisions")
    assert counted_at(14) == 14


def test_of_a_county_all_is_counted_at_this_moment(world):
    now = timezone.now()
    first = scorecard(world.county, Period.named("2026"), now)
    later = scorecard(world.county, Period.named("2026"), now + timedelta(minutes=1))
    assert (first.counted_at, later.counted_at) == (now, later.now)
