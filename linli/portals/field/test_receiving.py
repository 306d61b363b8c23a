"""What a device sends is taken once, whole or not at all, and by whom it should."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from linli.base.errors import Stale
from linli.cases.attachments import path_of
from linli.cases.models import Attachment, Case, Sending, SentPhoto
from linli.cases.receiving import forget_photos
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.portals.field.conftest import HOME, Device, picture, to_verify

FOUND = [["finding", "灯确实不亮"]]


@pytest.fixture
def report(world):
    """What the form of something new sends."""
    return filled(world)


def filled(world):
    return [["text", "井盖松了"], ["division", world.place(HOME).trimmed]]


def error(response):
    return response.json()["error"]


def test_what_was_written_outside_becomes_a_matter_with_its_photo(device, world, report):
    photo = uuid4()
    assert device.photo(photo, picture()).status_code == 200
    answer = device.send(opens="matters", fields=report, photos=[["photos", str(photo)]])
    assert answer.status_code == 201
    case = Case.everywhere.get(number=answer.json()["number"])
    assert (case.channel, case.opened_by) == ("grid", world.by(HOME).post)
    assert Attachment.objects.get(case=case).digest == SentPhoto.objects.get(pk=photo).digest


def test_the_same_key_brings_one_matter_and_the_same_receipt(device, report):
    key = uuid4()
    first, again = (device.send(key, opens="matters", fields=report) for _turn in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Case.everywhere.filter(summary="井盖松了").count() == 1


def test_a_key_that_comes_with_other_words_is_a_conflict_that_names_what_was_received(device, report):
    key = uuid4()
    number = device.send(key, opens="matters", fields=report).json()["number"]
    answer = device.send(key, opens="matters", fields=[["text", "别的事"], report[1]])
    assert (answer.status_code, error(answer)["code"], error(answer)["number"]) == (
        409,
        "sent_otherwise",
        number,
    )


def test_the_same_step_sent_twice_is_taken_once(device, case):
    key = uuid4()
    sent = {"number": case.number, "step": "verify", "seen": 2, "fields": FOUND}
    assert [device.send(key, **sent).status_code for _turn in range(2)] == [201, 200]
    case.refresh_from_db()
    assert (case.stage, case.version) == ("reported", 3)
    assert Sending.objects.get(case=case)


def test_the_key_of_a_step_with_another_body_is_a_conflict(device, case):
    key = uuid4()
    sent = {"number": case.number, "step": "verify", "seen": 2}
    device.send(key, **sent, fields=FOUND)
    answer = device.send(key, **sent, fields=[["finding", "别的"]])
    assert (answer.status_code, error(answer)["code"]) == (409, "sent_otherwise")


def test_a_step_that_fails_leaves_its_key_free(device, case):
    key = uuid4()
    refused = device.send(key, number=case.number, step="verify", seen=2, fields=[["finding", ""]])
    assert (refused.status_code, Sending.objects.count()) == (422, 0)
    assert device.send(key, number=case.number, step="verify", seen=2, fields=FOUND).status_code == 201


def test_somebody_who_was_faster_is_shown_beside_what_was_written(device, case, world):
    matter = Matter.objects.select_related("case").get(pk=case.pk)
    actions.settle(matter, by=world.by(HOME), seen=2, result="已换灯泡")
    answer = device.send(number=case.number, step="settle", seen=2, fields=[["result", "我也修了"]])
    assert (answer.status_code, error(answer)["code"], error(answer)["version"]) == (409, Stale.code, 3)
    assert "已换灯泡" in error(answer)["html"]
    assert error(answer)["open"] is False


def test_the_devices_clock_is_noted_and_not_believed(device, case):
    yesterday = int((timezone.now().timestamp() - 86_400) * 1000)
    device.send(number=case.number, step="verify", seen=2, fields=FOUND, written_at=yesterday)
    entry = Entry.objects.filter(about=case.pk, name="matters.verify").get()
    assert (timezone.now() - entry.at).total_seconds() < 60
    assert entry.facts["written_at"] < entry.at.isoformat()


@pytest.mark.parametrize("moment", ["soon", 1e40, True, {"a": 1}, -1e18])
def test_a_clock_that_says_nonsense_keeps_nobody_from_reporting(device, moment, report):
    assert device.send(opens="matters", fields=report, written_at=moment).status_code == 201


def test_who_is_signed_out_is_told_so_and_nothing_is_kept(device, report):
    device.client.logout()
    answer = device.send(opens="matters", fields=report)
    assert (answer.status_code, error(answer)["code"]) == (401, "signed_out")
    assert not Case.everywhere.filter(summary="井盖松了").exists()


def test_another_posts_case_does_not_exist_and_anothers_step_is_refused(another, case):
    sent = {"number": case.number, "step": "verify", "seen": 2, "fields": FOUND}
    assert another("liuhe_clerk").send(**sent).status_code == 404
    assert another("chengguan_clerk").send(**sent).status_code == 403


def test_nobody_uses_anothers_photo(device, another, report):
    photo = uuid4()
    another("chengguan_clerk").photo(photo, picture())
    answer = device.send(opens="matters", fields=report, photos=[["photos", str(photo)]])
    assert (answer.status_code, error(answer)["code"], error(answer)["photos"]) == (
        409,
        "photos_missing",
        [str(photo)],
    )
    assert error(device.photo(photo, picture()))["code"] == "sent_otherwise"


def test_a_photo_that_did_not_arrive_whole_is_not_kept(device):
    answer = device.photo(uuid4(), picture()[:-20], digest="0" * 64)
    assert (answer.status_code, error(answer)["code"], SentPhoto.objects.count()) == (422, "damaged", 0)


def test_a_photo_sent_twice_is_one(device):
    photo = uuid4()
    assert [device.photo(photo, picture()).status_code for _turn in range(2)] == [200, 200]
    assert SentPhoto.objects.count() == 1


def test_what_is_no_photo_and_what_is_too_large_is_refused(device):
    assert device.photo(uuid4(), b"no picture").status_code == 422
    assert device.photo(uuid4(), b"x" * (10 * 1024 * 1024 + 1)).status_code == 413


def test_a_photo_whose_step_never_came_is_swept_and_asked_for_again(device, report):

    photo = uuid4()
    device.photo(photo, picture())
    row = SentPhoto.objects.get()
    past = timezone.now().timestamp() - 9 * 86_400
    os.utime(path_of(row.digest), (past, past))
    SentPhoto.objects.update(at=timezone.now() - timedelta(days=8))
    assert forget_photos() == 1
    assert not path_of(row.digest).exists()
    answer = device.send(opens="matters", fields=report, photos=[["photos", str(photo)]])
    assert error(answer)["code"] == "photos_missing"


def test_sweeping_leaves_the_photo_of_a_case_alone(device, report):
    photo = uuid4()
    device.photo(photo, picture())
    device.send(opens="matters", fields=report, photos=[["photos", str(photo)]])
    SentPhoto.objects.update(at=timezone.now() - timedelta(days=8))
    digest = SentPhoto.objects.get().digest
    forget_photos()
    assert path_of(digest).is_file()


@pytest.mark.parametrize(
    "odd",
    [
        {"fields": "x"},
        {"fields": [["text"]]},
        {"fields": [["text", 1]]},
        {"photos": [["photos", "no key"]]},
        {"opens": 1},
        {"opens": "../x"},
        {"seen": "2"},
        {"seen": True},
        {"seen": 10**12},
        {"opens": "", "step": ""},
        {"fields": [["text", "x"]] * 201},
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_kept(device, odd, report):
    before = Case.everywhere.count()
    assert device.send(**{"opens": "matters", "fields": report, **odd}).status_code == 422
    assert Case.everywhere.count() == before


def test_what_is_no_json_or_too_long_is_refused(device):
    address = f"/field/outbox/{uuid4()}/"
    assert device.client.post(address, b"{", content_type="application/json").status_code == 422
    assert device.client.post(address, b"[]", content_type="application/json").status_code == 422
    assert device.client.post(address, b" " * 300_000, content_type="application/json").status_code == 413


def test_one_device_sends_so_much_in_a_minute_and_no_more(device):
    answers = [device.client.get("/field/hello/").status_code for _turn in range(61)]
    assert answers == [200] * 60 + [429]


@pytest.mark.parametrize("what", ["step", "matter"])
def test_of_the_same_thing_sent_many_times_at_once_one_is_taken(committed_world, at_once, what):
    case, account, key = to_verify(committed_world), committed_world.by(HOME).holding.account, uuid4()
    sent = (
        {"number": case.number, "step": "verify", "seen": 2, "fields": FOUND}
        if what == "step"
        else {"opens": "matters", "fields": filled(committed_world)}
    )
    devices = [Device(account) for _turn in range(6)]
    answers = at_once([lambda one=one: one.send(key, **sent) for one in devices])
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Entry.objects.filter(about=case.pk, name="matters.verify").count() == (what == "step")


def test_a_forged_form_of_another_site_is_refused(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.by(HOME).holding.account)
    assert client.post(f"/field/outbox/{uuid4()}/", b"{}", content_type="application/json").status_code == 403
    token = client.get("/field/hello/").json()["token"]
    answer = client.post(
        f"/field/outbox/{uuid4()}/",
        b"{}",
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 422
