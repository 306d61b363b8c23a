"""News on the reporter's own device: the number and nothing else, only where it may show, and gone when it is gone."""

from __future__ import annotations

import base64
import json
import threading
from datetime import datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import Client
from django.utils import timezone

from linli.base.worktime import PLACE_TIME
from linli.cases.forgetting import _parts
from linli.cases.models import Case, Category, Choice, Device, Notice
from linli.cases.notices import send_waiting
from linli.cases.quiet import next_moment
from linli.kinds.matters import actions
from linli.residents import webpush
from linli.residents.webpush import CURVE, b64

pytestmark = pytest.mark.django_db


class Service:
    """A push service on loopback, and the browser it serves."""

    def __init__(self):
        self.key, self.auth = ec.generate_private_key(CURVE), b"0123456789abcdef"
        self.taken, self.answer = [], 201
        outer = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((dict(self.headers), body))
                self.send_response(outer.answer)
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def asks(self, path="/push/1"):
        """What the browser gives to the page."""
        point = webpush._raw(self.key.public_key())
        endpoint = f"http://127.0.0.1:{self.server.server_port}{path}"
        return {"endpoint": endpoint, "p256dh": b64(point), "auth": b64(self.auth)}

    def read(self, body):
        """Open a message as a browser does (RFC 8188), by a second reading of the standard."""
        salt, size = body[:16], body[20]
        sender, sealed = body[21 : 21 + size], body[21 + size :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        info = b"WebPush: info\0" + webpush._raw(self.key.public_key()) + sender
        key = webpush._derived(shared, self.auth, info, 32)
        cipher = AESGCM(webpush._derived(key, salt, b"Content-Encoding: aes128gcm\0", 16))
        plain = cipher.decrypt(webpush._derived(key, salt, b"Content-Encoding: nonce\0", 12), sealed, None)
        return json.loads(plain.rstrip(b"\0").removesuffix(b"\x02"))


@pytest.fixture
def service(settings):
    settings.PUSH_KEY = base64.b64encode(bytes(range(32))).decode()
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    found = Service()
    yield found
    found.server.shutdown()
    found.server.server_close()


def asked(client, case, service, **other):
    return client.post(f"/notices/{case.number}/device/", service.asks() | other)


def step_on(world, matter):
    """The next step that the reporter is told of."""
    actions.refuse(matter, by=world.by("chengguan_clerk"), seen=1, reason="不属于网格事项，请拨打供电热线。")
    Notice.objects.update(next_try=timezone.now())
    return Case.everywhere.get(pk=matter.pk)


def test_a_browser_that_asked_is_told_the_number_and_nothing_else(unlocking, world, reported_matter, service):
    assert asked(unlocking(reported_matter), reported_matter.case, service).status_code == 200
    case = step_on(world, reported_matter)
    send_waiting()
    ((headers, body),) = service.taken
    said = service.read(body)
    assert case.number in said["body"]
    assert said["url"] == f"/follow/{case.number}/"
    assert case.summary not in json.dumps(said, ensure_ascii=False)
    assert headers["Authorization"].startswith("vapid t=")
    assert case.number.encode() not in body


def test_only_the_reporter_of_a_case_can_ask(reported_matter, service):
    assert asked(Client(), reported_matter.case, service).status_code == 404
    assert not Device.objects.exists()


def test_asked_twice_it_is_told_once(unlocking, world, reported_matter, service):
    client = unlocking(reported_matter)
    for _time in range(2):
        asked(client, reported_matter.case, service)
    step_on(world, reported_matter)
    send_waiting()
    assert len(service.taken) == 1


def test_nobody_asks_for_more_devices_than_a_household_has(unlocking, reported_matter, service):
    client = unlocking(reported_matter)
    answers = [
        asked(client, reported_matter.case, service, **service.asks(f"/{n}")).status_code for n in range(6)
    ]
    assert answers == [200] * 5 + [422]


@pytest.mark.parametrize("answer", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_text_messages_come_back(
    unlocking, world, reported_matter, service, answer
):
    client, case = unlocking(reported_matter), reported_matter.case
    asked(client, case, service)
    client.post(f"/notices/{case.number}/", {})
    service.answer = answer
    step_on(world, reported_matter)
    send_waiting()
    assert not Device.objects.exists()
    choice = Choice.objects.get(case=case)
    assert (choice.push, choice.sms) == (False, True)


def test_a_push_service_that_is_down_is_tried_again(unlocking, world, reported_matter, service):
    asked(unlocking(reported_matter), reported_matter.case, service)
    service.answer = 503
    step_on(world, reported_matter)
    send_waiting()
    notice = Notice.objects.get(channel="push")
    assert (notice.state, notice.attempts) == ("waiting", 1)
    service.answer = 201
    Notice.objects.filter(pk=notice.pk).update(next_try=timezone.now())
    send_waiting()
    assert Notice.objects.get(pk=notice.pk).state == "sent"


@pytest.mark.parametrize(("category", "shown"), [("0401", False), ("0101", True)])
def test_of_a_sensitive_case_nothing_shows_on_a_screen(
    category, shown, unlocking, world, reported_matter, service
):
    client, case = unlocking(reported_matter), reported_matter.case
    asked(client, case, service)
    found = Category.objects.get(kind="matters", code=category)
    Case.everywhere.filter(pk=case.pk).update(category=found)
    step_on(world, reported_matter)
    send_waiting()
    assert bool(service.taken) is shown
    if not shown:
        assert asked(client, case, service, **service.asks("/2")).status_code == 422


def test_who_wants_no_text_messages_gets_none(unlocking, world, reported_matter, messages_sent):
    case = reported_matter.case
    Notice.objects.all().delete()
    unlocking(reported_matter).post(f"/notices/{case.number}/", {})
    step_on(world, reported_matter)
    send_waiting()
    assert messages_sent == []


def test_who_chose_quiet_hours_is_told_when_they_are_over(settings, unlocking, reported_matter, world):
    settings.QUIET_HOURS = None
    evening = datetime(2026, 11, 26, 19, 0, tzinfo=PLACE_TIME)
    own = (time(18), time(9))
    assert next_moment("push", evening, own=own) == datetime(2026, 11, 27, 9, 0, tzinfo=PLACE_TIME)
    assert next_moment("sms", evening) == evening
    client, address = unlocking(reported_matter), f"/notices/{reported_matter.case.number}/"
    client.post(address, {"sms": "on", "quiet_from": "18:00", "quiet_until": "09:00"})
    assert Choice.objects.get().quiet == own
    client.post(address, {"sms": "on", "quiet_from": "", "quiet_until": ""})
    assert Choice.objects.get().quiet is None


@pytest.mark.parametrize("hours", [("18:00", ""), ("", "09:00"), ("09:00", "09:00"), ("25:00", "09:00")])
def test_hours_that_make_no_sense_change_nothing_and_are_said(unlocking, reported_matter, hours):
    given = {"sms": "on", "quiet_from": hours[0], "quiet_until": hours[1]}
    page = unlocking(reported_matter).post(f"/notices/{reported_matter.case.number}/", given, follow=True)
    assert not Choice.objects.exists()
    assert "的选择已保存" not in page.content.decode()


def test_it_is_stopped_with_one_press(unlocking, reported_matter, service):
    client, case = unlocking(reported_matter), reported_matter.case
    asked(client, case, service)
    client.post(f"/notices/{case.number}/", {"stop": "1"})
    assert not Device.objects.exists()


def test_where_a_browser_is_told_is_sealed_and_goes_with_the_file(unlocking, reported_matter, service):
    asked(unlocking(reported_matter), reported_matter.case, service)
    device = Device.objects.get()
    assert b"127.0.0.1" not in bytes(device.where_sealed)
    for part in [each for each in _parts if each.name == "devices"]:
        part.clear(reported_matter.case)
    assert not Device.objects.exists()


@pytest.mark.parametrize("endpoint", ["http://10.0.0.8/1", "https://169.254.169.254/1", "", "javascript:1"])
def test_a_page_cannot_make_the_server_ask_inside(unlocking, reported_matter, service, endpoint):
    answer = asked(unlocking(reported_matter), reported_matter.case, service, endpoint=endpoint)
    assert answer.status_code == 422
    assert answer.json()["said"]
    assert not Device.objects.exists()


def test_the_screen_shows_the_open_cases_with_their_choices(unlocking, reported_matter, service):
    page = unlocking(reported_matter).get("/notices/").content.decode()
    assert reported_matter.case.number in page
    assert "data-push" in page
    assert reported_matter.case.summary not in page
    assert reported_matter.case.number not in Client().get("/notices/").content.decode()


def test_a_place_without_a_key_offers_text_messages_only(unlocking, reported_matter, settings):
    settings.PUSH_KEY = ""
    assert "data-push" not in unlocking(reported_matter).get("/notices/").content.decode()


def test_a_text_message_leads_to_the_page_where_the_code_is_typed(
    world, reported_matter, messages_sent, settings
):
    settings.PLACE_ADDRESS = "https://linli.example.cn"
    case = step_on(world, reported_matter)
    send_waiting()
    said = messages_sent[-1][1]
    assert said.endswith(f" https://linli.example.cn/follow/{case.number}/")
    page = Client().get(f"/follow/{case.number}/", follow=True)
    assert f'value="{case.number}"' in page.content.decode()
