"""Each side of a dispute chooses how it is told, for itself; a screen says nothing, and nothing at all of violence."""

from __future__ import annotations

import base64
import json
from datetime import time
from ipaddress import ip_network

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from linli.cases import devices
from linli.cases.channels import text_of
from linli.cases.devices import may_be_told
from linli.cases.models import Choice, Notice, PartyChoice
from linli.cases.notices import send_waiting
from linli.cases.parties import parties_of
from linli.residents import webpush
from linli.residents.keeping import GivenContact
from linli.residents.mailbox import Mailbox
from linli.residents.webpush import CURVE, b64
from tests.parties import code_of


@pytest.fixture
def pushed(settings, monkeypatch):
    """What browsers are shown, by the address they gave; the network is the edge."""
    settings.PUSH_KEY = base64.b64encode(bytes(range(32))).decode()
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    shown: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(devices, "send", lambda to, said: shown.append((to.endpoint, json.loads(said))))
    return shown


def phone_of(way, nr):
    client = Client(headers={"accept-language": "zh-hans"})
    client.post("/follow/", {"number": way.case.number, "code": code_of(way.case, nr)})
    return client


def ask_on(client, way):
    key = ec.generate_private_key(CURVE).public_key()
    given = {"endpoint": "http://127.0.0.1:9/1", "p256dh": b64(webpush._raw(key)), "auth": b64(b"0" * 16)}
    return client.post(f"/notices/{way.case.number}/device/", given)


def told(way):
    """Let what waits go out; the channels by which each contact was told."""
    Notice.objects.update(next_try=timezone.now())
    send_waiting()
    rows = Notice.objects.filter(case=way.case.pk, step="suggest")
    return {(row.channel, row.contact_id == way.case.reporter_id) for row in rows}


def test_a_side_that_asked_is_told_on_its_browser_without_a_word_or_number_and_the_other_by_text(
    mediating, pushed
):
    client = phone_of(mediating, 1)
    assert mediating.case.number in client.get("/notices/").content.decode()
    assert ask_on(client, mediating).status_code == 200
    client.post(f"/notices/{mediating.case.number}/", {})
    assert not Choice.objects.exists()
    mediating.go(mediating.fan, "suggest", options="各退一步。")
    assert told(mediating) == {("push", False), ("sms", True)}
    ((_where, said),) = pushed
    assert mediating.case.number not in said["title"] + said["body"]
    assert not {"纠纷", "调解"} & {said["body"][at : at + 2] for at in range(len(said["body"]))}


def test_a_side_has_quiet_hours_of_its_own(mediating, pushed):
    given = {"sms": "on", "quiet_from": "00:00", "quiet_until": "23:00"}
    phone_of(mediating, 1).post(f"/notices/{mediating.case.number}/", given)
    assert PartyChoice.objects.get().quiet == (time(0), time(23))
    mediating.go(mediating.fan, "suggest", options="各退一步。")
    waits = dict(Notice.objects.filter(step="suggest").values_list("contact", "next_try"))
    own = waits.pop(next(key for key in waits if key != mediating.case.reporter_id))
    assert timezone.localtime(own).hour in {23, timezone.localtime().hour}


def test_where_there_is_violence_or_nobody_has_looked_no_screen_shows_anything(applied, pushed):
    assert not may_be_told(applied.case)
    assert may_be_told(applied.go(applied.head, "triage", safety="calm", crime=False).case)
    applied.go(applied.head, "reassess", safety="apart", crime=False, advice="住到亲属家，有危险拨打110。")
    assert not may_be_told(applied.case)
    assert ask_on(phone_of(applied, 0), applied).status_code == 422


def test_after_violence_was_named_a_text_says_neither_dispute_nor_number_nor_code(mediating):
    told(mediating)
    mediating.go(mediating.fan, "reassess", safety="apart", crime=False, advice="住到亲属家。")
    mediating.go(mediating.fan, "suggest", options="各退一步。")
    for notice in Notice.objects.filter(case=mediating.case.pk, step="suggest"):
        said = text_of(notice)
        assert said == "Linli: there is a new message for you. Read it with your code."


def test_the_first_text_brings_number_and_code_all_the_same(triaged):
    triaged.go(triaged.head, "reassess", safety="apart", crime=False, advice="住到亲属家。")
    triaged.go(triaged.head, "name_side", contact=GivenContact("王强", "13887654321"))
    triaged.go(triaged.head, "invite")
    side = parties_of(triaged.case)[0]
    notice = Notice.objects.get(case=triaged.case.pk, step="invite", contact=side.contact)
    assert code_of(triaged.case, 1) in text_of(notice)


def test_who_stopped_messages_hears_none_after_violence_and_the_mediator_sees_whom_to_speak_with(
    mediating,
):
    phone_of(mediating, 1).post(f"/notices/{mediating.case.number}/", {"sms": ""})
    mediating.go(mediating.fan, "reassess", safety="apart", crime=False, advice="住到亲属家。")
    mediating.go(mediating.fan, "suggest", options="各退一步。")
    assert told(mediating) == {("sms", True)}
    desk = Client(headers={"accept-language": "zh-hans"})
    desk.force_login(mediating.fan.holding.account)
    page = desk.get(f"/desk/cases/{mediating.case.number}/").content.decode()
    assert "发不到消息：被申请人" in page


def test_a_side_that_is_told_by_mail_alone_is_reached(mediating):
    devices.tell_on(mediating.case, Mailbox.of("li@example.cn"))
    devices.choose(mediating.case, sms=False, quiet=None)
    assert mediating.dispute.untold == []
