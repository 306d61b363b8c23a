"""The pages as ordinary pages, without a script; and what a device takes along."""

import gzip
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.cases.models import Attachment, Case
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.portals.field.conftest import HOME, LAMP, picture, to_verify
from linli.portals.field.shell import FILES, WORKER, release
from linli.residents.models import Access, How

LARGEST_SHELL = 80 * 1024


def reads(case, how):
    return Access.objects.filter(about=case.pk, how=how).count()


def test_what_is_to_be_done_stands_there_with_its_words_and_is_written_down_as_read(device, case):
    page = device.client.get("/field/").content.decode()
    assert LAMP in page
    assert f"/field/cases/{case.number}/" in page
    assert reads(case, How.LIST) == 1


def test_something_new_is_entered_by_an_ordinary_form(device, world):
    page = device.client.get("/field/new/matters/").content.decode()
    key = re.search(r'name="sent" value="([^"]+)"', page)[1]
    sent = {"text": "井盖松了", "division": world.place(HOME).trimmed, "sent": key}
    photo = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    answer = device.client.post("/field/new/matters/", {**sent, "photos": photo})
    found = Case.everywhere.get(summary="井盖松了")
    assert found.number in answer.content.decode()
    assert (found.channel, Attachment.objects.filter(case=found).count()) == ("grid", 1)
    device.client.post("/field/new/matters/", sent)
    assert Case.everywhere.filter(summary="井盖松了").count() == 1


def test_a_form_that_is_wrong_keeps_what_was_typed(device, world):
    sent = {"text": "井盖松了", "division": world.place(HOME).trimmed, "longitude": "119"}
    answer = device.client.post("/field/new/matters/", sent)
    assert answer.status_code == 422
    assert "井盖松了" in answer.content.decode()


def test_a_step_is_taken_by_an_ordinary_form(device, case):
    answer = device.client.post(f"/field/cases/{case.number}/verify/", {"finding": "灯不亮", "seen": "2"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.stage == "reported"


def test_what_was_typed_stays_beside_the_case_as_it_is_now(device, case, world):
    matter = Matter.objects.select_related("case").get(pk=case.pk)
    actions.verify(matter, by=world.by(HOME), seen=2, finding="另一台手机写的")
    answer = device.client.post(f"/field/cases/{case.number}/settle/", {"result": "已换灯泡", "seen": "2"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "已换灯泡" in page
    assert "另一台手机写的" in page
    assert 'name="seen" value="3"' in page


def test_a_step_that_is_over_leaves_what_was_typed_to_be_copied(device, case, world):
    matter = Matter.objects.select_related("case").get(pk=case.pk)
    actions.settle(matter, by=world.by(HOME), seen=2, result="已换灯泡")
    answer = device.client.post(f"/field/cases/{case.number}/verify/", {"finding": "灯不亮", "seen": "2"})
    assert answer.status_code in {403, 409}


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 12])
def test_a_form_without_the_version_it_was_made_for_is_refused(device, case, seen):
    answer = device.client.post(f"/field/cases/{case.number}/verify/", {"finding": "灯不亮", "seen": seen})
    assert answer.status_code == 422


def test_the_device_gets_what_is_needed_to_act_and_the_reporter_sees_that_it_did(device, case):
    given = device.client.get("/field/day/").json()
    (found,) = [each for each in given["cases"] if each["number"] == case.number]
    assert LAMP in found["html"]
    assert 'data-step="verify"' in found["html"]
    assert "csrfmiddlewaretoken" not in found["html"]
    assert "13912345678" not in json.dumps(given)
    assert reads(case, How.DEVICE) == 1


def test_what_the_device_holds_already_is_not_handed_out_again(device, case):
    device.client.get("/field/day/")
    again = device.client.get("/field/day/", {"held": f"{case.number}:{case.version}"}).json()
    (found,) = [each for each in again["cases"] if each["number"] == case.number]
    assert set(found) == {"number", "version", "until"}
    assert reads(case, How.DEVICE) == 1


def test_what_changed_since_is_handed_out_anew(device, case):
    given = device.client.get("/field/day/", {"held": f"{case.number}:1,x:y,:,:::"}).json()
    assert [each["number"] for each in given["cases"] if "html" in each] == [case.number]


def test_a_long_day_is_handed_out_in_batches(device, world):
    for turn in range(12):
        to_verify(world, f"第{turn}件")
    first = device.client.get("/field/day/").json()
    assert (len(first["cases"]), first["more"]) == (10, True)
    held = ",".join(f"{each['number']}:{each['version']}" for each in first["cases"])
    rest = device.client.get("/field/day/", {"held": held}).json()
    assert (len(rest["cases"]), rest["more"]) == (12, False)


def test_forms_and_map_name_nobody(device, case):
    given = device.client.get("/field/codes/").json()
    assert [each["kind"] for each in given["openings"]][:1] == ["matters"]
    assert 'name="text"' in given["openings"][0]["html"]
    assert LAMP not in json.dumps(given, ensure_ascii=False)
    assert "<svg" in given["map"]


def test_the_map_shows_where_the_work_is_without_a_word_of_it(device, case):
    page = device.client.get("/field/map/").content.decode()
    assert case.number in page
    assert LAMP not in page


def test_the_page_that_lies_on_every_device_knows_nobody_and_no_token(device, case):
    stranger, own = Client().get("/field/shell/"), device.client.get("/field/shell/")
    assert "csrf" not in own.content.decode()
    assert "Set-Cookie" not in own.headers
    assert stranger.content.decode() == Client().get("/field/shell/").content.decode()
    assert device.client.get("/field/sw.js").headers["Content-Type"].startswith("text/javascript")
    assert json.loads(device.client.get("/field/manifest.webmanifest").content)["scope"] == "/field/"


def test_the_worker_keeps_the_shell_under_the_name_of_this_release():
    script = Client().get("/field/sw.js").content.decode()
    assert f"field-{release()}" in script
    assert all(f"/static/{name}" in script for name in FILES)


def test_the_shell_weighs_little():
    client, weight = Client(), 0
    for address in ("/field/shell/", "/field/sw.js", *(f"/static/{name}" for name in FILES)):
        answer = client.get(address)
        content = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200, address
        weight += len(gzip.compress(content))
    assert weight <= LARGEST_SHELL
    assert WORKER not in FILES


def test_signed_out_one_is_sent_to_sign_in():
    for address in ("/field/", "/field/new/", "/field/map/", "/field/outbox/"):
        assert "/login/" in Client().get(address)["Location"]


def test_no_page_of_the_app_is_kept_by_a_browser(device, case):
    for address in ("/field/", f"/field/cases/{case.number}/", "/field/day/", "/field/hello/"):
        assert "no-store" in device.client.get(address)["Cache-Control"]


def test_the_desk_leads_a_grid_worker_to_the_app_and_nobody_else(device, another):
    assert 'href="/field/"' in device.client.get("/desk/").content.decode()
    assert 'href="/field/"' not in another("chengguan_clerk").client.get("/desk/").content.decode()
