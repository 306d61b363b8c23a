"""Whoever holds a post signs in with two factors; what is lost is replaced without weakening it for others."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from linli.portals.entrance.conftest import FACTOR, codes_now, is_in, sign_in
from linli.residents.accounts import first_sign_in
from linli.residents.second_factor import spend
from tests.signing_in import prove

pytestmark = pytest.mark.django_db


def test_the_password_alone_signs_nobody_in_who_has_an_app(clerk, secret):
    assert not is_in(sign_in(clerk))


def test_password_and_code_open_the_desk(clerk, secret, settings):
    settings.SECOND_FACTOR = True
    client = sign_in(clerk)
    client.post(FACTOR, {"code": codes_now(secret)})
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("ahead", [-1, 1])
def test_a_telephone_whose_clock_is_half_a_minute_off_is_heard(clerk, secret, ahead):
    client = sign_in(clerk)
    client.post(FACTOR, {"code": codes_now(secret, ahead)})
    assert is_in(client)


@pytest.mark.parametrize("typed", ["000000", "", "abc", "12345678901234567890", "🐟"])
def test_a_wrong_code_lets_nobody_in(clerk, secret, typed):
    client = sign_in(clerk)
    assert client.post(FACTOR, {"code": typed}).status_code == 200
    assert not is_in(client)


def test_a_code_may_be_typed_full_width(clerk, secret):
    client = sign_in(clerk)
    client.post(FACTOR, {"code": codes_now(secret).translate({48 + d: 0xFF10 + d for d in range(10)})})
    assert is_in(client)


def test_a_code_works_once_in_every_process(clerk, secret):
    app = Authenticator.objects.get(user=clerk, type="totp")
    code = codes_now(secret)
    assert spend(app, code)
    assert not spend(Authenticator.objects.get(pk=app.pk), f"{code[:3]} {code[3:]}")
    assert spend(app, codes_now(secret, 1))


def test_without_one_the_desk_stays_closed(client, clerk, settings):
    settings.SECOND_FACTOR = True
    sign_in(clerk, client=client)
    assert client.get("/desk/").headers["Location"] == "/account/2fa/"
    assert "第二重验证" in client.get("/account/2fa/").content.decode()


def test_the_safe_setting_is_the_default_and_the_demo_is_exempt():
    text = (pytest.importorskip("linli.conf.settings").PACKAGE / "conf" / "settings.py").read_text()
    assert 'SECOND_FACTOR = env.bool("LINLI_SECOND_FACTOR", default=not DEMO)' in text


def test_setting_up_an_app_opens_the_desk_and_shows_recovery_codes_once(client, clerk, settings):
    settings.SECOND_FACTOR = True
    sign_in(clerk, client=client)
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r"done__number\">([A-Z2-7]{16,})<", page).group(1)
    done = client.post("/account/2fa/totp/activate/", {"code": codes_now(secret)})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    assert len(re.findall(r">\d{8}<", client.get(done.headers["Location"]).content.decode())) == 10
    assert re.findall(r">\d{8}<", client.get(done.headers["Location"]).content.decode()) == []
    assert client.get("/desk/").status_code == 200


def test_neither_key_nor_recovery_codes_lie_in_the_clear(clerk, secret, recovery_codes):
    kept = str([each.data for each in Authenticator.objects.filter(user=clerk)])
    assert not [each for each in (secret, *recovery_codes) if each in kept]
    seed = Authenticator.objects.get(user=clerk, type="recovery_codes").data["seed"]
    assert not re.fullmatch(r"[0-9a-f]{80}", seed)


def test_a_recovery_code_works_once(clerk, recovery_codes):
    client = sign_in(clerk)
    client.post(FACTOR, {"code": recovery_codes[0]})
    assert is_in(client)
    other = sign_in(clerk)
    other.post(FACTOR, {"code": recovery_codes[0]})
    assert not is_in(other)


def test_wrong_codes_come_to_an_end_from_any_address_and_the_holder_is_told(clerk, secret, later):
    for nr in range(10):
        client = sign_in(clerk, REMOTE_ADDR=f"203.0.113.{nr}")
        client.post(FACTOR, {"code": "000000"})
    client = sign_in(clerk, REMOTE_ADDR="203.0.113.99")
    client.post(FACTOR, {"code": codes_now(secret)})
    assert not is_in(client)
    assert clerk.news.filter(what="factor_locked").count() == 1
    later(3600)
    client = sign_in(clerk)
    client.post(FACTOR, {"code": codes_now(secret)})
    assert is_in(client)


def test_fresh_proof_is_asked_before_a_factor_is_added_or_taken_away(clerk, secret):
    client = Client()
    prove(client, clerk, ago=3600)
    for address in ("totp/deactivate/", "webauthn/add/", "recovery-codes/", "recovery-codes/generate/"):
        page = client.get(f"/account/2fa/{address}")
        assert page.headers["Location"].startswith("/account/reauthenticate/?next=%2Faccount%2F2fa%2F"), (
            address
        )


def test_after_the_password_was_typed_again_the_page_opens(clerk, secret):
    client = Client()
    prove(client, clerk, ago=3600)
    asked = client.get("/account/2fa/totp/deactivate/").headers["Location"]
    back = client.post(asked, {"password": "three words and a bird", "next": "/account/2fa/totp/deactivate/"})
    assert back.headers["Location"] == "/account/2fa/totp/deactivate/"
    assert client.get(back.headers["Location"]).status_code == 200


def test_taking_the_app_away_closes_the_desk_again(clerk, secret, settings):
    settings.SECOND_FACTOR = True
    client = sign_in(clerk)
    client.post(FACTOR, {"code": codes_now(secret)})
    assert client.get("/desk/").status_code == 200
    client.post("/account/2fa/totp/deactivate/")
    assert client.get("/desk/").headers["Location"] == "/account/2fa/"


def test_a_resident_proves_with_a_code_from_the_telephone(messages_sent):
    client = Client()
    prove(client, first_sign_in("13912345678"), ago=3600)
    asked = client.get("/account/2fa/webauthn/add/").headers["Location"]
    assert asked.startswith("/account/reauthenticate/phone/")
    client.post(asked, {"phone": "13912345678"})
    code = re.search(r"\d{6}", messages_sent[-1][1]).group()
    back = client.post(asked, {"code": code, "next": "/account/2fa/webauthn/add/"})
    assert back.headers["Location"] == "/account/2fa/webauthn/add/"
    assert client.get(back.headers["Location"]).status_code == 200


def test_a_thief_of_an_open_session_gets_no_code_to_a_telephone_of_their_own(messages_sent):
    client = Client()
    prove(client, first_sign_in("13912345678"), ago=3600)
    assert client.post("/account/reauthenticate/phone/", {"phone": "13800000000"}).status_code == 422
    assert messages_sent == []


def test_three_wrong_codes_end_the_proof_by_telephone(messages_sent):
    client = Client()
    prove(client, first_sign_in("13912345678"), ago=3600)
    client.post("/account/reauthenticate/phone/", {"phone": "13912345678"})
    for _try in range(3):
        client.post("/account/reauthenticate/phone/", {"code": "1"})
    code = re.search(r"\d{6}", messages_sent[-1][1]).group()
    client.post("/account/reauthenticate/phone/", {"code": code})
    assert client.get("/account/2fa/webauthn/add/").status_code == 302
