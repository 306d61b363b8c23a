"""Single sign-on opens the account an administrator bound, and no other; a token that is not right opens none."""

import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from linli.base.errors import Conflict, NotYours
from linli.ledger.models import Entry
from linli.portals.entrance.conftest import FACTOR, codes_now, is_in, with_password
from linli.posts.accounts import bind_sign_on
from linli.posts.models import Account
from tests.oidc import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def provider(settings):
    provider = Provider("linli-test")
    settings.SIGN_ON_ISSUER = provider.issuer
    app = {
        "client_id": provider.client_id,
        "secret": "s",
        "settings": {"server_url": provider.issuer, "fetch_userinfo": False},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"sso": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    yield provider
    provider.stop()


@pytest.fixture
def bound(clerk, world):
    bind_sign_on(clerk, subject="clerk-1", by=world.by("administrator"))
    return clerk


def test_the_bound_subject_opens_its_account(provider, bound):
    client = Client()
    assert provider.visit(client).status_code == 302
    assert client.session["_auth_user_id"] == str(bound.pk)
    assert client.get("/desk/").status_code == 200


def test_the_request_carries_state_nonce_and_pkce_and_asks_for_no_profile(provider, bound):
    asked = parse_qs(urlsplit(Client().get("/account/sso/").headers["Location"]).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert set(asked["scope"][0].split()) == {"openid", "email"}
    assert asked["redirect_uri"] == ["http://testserver/account/sso/back/"]
    provider.visit(Client())
    assert provider.asked[0]["code_verifier"]


def test_nothing_in_the_address_changes_what_is_asked_for(provider, bound):
    away = Client().get(
        "/account/sso/?scope=admin&process=connect&auth_params=prompt%3Dnone&action=reauthenticate"
    )
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    assert set(asked["scope"][0].split()) == {"openid", "email"}
    assert "prompt" not in asked


WRONG = {
    "another audience": {"aud": "somebody-else"},
    "another audience beside ours, made for it": {"aud": ["linli-test", "other"], "azp": "other"},
    "another nonce": {"nonce": "planted"},
    "no nonce": {"nonce": None},
    "expired": {"exp": int(time.time()) - 600},
    "without an end": {"exp": None},
    "made in the future": {"nbf": int(time.time()) + 3600},
    "another issuer": {"iss": "https://evil.example"},
    "an unknown subject": {"sub": "clerk-2"},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_is_not_wholly_right_opens_nothing(provider, bound, wrong):
    provider.claims = WRONG[wrong]
    before = Account.objects.count()
    client = Client()
    assert provider.visit(client).status_code == 403
    assert not is_in(client)
    assert Account.objects.count() == before


def test_a_token_signed_with_another_key_opens_nothing(provider, bound):
    provider.key = rsa.generate_private_key(65537, 2048)
    client = Client()
    assert provider.visit(client).status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "s" * 32)])
def test_an_unsigned_token_or_one_signed_with_the_secret_opens_nothing(provider, bound, algorithm, key):
    provider.algorithm, provider.key = algorithm, key
    client = Client()
    assert provider.visit(client).status_code == 403
    assert not is_in(client)


def test_a_key_that_is_not_published_opens_nothing(provider, bound):
    provider.kid = "two"
    assert provider.visit(Client()).status_code == 403


def test_an_answer_to_another_browsers_request_opens_nothing(provider, bound):
    other = Client()
    away = parse_qs(urlsplit(other.get("/account/sso/").headers["Location"]).query)
    client = Client()
    assert provider.visit(client, state=away["state"][0]).status_code == 403
    assert not is_in(client)


def test_a_token_is_not_believed_a_second_time(provider, bound, monkeypatch):
    client = Client()
    provider.visit(client)
    token = provider.token()
    client.post("/account/logout/")
    monkeypatch.setattr(provider, "token", lambda: token)
    assert provider.visit(client).status_code == 403
    assert jwt.get_unverified_header(token)["alg"] == "RS256"


def test_a_provider_that_is_away_is_said_and_nobody_is_in(provider, bound):
    client = Client()
    begun = parse_qs(urlsplit(client.get("/account/sso/").headers["Location"]).query)
    provider.stop()
    assert Client().get("/account/sso/").status_code == 503
    assert client.get("/account/sso/back/", {"code": "c", "state": begun["state"][0]}).status_code == 503
    assert not is_in(client)


def test_a_verified_address_that_an_administrator_set_opens_its_account_and_binds_the_subject(
    provider, clerk, world
):
    bind_sign_on(clerk, email="Clerk@example.cn", by=world.by("administrator"))
    provider.claims = {"email": "clerk@example.cn", "email_verified": True, "sub": "s-9"}
    client = Client()
    provider.visit(client)
    assert client.session["_auth_user_id"] == str(clerk.pk)
    assert SocialAccount.objects.get(user=clerk).uid == "s-9"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_provider_has_not_verified_opens_nothing(provider, clerk, world, verified):
    bind_sign_on(clerk, email="clerk@example.cn", by=world.by("administrator"))
    provider.claims = {"email": "clerk@example.cn", "email_verified": verified}
    client = Client()
    assert provider.visit(client).status_code == 403
    assert not is_in(client)


def test_an_address_does_not_take_an_account_from_the_subject_it_is_bound_to(provider, clerk, world):
    bind_sign_on(clerk, subject="clerk-1", email="clerk@example.cn", by=world.by("administrator"))
    provider.claims = {"email": "clerk@example.cn", "email_verified": True, "sub": "somebody-new"}
    assert provider.visit(Client()).status_code == 403


def test_a_closed_account_stays_closed(provider, bound):
    Account.objects.filter(pk=bound.pk).update(is_active=False)
    client = Client()
    provider.visit(client)
    assert not is_in(client)


def test_the_second_factor_is_asked_here_too(provider, bound, secret):
    client = Client()
    assert provider.visit(client).headers["Location"] == FACTOR
    assert not is_in(client)
    client.post(FACTOR, {"code": codes_now(secret)})
    assert is_in(client)


def test_nothing_the_provider_tells_of_a_person_is_kept(provider, bound):
    provider.claims = {"name": "张三", "phone_number": "13912345678", "picture": "https://x"}
    provider.visit(Client())
    assert SocialAccount.objects.get(user=bound).extra_data == {}
    assert not SocialToken.objects.exists()


def test_binding_is_recorded_and_ends_what_was_open(clerk, world):
    client = Client()
    client.force_login(clerk)
    bind_sign_on(clerk, subject="clerk-1", by=world.by("administrator"))
    assert client.get("/desk/").status_code == 302
    assert Entry.objects.filter(name="posts.bind_sign_on").latest("pk").facts == {"account": clerk.pk}


def test_one_identity_opens_one_account(clerk, world):
    other = with_password(world.by("liuhe_clerk").holding.account)
    bind_sign_on(clerk, subject="clerk-1", email="a@example.cn", by=world.by("administrator"))
    for given in ({"subject": "clerk-1"}, {"email": "A@example.cn"}):
        with pytest.raises(Conflict):
            bind_sign_on(other, **given, by=world.by("administrator"))


def test_nobody_binds_their_own_account_nor_without_the_power(clerk, world):
    administrator = world.by("administrator")
    with pytest.raises(Conflict):
        bind_sign_on(administrator.holding.account, subject="me", by=administrator)
    with pytest.raises(NotYours):
        bind_sign_on(clerk, subject="me", by=world.by("liuhe_clerk"))


def test_without_a_provider_there_is_no_such_address(client):
    assert client.get("/account/sso/").status_code == 404
    assert "sso" not in client.get("/account/login/").content.decode()
