"""The lists: what stands in them, how they page, what they cost, what they export."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.worktime import PLACE_TIME
from linli.cases import lists
from linli.cases.models import Case, Clock, Task
from linli.cases.search import fold
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence
from linli.portals.desk.conftest import reported
from linli.portals.desk.lights import lights_of

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 8


def text(response):
    return response.content.decode()


def statements(client, address):
    """How many statements a page reads with; whoever stands in it is written down in one more, by another thread."""
    client.get(address)  # the hat is in the session and the settings are cached from here on
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    rows = [each for each in seen if "residents_access" in each["sql"]]
    assert len(rows) == 1
    return len(seen) - len(rows)


def test_what_has_to_be_done_is_on_the_list_of_the_post_that_has_the_task(sign_in, case):
    assert case.number in text(sign_in("chengguan_clerk").get("/desk/"))
    assert case.number not in text(sign_in("chengguan_dispatcher").get("/desk/"))


def test_what_was_done_moves_to_the_other_tab(world, sign_in, case):
    client = sign_in("chengguan_clerk")
    actions.refuse(case.matter, by=world.by("chengguan_clerk"), seen=1, reason="重复")
    assert case.number not in text(client.get("/desk/"))
    assert case.number in text(client.get("/desk/done/"))


def test_an_empty_list_says_so_kindly(sign_in):
    assert "待办已清空" in text(sign_in("qingshi_clerk").get("/desk/"))


def test_the_list_goes_on_by_key_and_misses_nothing(world, sign_in, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    numbers = {reported(world, f"第{n}件").case.number for n in range(5)}
    client, address, found = sign_in("chengguan_clerk"), "/desk/", []
    while address:
        page = text(client.get(address))
        found += re.findall(r"cases/(\d{6}-\d{2}-\d+-\d)/", page)
        onwards = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/desk/" + onwards.group(1).replace("&amp;", "&") if onwards else ""
    assert len(found) == len(set(found))
    assert numbers <= set(found)


def test_a_broken_page_key_gets_a_sentence(sign_in):
    for address in ("/desk/?after=x", "/desk/area/?before=x"):
        response = sign_in("chengguan_clerk").get(address)
        assert response.status_code == 422
        assert "首页" in text(response) or "第一页" in text(response)


@pytest.mark.parametrize(
    "address", ["/desk/", "/desk/done/", "/desk/area/", "/desk/area/?stage=matters.reported&state=open"]
)
def test_a_list_costs_few_statements_however_many_rows(world, sign_in, address):
    client = sign_in("chengguan_clerk")
    first = reported(world)
    actions.refuse(first, by=world.by("chengguan_clerk"), seen=1, reason="重复")
    reported(world)
    few = statements(client, address)
    for _each in range(12):
        actions.refuse(reported(world), by=world.by("chengguan_clerk"), seen=1, reason="重复")
        reported(world)
    many = statements(client, address)
    assert many == few <= MOST_STATEMENTS


def test_the_next_page_costs_as_little(world, sign_in, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    for _each in range(4):
        reported(world)
    first = Task.objects.filter(post=world.posts["chengguan_clerk"]).order_by("pressing_at", "id").first()
    assert (
        statements(
            sign_in("chengguan_clerk"),
            f"/desk/?after={int(first.pressing_at.timestamp() * 1000000)}-{first.pk.hex}",
        )
        <= MOST_STATEMENTS
    )


def test_the_area_is_narrowed_by_words_and_stage(world, sign_in):
    lamp, other = reported(world).case, reported(world, "菜场门口的垃圾没人清运。").case
    while sequence():
        pass
    while fold():
        pass
    client = sign_in("chengguan_clerk")
    page = text(client.get("/desk/area/", {"words": "路灯", "stage": "matters.reported"}))
    assert lamp.number in page
    assert other.number not in page
    assert "清除条件" in text(client.get("/desk/area/", {"stage": "matters.closed"}))


def test_a_whole_number_opens_the_case(sign_in, case):
    response = sign_in("chengguan_clerk").get("/desk/area/", {"words": f" {case.number} "})
    assert response["Location"].endswith(f"/desk/cases/{case.number}/")


def test_the_area_ends_at_its_border(sign_in, case):
    assert case.number not in text(sign_in("liuhe_clerk").get("/desk/area/"))


def test_nobody_can_be_looked_for(sign_in, case):
    page = text(sign_in("chengguan_clerk").get("/desk/area/", {"reporter": "x", "phone": "13912345678"}))
    assert case.number in page


def test_the_light_turns_from_four_fifths_of_the_time_on(case):
    clock = Clock.objects.get(case=case, stopped_at=None)

    def state(moment):
        return lights_of([case], datetime.fromisoformat(moment).replace(tzinfo=PLACE_TIME))[case.pk]

    started, due = (datetime(2025, 3, day, 10, tzinfo=PLACE_TIME) for day in (3, 10))
    Clock.objects.filter(pk=clock.pk).update(started_at=started, began_at=started, due_at=due)
    assert state("2025-03-07 12:00").state == "calm"  # three of five working days and a part of the fourth
    soon = state("2025-03-08 12:00")
    assert soon.state == "soon"
    late = state("2025-03-10 12:00")
    assert late.state == "late"
    assert late.words != soon.words


def test_a_finished_case_has_no_light(world, case):
    actions.refuse(case.matter, by=world.by("chengguan_clerk"), seen=1, reason="重复")
    light = lights_of([Case.everywhere.get(pk=case.pk)])[case.pk]
    assert (light.state, light.until) == ("plain", None)


def test_the_summary_is_escaped(world, sign_in):
    reported(world, "<script>alert(1)</script>")
    page = text(sign_in("chengguan_clerk").get("/desk/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
