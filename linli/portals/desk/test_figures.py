"""The figures page: what it shows, what each number opens, what it never shows, and what it costs."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import load_workbook

from linli.analytics.conftest import random_county
from linli.cases.models import Case
from linli.kinds.complaints.actions import complain
from linli.kinds.matters import actions
from linli.portals.desk import figures
from linli.portals.desk.conftest import reported
from linli.posts.actor import PartyActor
from linli.posts.models import Organisation

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 16  # counted live, as long as no rollups hold; ten where they do
QUARTER = "period=2026-Q1"
LINK = re.compile(r'<a href="(/desk/figures/list/\?[^"]+)">(?:<strong>)?(\d+)<')


def text(response):
    return unescape(response.content.decode())


def links(page):
    return [(address, int(count)) for address, count in LINK.findall(page)]


def statements(client, address):
    """How many a page reads with; whoever stands in it is written down in one more, by another thread."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len([each for each in seen if "residents_access" not in each["sql"]])


def test_every_number_opens_exactly_as_many_cases(world, sign_in):
    random_county(world, 7, matters=20)
    client, found = sign_in("county_head"), set()
    for by in ("place", "body"):
        shown = links(text(client.get(f"/desk/figures/?{QUARTER}&by={by}")))
        assert {"due", "in_time_first", "in_time", "opened", "closed", "open"} <= {
            re.search(r"figure=(\w+)", address).group(1) for address, _count in shown
        }
        found |= set(shown)
    for address, count in found:
        page = text(client.get(address))
        assert f"{count} 件" in page, address
        assert len(set(re.findall(r'"/desk/cases/([\d-]+)/"', page))) == count, address


def test_the_three_ways_stand_together(world, sign_in):
    random_county(world, 7, matters=12)
    page = text(sign_in("county_head").get(f"/desk/figures/?{QUARTER}"))
    ways = ("按时（按最初承诺）", "按时（扣除中止、挂账）", "按时（并计延时）")
    table = page.split('class="cards dense on-time"')[1].split("</table>")[0]
    assert all(way in table for way in ways)


def test_a_period_without_data_says_so(sign_in):
    page = text(sign_in("qingshi_clerk").get("/desk/figures/?period=2019"))
    assert "没有数据" in page
    assert links(page) == []


def test_without_anything_due_there_is_a_dash_and_the_reason(sign_in, case):
    page = text(sign_in("chengguan_clerk").get("/desk/figures/"))
    assert "— 本时段内还没有到期的办件" in page
    assert "%" not in page.split('id="promise-title"')[1].split("<section")[0]


def test_a_small_whole_is_shown_as_counts_without_a_percentage(world, sign_in, monkeypatch):
    random_county(world, 7, matters=8)
    monkeypatch.setattr(figures, "FEWEST_FOR_SHARE", 1000)
    page = text(sign_in("county_head").get(f"/desk/figures/?{QUARTER}"))
    assert not re.search(r"\d%", page)
    assert re.search(r"\d+ 件中 \d+ 件", page)


@pytest.mark.parametrize(
    "choice", ["period=2026-13", "period=free", "period=free&since=2026-03-02&until=2026-03-01", "about=x"]
)
def test_a_choice_that_cannot_be_read_gets_a_sentence_and_no_numbers(sign_in, case, choice):
    response = sign_in("chengguan_clerk").get(f"/desk/figures/?{choice}")
    assert response.status_code == 422
    assert links(text(response)) == []
    assert 'class="wrong"' in text(response)


def test_days_can_be_chosen_freely(sign_in, case):
    day = timezone.localdate().isoformat()
    page = text(sign_in("chengguan_clerk").get(f"/desk/figures/?period=free&since={day}&until={day}"))
    assert any("figure=opened" in address and count == 1 for address, count in links(page))


@pytest.mark.parametrize(("figure", "said"), [("open", "截至"), ("opened", "2020年3月1日至2020年3月31日")])
def test_the_list_says_whether_it_is_of_days_or_of_this_moment(sign_in, case, figure, said):
    address = f"/desk/figures/list/?figure={figure}&period=2020-03"
    page = sign_in("chengguan_clerk").get(address).content.decode()
    assert (said in page, "2020" in re.sub(r"href=.[^>]+|value=.[^>]+", "", page)) == (
        True,
        figure == "opened",
    )


def test_a_long_table_is_shown_page_by_page_and_each_row_once(world, sign_in, monkeypatch):
    random_county(world, 7, matters=20)
    client, address = sign_in("county_head"), f"/desk/figures/?{QUARTER}&by=place"
    whole = links(text(client.get(address)))
    monkeypatch.setattr(figures, "LINES", 1)
    found, pages = [], 0
    while address:
        page = text(client.get(address))
        pages += 1
        assert f"第 {pages} 至 {pages} 行" in page
        found += links(page)
        onwards = re.search(r'rel="next" href="(\?[^"#]+)#parts"', page)
        address = onwards and f"/desk/figures/{onwards.group(1)}"
    assert pages > 1
    assert set(found) == set(whole)
    for odd in ("0", "99", "x"):
        assert client.get(f"/desk/figures/?{QUARTER}&lines={odd}").status_code == 200


def test_a_body_with_fewer_than_three_holders_has_no_row_and_cannot_be_asked_for(world, sign_in):
    random_county(world, 7, matters=20)
    client = sign_in("county_head")
    page = text(client.get(f"/desk/figures/?{QUARTER}&by=body"))
    power = world.posts["power"].organisation
    assert Case.everywhere.filter(lead__organisation=power).exists()
    assert power.name not in page
    assert "其他单位合计" in page
    assert client.get(f"/desk/figures/?{QUARTER}&body={power.pk}").status_code == 422


def test_no_row_is_a_post_or_a_person(world, sign_in):
    random_county(world, 7, matters=12)
    page = text(sign_in("county_head").get(f"/desk/figures/?{QUARTER}&by=body"))
    rows = page.split('id="parts"')[1]
    for actor in world.actors.values():
        assert actor.holding.account.called not in rows
        assert actor.post.title not in rows or Organisation.objects.filter(name=actor.post.title).exists()


def test_what_only_tasks_give_sight_of_is_neither_counted_nor_listed(world, sign_in):
    client, address = sign_in("county_head"), "/desk/figures/list/?figure=opened"
    before = text(client.get(address)).split("<strong>")[1]
    about = world.posts["chengguan_clerk"]
    complain(by=PartyActor("reporter"), text="办事时态度恶劣。", division=world.county, about=about)
    assert text(client.get(address)).split("<strong>")[1] == before


def test_the_area_ends_at_its_border(sign_in, case):
    assert links(text(sign_in("liuhe_clerk").get("/desk/figures/"))) == []
    for page in ("figures/?", "figures/list/?figure=opened&", "figures/file/?"):
        assert sign_in("liuhe_clerk").get(f"/desk/{page}place=990101001").status_code == 404
    assert sign_in("chengguan_clerk").get("/desk/figures/list/?figure=reporters").status_code == 404


def test_the_page_costs_few_statements_however_many_cases(world, sign_in):
    client = sign_in("county_head")
    random_county(world, 7, matters=6)
    few = {by: statements(client, f"/desk/figures/?{QUARTER}&by={by}") for by in ("place", "body")}
    random_county(world, 8, matters=14)
    many = {by: statements(client, f"/desk/figures/?{QUARTER}&by={by}") for by in ("place", "body")}
    assert max(many.values()) <= MOST_STATEMENTS
    assert all(
        many[by] <= few[by] + 3 for by in many
    )  # the oldest and the times are asked where there are any


def test_the_list_behind_a_number_goes_on_by_key_at_one_price(world, sign_in, monkeypatch):
    monkeypatch.setattr(figures, "PAGE", 2)
    numbers = {reported(world, f"第{n}件").case.number for n in range(5)}
    client, address, found, costs = sign_in("chengguan_clerk"), "/desk/figures/list/?figure=opened", [], []
    while address:
        costs.append(statements(client, address))
        page = text(client.get(address))
        found += re.findall(r'"/desk/cases/([\d-]+)/"', page)
        onwards = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/desk/figures/list/{onwards.group(1)}" if onwards else ""
    assert set(found) == numbers
    assert len(found) == len(numbers)
    assert max(costs) <= 8


def test_the_workbook_holds_numbers_as_numbers_and_says_what_they_count(world, sign_in):
    random_county(world, 7, matters=12)
    client = sign_in("county_head")
    shown = dict(
        re.findall(r"figure=(\w+)[^>]*><strong>(\d+)<", text(client.get(f"/desk/figures/?{QUARTER}")))
    )
    sent = client.get(f"/desk/figures/file/?{QUARTER}&form=xlsx")
    with load_workbook(io.BytesIO(sent.content)) as book:
        assert re.search(
            r"时段：\d+年\d+月\d+日 至 \d+年\d+月\d+日", str(book.get_sheet_by_index(1).to_python())
        )
        heading, *rows = book.get_sheet_by_index(0).to_python()
        about = str(book.get_sheet_by_index(1).to_python())
    assert rows[-1][heading.index("上报")] == float(shown["opened"])
    assert rows[-1][0] == "云溪县合计"
    assert sum(row[heading.index("应办结")] for row in rows[:-1]) == rows[-1][heading.index("应办结")]
    assert "最初承诺" in about
    assert client.get(f"/desk/figures/file/?{QUARTER}&form=pdf").status_code == 404


def test_the_csv_begins_with_the_mark_spreadsheets_in_china_need(sign_in, case):
    content = sign_in("chengguan_clerk").get("/desk/figures/file/?form=csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    assert "上报" in content.decode()


def test_an_old_case_in_the_middle_and_the_oldest_are_links(world, sign_in):
    cases = [reported(world, f"第{n}件").case for n in range(3)]
    now = timezone.now()
    asked = sign_in("chengguan_clerk").get("/desk/figures/")
    page = text(asked).split('id="now-title"')[1]
    assert f"/desk/cases/{cases[0].number}/" in page
    assert f"/desk/cases/{cases[1].number}/" in page
    assert now - cases[0].at < timedelta(minutes=5)


def test_a_returned_case_is_counted_as_returned(world, sign_in):
    matter = reported(world)
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1)
    actions.dispatch(matter, by=world.by("chengguan_dispatcher"), seen=2, to=world.posts["power"])
    actions.send_back(matter, by=world.by("power"), seen=3, reason="不是路灯")
    found = links(text(sign_in("chengguan_clerk").get("/desk/figures/")))
    assert any("figure=returned" in address and count == 1 for address, count in found)
