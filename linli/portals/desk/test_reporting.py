"""Taking a matter in for somebody else."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from linli.cases.follow import follow_code
from linli.cases.models import Case
from linli.cases.offering import kinds_to_open
from linli.cases.steps import open_case

pytestmark = pytest.mark.django_db
TEXT = "东门桥头井盖松动，电动车绕行很危险。"


def text(response):
    return response.content.decode()


def given(world, **more):
    return {"text": TEXT, "division": world.place("东门社区").trimmed, "sent": str(uuid4()), **more}


@pytest.mark.parametrize(
    ("key", "channel"),
    [("call_taker", "telephone"), ("chengguan_clerk", "window"), ("东门社区第一网格", "grid")],
)
def test_the_channel_follows_from_the_post(world, sign_in, key, channel):
    place = world.by(key).post.division.trimmed if channel == "grid" else world.place("东门社区").trimmed
    response = sign_in(key).post("/desk/report/matters/", given(world, division=place, channel="web"))
    assert response.status_code == 200
    case = Case.everywhere.get(number=re.search(r"\d{6}-\d{2}-\d+-\d", text(response)).group())
    assert (case.channel, case.opened_by_id) == (channel, world.posts[key].pk)


def test_whoever_takes_something_in_may_leave_its_place_open(world):
    said = {"text": TEXT, "name": "王五", "phone": "13912345678", "named": "窗口的人"}
    seats = {(by.post.kind, by.post.division.level): by for by in world.actors.values()}
    found = [
        (by, kind.name)
        for by in seats.values()
        for kind in kinds_to_open(by)
        if "division" in kind.form(kind.procedure.opening).base_fields
    ]
    for by, kind in found:
        opened = open_case(kind, said, by=by)
        assert by.post.division.contains(Case.everywhere.get(pk=opened.case).division), (by.post.kind, kind)
    assert {kind for _by, kind in found} == {"matters", "complaints", "disputes", "leaks"}


def test_the_receipt_can_be_read_out_and_is_shown_only_once(world, sign_in):
    client = sign_in("call_taker")
    response = client.post("/desk/report/matters/", given(world, name="欧阳小芳", phone="139 1234 5678"))
    case = Case.everywhere.latest("recorded_at")
    code = follow_code(case.pk)
    assert case.number in text(response)
    assert f"{code[:4]} {code[4:]}" in text(response)
    assert "no-store" in response["Cache-Control"]
    assert "13912345678" not in text(response)
    assert code not in text(client.get(f"/desk/cases/{case.number}/"))


def test_the_same_form_sent_twice_opens_one_case(world, sign_in):
    client, data = sign_in("call_taker"), given(world)
    before = Case.everywhere.count()
    first, second = (text(client.post("/desk/report/matters/", data)) for _each in range(2))
    assert Case.everywhere.count() == before + 1
    number = Case.everywhere.latest("recorded_at").number
    assert number in first
    assert number in second
    assert "已经受理登记" in second


@pytest.mark.parametrize("address", ["/desk/report/matters/", "/desk/calls/", "/desk/chats/"])
def test_a_form_sent_again_with_other_words_says_its_number_and_can_be_sent_as_a_new_one(
    world, sign_in, address
):
    client, data = sign_in("call_taker"), given(world, act="save", chat="在吗")
    if address != "/desk/report/matters/":
        data["division"] = "东门社区"
    assert client.post(address, data).status_code == 200
    number = Case.everywhere.latest("recorded_at").number
    refused = client.post(address, {**data, "text": f"{TEXT}还没有围挡。"})
    assert refused.status_code == 409
    assert number in text(refused)
    assert "Idempotency" not in text(refused)
    sent = re.search(r'name="sent" value="([^"]+)"', text(refused)).group(1)
    again = client.post(address, {**data, "text": f"{TEXT}还没有围挡。", "sent": sent})
    assert (again.status_code, number in text(again)) == (200, False)
    assert Case.everywhere.latest("recorded_at").matter.text == f"{TEXT}还没有围挡。"


def test_what_is_missing_is_asked_for_and_nothing_is_lost(world, sign_in):
    before = Case.everywhere.count()
    response = sign_in("call_taker").post("/desk/report/matters/", given(world, text="", landmark="东门桥头"))
    assert response.status_code == 422
    assert "东门桥头" in text(response)
    assert Case.everywhere.count() == before


def test_a_point_in_the_sea_is_explained_beside_the_field(world, sign_in):
    data = given(world, longitude="125.0", latitude="25.0")
    response = sign_in("call_taker").post("/desk/report/matters/", data)
    assert response.status_code == 422
    assert TEXT in text(response)


def test_a_place_outside_the_area_is_refused_without_losing_the_words(world, sign_in):
    data = given(world, division=world.place("柳河社区").trimmed)
    response = sign_in("chengguan_clerk").post("/desk/report/matters/", data)
    assert response.status_code == 422
    assert "不在您的辖区" in text(response)
    assert TEXT in text(response)


def test_posts_that_take_nothing_in_only_report_a_leak(sign_in):
    client = sign_in("chengguan_checker")
    assert client.get("/desk/report/")["Location"] == "/desk/report/leaks/"
    assert client.get("/desk/report/matters/").status_code == 403


def test_a_grid_worker_has_the_own_grid_chosen_already(world, sign_in):
    page = text(sign_in("东门社区第一网格").get("/desk/report/matters/"))
    grid = world.place("东门社区第一网格").trimmed
    assert f'<option value="{grid}" selected>' in page


def test_a_kind_that_is_not_here_is_not_found(sign_in):
    assert sign_in("call_taker").get("/desk/report/dragons/").status_code == 404
