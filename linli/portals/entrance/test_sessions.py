"""A session belongs to whoever signed in: its key changes with powers, and others end when something changes."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from linli.portals.entrance.conftest import (
    FACTOR,
    PASSWORD,
    SIGN_IN,
    codes_now,
    is_in,
    sign_in,
    with_password,
)
from linli.posts.accounts import close_account, end_sessions
from linli.residents.accounts import first_sign_in
from linli.residents.sessions import forget_expired
from tests.signing_in import prove

pytestmark = pytest.mark.django_db
NEW = "four other words instead"


def test_the_key_that_was_there_before_signing_in_is_worth_nothing_afterwards(clerk):
    client = Client()
    session = client.session
    session["somebody"] = "left this"
    session.save()
    planted = session.session_key
    sign_in(clerk, client=client)
    assert is_in(client)
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/desk/").status_code == 302


def test_a_key_that_a_client_invents_is_not_taken(clerk):
    client = Client()
    client.cookies["sessionid"] = "planted0planted0planted0planted0"
    sign_in(clerk, client=client)
    assert client.session.session_key != "planted0planted0planted0planted0"


def test_putting_on_another_hat_changes_the_key(world):
    client = Client()
    holding = world.by("chengguan_clerk").holding
    prove(client, holding.account)
    before = client.session.session_key
    client.post("/desk/hat/", {"hat": holding.pk})
    assert client.session.session_key != before
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("what", ["password", "totp"])
def test_changing_what_one_signs_in_with_ends_the_other_sessions_and_changes_the_key(clerk, secret, what):
    here, there = sign_in(clerk), sign_in(clerk)
    here.post(FACTOR, {"code": codes_now(secret)})
    there.post(FACTOR, {"code": codes_now(secret, 1)})
    assert is_in(here)
    assert there.get("/desk/").status_code == 200
    before = here.session.session_key
    if what == "password":
        here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    else:
        here.post("/account/2fa/totp/deactivate/")
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200
    assert here.session.session_key != before


def test_also_a_session_that_is_in_no_list_ends(clerk):
    unlisted = Client()
    unlisted.force_login(clerk)
    assert unlisted.get("/desk/").status_code == 200
    end_sessions(clerk)
    assert unlisted.get("/desk/").status_code == 302


def test_where_one_is_signed_in_is_listed_and_one_can_be_ended(clerk):
    here = sign_in(clerk, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537")
    there = sign_in(clerk, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/18 Safari/604")
    page = here.get("/account/2fa/").content.decode()
    assert "iPhone" in page
    assert "Windows" in page
    other = UserSession.objects.get(user=clerk, session_key=there.session.session_key)
    here.post("/account/sessions/end/", {"session": other.pk})
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_nobody_ends_somebody_elses_session(clerk, world):
    other = with_password(world.by("liuhe_clerk").holding.account)
    theirs = sign_in(other)
    mine = UserSession.objects.get(user=other)
    assert sign_in(clerk).post("/account/sessions/end/", {"session": mine.pk}).status_code == 404
    assert theirs.get("/desk/").status_code == 200


def test_all_others_end_at_once(clerk):
    here, there = sign_in(clerk), sign_in(clerk)
    here.post("/account/sessions/end-others/")
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_residents_have_a_list_too_and_no_password_page(client):
    prove(client, first_sign_in("13912345678"))
    page = client.get("/account/2fa/").content.decode()
    assert "/account/password/change/" not in page
    assert "/account/2fa/webauthn/add/" in page
    assert client.get("/account/password/change/").headers["Location"] == "/account/2fa/"


def test_a_closed_account_is_out_at_its_next_request(clerk, world):
    client = sign_in(clerk)
    assert client.get("/desk/").status_code == 200
    close_account(clerk, by=world.by("administrator"))
    assert client.get("/desk/").status_code == 302
    assert not is_in(sign_in(clerk))


def test_cookies_are_for_this_site_only_and_not_for_scripts(settings, clerk):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get(SIGN_IN)
    client.post(SIGN_IN, {"login": clerk.username, "password": PASSWORD})
    for name in ("sessionid", "csrftoken"):
        kept = client.cookies[name]
        assert (kept["secure"], kept["httponly"], kept["samesite"]) == (True, True, "Lax"), name


def test_https_is_the_default_for_cookies():
    text = (pytest.importorskip("linli.conf.settings").PACKAGE / "conf" / "settings.py").read_text()
    assert "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP" in text


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "/%0d%0aLocation:https://evil.example",
        "\thttps://evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(clerk, away):
    client = Client()
    page = client.post(
        f"{SIGN_IN}?next={away}", {"login": clerk.username, "password": PASSWORD, "next": away}
    )
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/")
    assert not page.headers["Location"].startswith(("//", "/\\"))
    assert "\n" not in page.headers["Location"]


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_proving_it_again_leads_nowhere_else(clerk, away):
    client = Client()
    prove(client, clerk, ago=3600)
    page = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": away})
    assert page.status_code == 302
    assert page.headers["Location"] == "/desk/"


def test_signing_in_and_changing_anything_needs_the_form_of_this_site(clerk):
    client = Client(enforce_csrf_checks=True)
    assert client.post(SIGN_IN, {"login": clerk.username, "password": PASSWORD}).status_code == 403
    client.force_login(clerk)
    for address in (
        "/account/password/change/",
        "/account/sessions/end-others/",
        "/account/2fa/totp/activate/",
    ):
        assert client.post(address, {}).status_code == 403, address


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST"])
def test_no_host_that_a_client_names_reaches_a_page_or_a_message(clerk, header, messages_sent):
    client = Client(**{header: "evil.example"})
    for address in (SIGN_IN, "/account/login/code/", "/account/signup/"):
        assert "evil.example" not in client.get(address).content.decode()
    client.post("/account/login/code/", {"phone": "13912345678"})
    assert "evil.example" not in str(messages_sent)


@pytest.mark.parametrize(
    "address", ["password/reset/", "password/set/", "email/", "confirm-email/x/", "3rdparty/"]
)
def test_there_is_no_reset_by_e_mail_to_poison(client, address):
    assert client.get(f"/account/{address}").status_code == 404


def test_sessions_that_are_over_leave_nothing_behind(clerk):
    over, here = sign_in(clerk), sign_in(clerk)
    Session.objects.filter(pk=over.session.session_key).update(expire_date=timezone.now())
    UserSession.objects.create(user=clerk, ip="203.0.113.1", session_key="gone-long-ago")
    assert forget_expired() == 1
    assert forget_expired() == 1  # of the list, what the first turn made an orphan
    assert forget_expired() == 0
    assert [each.session_key for each in UserSession.objects.filter(user=clerk)] == [here.session.session_key]


def test_in_the_demo_nothing_can_be_changed_and_the_page_says_so(world, settings):
    settings.DEMO = True
    client = Client()
    client.force_login(world.by("chengguan_clerk").holding.account)
    assert "演示" in client.get("/account/2fa/").content.decode()
    assert client.get("/account/2fa/webauthn/add/").status_code == 403


def test_large_type_is_found_again_in_the_next_browser_one_signs_in_with(clerk):
    first = Client()
    sign_in(clerk, client=first)
    first.post("/preferences/", {"care": "on"})
    assert sign_in(clerk).cookies["care"].value == "on"
    first.post("/preferences/", {"care": "off"})
    assert "care" not in sign_in(clerk).cookies
