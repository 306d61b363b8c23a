"""Residents sign in with a code on their telephone; staff with a password. Nobody learns who has an account."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from linli.cases.models import Case
from linli.kinds.matters.conftest import LAMP
from linli.posts.models import Account
from linli.residents.accounts import first_sign_in
from linli.residents.models import Contact, Resident

pytestmark = pytest.mark.django_db
PHONE = "13912345678"  # the one the fixtures' reporter left
ASK, ENTER = "/account/login/code/", "/account/login/code/confirm/"


def code_in(messages):
    return re.search(r"\d{6}", messages[-1][1]).group()


def sign_in(messages, phone=PHONE):
    client = Client()
    client.post(ASK, {"phone": phone})
    client.post(ENTER, {"code": code_in(messages)})
    cache.clear()
    return client


def test_the_first_right_code_makes_the_account(messages_sent):
    assert sign_in(messages_sent).get("/mine/").status_code == 200
    assert Resident.objects.get().phone_verified


def test_asking_for_a_code_makes_no_account(client, messages_sent):
    before = Account.objects.count()
    client.post(ASK, {"phone": PHONE})
    assert Account.objects.count() == before


def test_the_second_sign_in_finds_the_same_account(messages_sent):
    for _time in range(2):
        sign_in(messages_sent)
    assert Resident.objects.count() == 1


def test_first_sign_in_twice_makes_one_account(db):
    assert first_sign_in(PHONE) == first_sign_in(f"+86 {PHONE}")


@pytest.mark.parametrize("typed", ["139 1234 5678", "１３９１２３４５６７８", "+86-139-1234-5678"])
def test_a_number_may_be_typed_as_people_type(messages_sent, typed):
    sign_in(messages_sent, typed)
    assert messages_sent[-1][0] == PHONE


@pytest.mark.parametrize("typed", ["", "0517-12345678", "12345", "abc", "1391234567", "🐟"])
def test_what_cannot_receive_a_text_message_is_refused(client, messages_sent, typed):
    assert client.post(ASK, {"phone": typed}).status_code == 200
    assert messages_sent == []


@pytest.mark.parametrize("known", [True, False])
def test_known_and_unknown_numbers_look_alike(messages_sent, known):
    if known:
        first_sign_in(PHONE)
    client = Client()
    asked = client.post(ASK, {"phone": PHONE})
    wrong = client.post(ENTER, {"code": "000000" if code_in(messages_sent) != "000000" else "111111"})
    assert (asked.status_code, asked.headers["Location"]) == (302, ENTER)
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("known", [True, False])
def test_three_wrong_codes_end_it(messages_sent, known):
    if known:
        first_sign_in(PHONE)
    client = Client()
    client.post(ASK, {"phone": PHONE})
    right = code_in(messages_sent)
    for _try in range(3):
        client.post(ENTER, {"code": "x"})
    client.post(ENTER, {"code": right})
    assert "_auth_user_id" not in client.session


def test_a_code_is_good_for_its_own_browser_only(messages_sent):
    one, other = Client(), Client(REMOTE_ADDR="203.0.113.9")
    one.post(ASK, {"phone": PHONE})
    first = code_in(messages_sent)
    cache.clear()
    other.post(ASK, {"phone": PHONE})
    if first != code_in(messages_sent):
        other.post(ENTER, {"code": first})
        assert "_auth_user_id" not in other.session


def test_nobody_is_flooded_with_text_messages(messages_sent):
    for place in range(4):
        Client(REMOTE_ADDR=f"203.0.113.{place}").post(ASK, {"phone": PHONE})
    assert len(messages_sent) == 1


def test_a_gateway_that_is_down_is_said(client, settings):
    settings.SMS_BACKEND = "linli.portals.resident.conftest.NoSignal"
    page = client.post(ASK, {"phone": PHONE})
    assert page.status_code == 503
    assert "编号和查询码" in page.content.decode()


def test_the_number_is_in_no_table_in_the_clear(messages_sent):
    sign_in(messages_sent)
    account = Account.objects.get(resident__isnull=False)
    contact = Contact.objects.get(resident__account=account)
    kept = [
        account.username,
        account.called,
        bytes(contact.phone_sealed).decode("latin-1"),
        contact.phone_index,
    ]
    kept += [row.session_data for row in Session.objects.all()]
    assert not [each for each in kept if PHONE in each]


def test_the_page_names_only_the_end_of_the_number(client, messages_sent):
    client.post(ASK, {"phone": PHONE})
    page = client.get(ENTER).content.decode()
    assert "5678" in page
    assert PHONE not in page


def test_what_was_raised_with_the_number_is_mine(messages_sent, reported_matter):
    client = sign_in(messages_sent)
    assert reported_matter.case.number in client.get("/mine/").content.decode()
    assert LAMP in client.get(f"/follow/{reported_matter.case.number}/").content.decode()


def test_what_others_raised_is_not_mine(messages_sent, reported_matter):
    client = sign_in(messages_sent, "13800000000")
    assert reported_matter.case.number not in client.get("/mine/").content.decode()
    assert client.get(f"/follow/{reported_matter.case.number}/").status_code == 302


def test_a_signed_in_resident_answers_like_any_reporter(messages_sent, checked_matter):
    client = sign_in(messages_sent)
    assert client.post(f"/follow/{checked_matter.case.number}/confirm/", {"version": 5}).status_code == 302
    assert Case.everywhere.get(pk=checked_matter.pk).stage == "closed"


def test_a_signed_in_resident_sees_who_looked(messages_sent, checked_matter):
    client = sign_in(messages_sent)
    client.post(f"/follow/{checked_matter.case.number}/data/")
    assert "您本人查看" in client.get("/mine/data/?own=1").content.decode()


def test_signing_out_closes_everything(messages_sent, reported_matter):
    client = sign_in(messages_sent)
    client.post("/account/logout/")
    assert client.get(f"/follow/{reported_matter.case.number}/").status_code == 302


@pytest.mark.parametrize("address", ["/mine/", "/mine/data/"])
def test_nobody_unknown_has_anything_of_their_own(client, address):
    assert client.get(address).headers["Location"].startswith("/account/login/code/")


def test_staff_are_no_residents(client, world):
    client.force_login(
        world.by("chengguan_clerk").holding.account, backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get("/mine/").status_code == 403


def test_staff_sign_in_by_password_and_come_to_their_desk(client, world):
    account = world.by("chengguan_clerk").holding.account
    account.set_password("a long enough one")
    account.save()
    page = client.post("/account/login/", {"login": account.username, "password": "a long enough one"})
    assert page.headers["Location"] == "/desk/"


def test_a_resident_has_no_password_to_guess(client, db):
    account = first_sign_in(PHONE)
    for login in (PHONE, account.username):
        client.post("/account/login/", {"login": login, "password": ""})
        assert "_auth_user_id" not in client.session


def test_nobody_signs_up_as_staff(client):
    before = Account.objects.count()
    page = client.post("/account/signup/", {"username": "me", "password1": "a long enough one"})
    assert page.status_code == 200
    assert Account.objects.count() == before


def test_a_session_sealed_with_another_key_is_an_empty_one(client, messages_sent, db):
    client = sign_in(messages_sent)
    Session.objects.update(session_data="eyJhIjoxfQ:1:xx")
    assert client.get("/mine/").status_code == 302
