"""News by letter: to a mailbox that was proven, with the number at most, stopped and erased like a device."""

from __future__ import annotations

import re
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from linli.cases.devices import told_about
from linli.cases.models import Case, Category, Choice, Device, Notice
from linli.cases.notices import send_waiting
from linli.kinds.matters import actions

pytestmark = pytest.mark.django_db
WHERE = "li.mei@example.org"


def proven(client, case):
    """Ask for letters and bring back the code that came."""
    address = f"/notices/{case.number}/mailbox/"
    client.post(address, {"address": WHERE})
    (code,) = re.findall(r"\b\d{6}\b", mail.outbox[-1].body)
    return client.post(address, {"code": code})


def step_on(world, matter):
    actions.refuse(matter, by=world.by("chengguan_clerk"), seen=1, reason="不属于网格事项，请拨打供电热线。")
    Notice.objects.update(next_try=timezone.now())
    mail.outbox.clear()
    send_waiting()


def test_a_proven_mailbox_is_told_the_number_and_nothing_else(unlocking, world, reported_matter, settings):
    settings.PLACE_ADDRESS = "https://linli.example.cn"
    proven(unlocking(reported_matter), reported_matter.case)
    step_on(world, reported_matter)
    (letter,) = [each for each in mail.outbox if each.to == [WHERE]]
    assert reported_matter.case.number in letter.body
    assert reported_matter.case.summary not in letter.subject + letter.body
    assert "https://linli.example.cn/follow/" in letter.body


def test_nothing_goes_to_a_mailbox_whose_code_did_not_come_back(unlocking, world, reported_matter):
    client, address = unlocking(reported_matter), f"/notices/{reported_matter.case.number}/mailbox/"
    client.post(address, {"address": WHERE})
    client.post(address, {"code": "000000"})
    step_on(world, reported_matter)
    assert WHERE not in [to for each in mail.outbox for to in each.to]


def test_the_fifth_wrong_code_ends_it(unlocking, reported_matter):
    client, address = unlocking(reported_matter), f"/notices/{reported_matter.case.number}/mailbox/"
    client.post(address, {"address": WHERE})
    (code,) = re.findall(r"\b\d{6}\b", mail.outbox[-1].body)
    for _time in range(5):
        client.post(address, {"code": f"x{code}"})
    client.post(address, {"code": code})
    assert not Device.objects.exists()


def test_only_the_reporter_of_a_case_can_ask_for_letters(reported_matter):
    address = f"/notices/{reported_matter.case.number}/mailbox/"
    assert Client().post(address, {"address": WHERE}).status_code == 404
    assert mail.outbox == []


def test_of_a_case_that_became_sensitive_no_letter_goes_out(unlocking, world, reported_matter):
    client = unlocking(reported_matter)
    proven(client, reported_matter.case)
    noise = Category.objects.get(kind="matters", code="0401")
    Case.everywhere.filter(pk=reported_matter.pk).update(category=noise)
    step_on(world, reported_matter)
    assert Notice.objects.filter(channel="letter", state="sent").exists()
    assert WHERE not in [to for each in mail.outbox for to in each.to]
    assert "mailbox/" not in client.get("/notices/").content.decode()


def test_an_address_is_sealed_and_stopped_with_one_press(unlocking, reported_matter):
    client = unlocking(reported_matter)
    proven(client, reported_matter.case)
    assert b"example" not in bytes(Device.objects.get().where_sealed)
    assert told_about(reported_matter.case)["mailboxes"] == [WHERE]
    client.post(f"/notices/{reported_matter.case.number}/", {"stop": "1"})
    assert not Device.objects.exists()
    assert Choice.objects.get().asked == []


@pytest.mark.parametrize(("code", "kept"), [(550, False), (451, True)])
def test_a_mailbox_that_is_gone_is_forgotten_and_no_list_shows_its_address(
    unlocking, world, reported_matter, monkeypatch, code, kept
):
    proven(unlocking(reported_matter), reported_matter.case)

    def refuse(*_args, **_given):
        raise SMTPRecipientsRefused({WHERE: (code, b"no")})

    monkeypatch.setattr("linli.residents.mailbox.send_mail", refuse)
    step_on(world, reported_matter)
    assert Device.objects.exists() is kept
    assert WHERE not in Notice.objects.get(channel="letter").trouble


def test_where_no_letters_go_out_none_are_offered(unlocking, reported_matter, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client = unlocking(reported_matter)
    assert "mailbox/" not in client.get("/notices/").content.decode()
    assert client.post(f"/notices/{reported_matter.case.number}/mailbox/", {}).status_code == 404
