"""Updates in both directions: what became of it, and the reporter's last word through the source."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from linli.cases.kinds import kind_of
from linli.cases.models import Category, Clock
from linli.exchange.models import Delivery
from linli.exchange.sources import add_source, give_key
from linli.portals.open311.updates import status_in
from tests.assessing import assessed_source

pytestmark = pytest.mark.django_db


def photo(shade=40):
    written = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 90, 10)).save(written, "JPEG")
    return SimpleUploadedFile("a.jpg", written.getvalue())


def said(send, way, status, words="", **more):
    given = {"service_request_id": way.case.number, "status": status, "description": words}
    return send("servicerequestupdates.json", **given, **more)


def test_the_source_reads_what_became_of_its_requests(ask, way, key):
    way.checked()
    found = ask("servicerequestupdates.json", api_key=key)
    assert [(each["status"], each["external_status_code"]) for each in found] == [
        ("OPEN", "accepted"),
        ("OPEN", "dispatched"),
        ("OPEN", "handled"),
        ("FIXED", "checked"),
    ]
    assert "换了灯泡，已亮。" in found[2]["description"]


def test_what_posts_write_to_each_other_is_left_out(ask, way, key):
    way.dispatched()
    assert "内部备注" not in str(ask("servicerequestupdates.json", api_key=key))


def test_inner_steps_are_left_out(ask, way, key):
    way.dispatched().go("power", "send_back", reason="不归我们")
    assert "不归我们" not in str(ask("servicerequestupdates.json", api_key=key))


def test_updates_in_xml_are_named_as_fixmystreet_reads_them(ask, way, key):
    way.dispatched()
    found = ask("servicerequestupdates.xml", api_key=key)
    assert found.tag == "service_request_updates"
    assert found.findtext("request_update/service_request_id") == way.case.number


def test_updates_need_the_key(ask, way):
    assert ask("servicerequestupdates.json", expect=403)[0]["code"] == 403


def test_another_source_reads_nothing_of_them(ask, way, world):
    way.dispatched()
    by = world.by("administrator")
    other = give_key(assessed_source(world, add_source("other", "别的应用", world.county, by=by)), by=by)
    assert ask("servicerequestupdates.json", api_key=other) == []


def test_updates_narrow_by_time(ask, way, key):
    way.dispatched()
    now = timezone.now()
    soon, before = (now + timedelta(hours=1)).isoformat(), (now - timedelta(hours=2)).isoformat()
    assert len(ask("servicerequestupdates.json", api_key=key, start_date=before, end_date=soon)) == 2
    assert ask("servicerequestupdates.json", api_key=key, start_date=soon) == []


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("reported", "OPEN"),
        ("handled", "OPEN"),
        ("checked", "FIXED"),
        ("deciding", "OPEN"),
        ("closed", "CLOSED"),
        ("refused", "NO_FURTHER_ACTION"),
        ("referred", "NO_FURTHER_ACTION"),
        ("void", "NO_FURTHER_ACTION"),
    ],
)
def test_only_what_ended_with_the_last_word_is_closed(stage, status):
    assert status_in(kind_of("matters").procedure, stage) == status


@pytest.mark.parametrize("status", ["CLOSED", "FIXED", "closed"])
def test_solved_is_the_reporters_confirmation(send, way, status):
    way.checked()
    said(send, way, status, "好了，谢谢。")
    assert (way.case.stage, way.case.outcome) == ("closed", "confirmed")


def test_solved_needs_no_words(send, way):
    way.checked()
    assert said(send, way, "CLOSED")[0]["update_id"]
    assert way.case.stage == "closed"


@pytest.mark.parametrize("status", ["OPEN", "REOPEN", "reopen"])
def test_not_solved_contests_what_was_checked(send, way, status):
    way.checked()
    said(send, way, status, "还是不亮。")
    assert way.case.stage == "dispatched"


@pytest.mark.parametrize("status", ["IN_PROGRESS", "NO FURTHER ACTION"])
def test_a_finer_state_of_another_office_is_no_verdict(send, way, status):
    way.checked()
    said(send, way, status, "谢谢", expect=400)
    assert way.case.stage == "checked"


def test_a_word_to_what_was_refused_does_not_take_it_up_again(send, way):
    way.go("chengguan_clerk", "refuse", reason="不属受理范围")
    said(send, way, "NO_FURTHER_ACTION", "知道了", expect=400)
    assert way.case.stage == "refused"
    said(send, way, "REOPEN", "我不同意")
    assert way.case.stage == "accepted"


def test_a_closed_one_is_taken_up_again(send, way):
    way.checked().go("reporter", "confirm")
    said(send, way, "REOPEN", "又坏了。")
    assert way.case.stage == "accepted"


@pytest.mark.parametrize("status", ["OPEN", "CLOSED", "INVESTIGATING"])
def test_while_it_is_dealt_with_words_reach_who_deals_with_it(send, way, status):
    way.dispatched()
    said(send, way, status, "是3号楼。")
    assert way.case.stage == "dispatched"


def test_a_word_to_what_is_over_is_refused_with_the_stage(send, way):
    way.checked().go("reporter", "confirm")
    (error,) = said(send, way, "CLOSED", "谢谢", expect=400)
    assert error["code"] == 409
    assert "已办结" in error["description"] or "Closed" in error["description"]


@pytest.mark.parametrize("status", ["OPEN", "CLOSED", "INVESTIGATING"])
def test_a_word_before_anybody_is_sent_out_is_added_and_moves_nothing(ask, send, way, key, status):
    (receipt,) = said(send, way, status, "四号楼也黑。")
    assert way.case.stage == "reported"
    way.go("chengguan_clerk", "accept", category=Category.objects.get(code="0201"))
    (second,) = said(send, way, status, "今晚还是黑。")
    assert way.case.stage == "accepted"
    read = {each["update_id"]: each["description"] for each in ask("servicerequestupdates.json", api_key=key)}
    assert "四号楼也黑。" in read[receipt["update_id"]]
    assert "今晚还是黑。" in read[second["update_id"]]


def test_an_update_without_words_and_photos_is_refused_by_argument(send, way):
    (error,) = said(send, way, "OPEN", expect=400)
    assert error["description"].startswith("description: ")


def test_a_photo_of_an_update_is_kept_where_the_step_takes_one(send, way):
    (receipt,) = said(send, way, "OPEN", "就是这盏。", media=photo())
    assert receipt["service_notice"] is None
    assert [each.step for each in way.case.attachments.all()] == ["add"]
    said(send, way, "OPEN", "", media=photo(99))
    assert way.case.attachments.count() == 2


def test_a_word_takes_back_no_consent_of_the_reporter(send, way):
    way.dispatched().go("power", "ask_reach", reason="上门看灯杆").go("reporter", "allow_reach")
    way.go("power", "handle", result="换了灯泡").go("chengguan_checker", "check")
    said(send, way, "IN_PROGRESS", "谢谢", expect=400)
    assert Clock.objects.get(case=way.case, name="reached").stopped_at is None


def test_contesting_needs_a_reason(send, way):
    way.checked()
    assert said(send, way, "REOPEN", expect=400)[0]["code"] == 400
    assert way.case.stage == "checked"


def test_an_update_that_is_sent_again_is_taken_once(send, way):
    way.checked()
    first = said(send, way, "OPEN", "还是不亮。")[0]["update_id"]
    assert said(send, way, "OPEN", "还是不亮。")[0]["update_id"] == first
    assert way.case.stage == "dispatched"
    assert Delivery.objects.get().known == 1


def test_the_sources_own_word_comes_back_under_its_update_id(ask, send, way, key):
    way.checked()
    (receipt,) = said(send, way, "OPEN", "还是不亮。")
    assert receipt["update_id"] in {
        each["update_id"] for each in ask("servicerequestupdates.json", api_key=key)
    }


def test_a_photo_of_an_update_is_said_not_to_be_kept(send, way):
    way.checked()
    assert said(send, way, "CLOSED", "好了。", media=photo())[0]["service_notice"]


def test_a_link_to_a_photo_is_said_not_to_be_opened(send, way):
    way.checked()
    assert said(send, way, "OPEN", "还是不亮。", media_url="http://x/y.jpg")[0]["service_notice"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"service_request_id": ""}, 400),
        ({"service_request_id": "990101-26-99999-9"}, 404),
        ({"service_request_id": "\x00"}, 400),
        ({"status": ""}, 400),
        ({"status": "SOLVED"}, 400),
    ],
)
def test_a_bad_update_is_refused(send, way, change, status):
    way.checked()
    given = {"service_request_id": way.case.number, "status": "OPEN", "description": "x", **change}
    assert send("servicerequestupdates.json", expect=status, **given)[0]["description"]
    assert way.case.stage == "checked"


def test_nobody_speaks_for_another_sources_reporter(client, way, world):
    way.checked()
    by = world.by("administrator")
    other = give_key(assessed_source(world, add_source("other", "别的应用", world.county, by=by)), by=by)
    given = {"api_key": other, "service_request_id": way.case.number, "status": "CLOSED"}
    assert client.post("/open311/v2/servicerequestupdates.json", given).status_code == 404
    assert way.case.stage == "checked"
