"""The pages of the mediation register, and what residents see of it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.registers.models import Body, Mediator, Tie

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


@pytest.fixture
def fan():
    return Mediator.objects.select_related("holding__account").get(holding__account__called="范德顺")


@pytest.fixture
def as_fan(fan):
    client = Client()
    client.force_login(fan.holding.account)
    return client


def test_the_list_shows_the_area_and_narrows_by_kind(sign_in):
    clerk = sign_in("chengguan_clerk")
    page = text(clerk.get("/desk/mediation/"))
    assert "东门社区人民调解委员会" in page
    assert "杨庄村" not in page
    assert "东门社区人民调解委员会" not in text(clerk.get("/desk/mediation/?kind=sector"))
    assert clerk.get("/desk/mediation/?area=990101002").status_code == 404


def test_a_hole_leads_to_the_form_that_fills_it(sign_in):
    administrator = sign_in("administrator")
    page = text(administrator.get("/desk/mediation/coverage/"))
    assert "石塘村" in page
    place = page.split("/desk/mediation/enter/?area=")[1].split('"')[0]
    sent = {"title": "甲村调委会", "kind": "peoples", "area": place, "located": "村部", "station": "own"}
    assert administrator.post("/desk/mediation/enter/", sent).status_code == 302
    assert Body.objects.filter(organisation__name="甲村调委会").exists()


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"area": "1"}, {"kind": "x"}, {"women": "9", "members": "3"}]
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(sign_in, wrong):
    sent = {
        "title": "乙",
        "kind": "peoples",
        "area": "990101",
        "located": "某处某号",
        "station": "own",
        **wrong,
    }
    response = sign_in("administrator").post("/desk/mediation/enter/", sent)
    assert response.status_code == 422
    assert "某处某号" in text(response)
    assert not Body.objects.filter(located="某处某号").exists()


def test_the_workbook_goes_out_and_comes_in_after_a_look(sign_in):
    administrator = sign_in("administrator")
    book = administrator.get("/desk/mediation/workbook/").content
    looked = administrator.post("/desk/mediation/upload/", {"workbook": SimpleUploadedFile("a.xlsx", book)})
    assert "都能识别" in text(looked)
    done = {"workbook": SimpleUploadedFile("a.xlsx", book), "sure": "on"}
    assert administrator.post("/desk/mediation/upload/", done).status_code == 302
    bad = administrator.post(
        "/desk/mediation/upload/", {"workbook": SimpleUploadedFile("a.xlsx", b"x"), "sure": "on"}
    )
    assert bad.status_code == 422


def test_a_mediator_is_entered_changed_and_ends(sign_in, world, fan):
    administrator = sign_in("administrator")
    sent = {
        "username": world.by("water").holding.account.username,
        "area": world.place("东门社区").trimmed,
        "languages": ["mandarin"],
        "until": "2027-06-30",
    }
    home = f"/desk/mediation/{fan.body_id}/mediators/"
    assert administrator.post(home, {**sent, "username": "nobody"}).status_code == 422
    assert administrator.post(home, {**sent, "until": "2099-01-01"}).status_code == 422
    entered = administrator.post(home, sent)["Location"]
    assert administrator.post(entered, {**sent, "skills": ["land"]}).status_code == 302
    assert Mediator.objects.latest("pk").skills == ["land"]
    administrator.post(f"{entered}end/")
    assert "江源" not in text(administrator.get(f"/desk/mediation/{fan.body_id}/"))


def test_the_mediator_declares_and_nobody_else_sees_it(as_fan, sign_in, fan):
    home = f"/desk/mediation/mediators/{fan.pk}/"
    assert as_fan.post(f"{home}ties/", {"words": "范小川"}).status_code == 302
    assert "范小川" in text(as_fan.get(home))
    assert "范小川" not in text(sign_in("administrator").get(home))
    assert as_fan.post(f"{home}ties/", {"words": "范小川"}).status_code == 422
    assert as_fan.post(f"{home}ties/", {"tie": "x"}).status_code == 404
    as_fan.post(f"{home}ties/", {"tie": str(Tie.objects.get().pk)})
    assert not Tie.objects.exists()


def test_residents_find_the_nearest_body_and_the_other_ways(client, world):
    assert client.get("/mediation/").status_code == 200
    page = text(client.get("/mediation/", {"place": world.place("东门社区").trimmed}))
    assert page.index("东门社区人民调解委员会") < page.index("城关街道人民调解委员会")
    assert "范德顺" in page
    assert "人民调解法 26" in page
    assert client.get("/mediation/", {"place": "1"}).status_code == 422


def test_the_ways_say_what_is_only_a_default(sign_in):
    page = text(sign_in("chengguan_clerk").get("/desk/mediation/ways/"))
    assert "行政复议法 20" in page
    assert "未核实" in page
