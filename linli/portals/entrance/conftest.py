"""People at the entrance: somebody with a password, an app on the telephone that shows the right code."""

import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from linli.portals.resident.conftest import messages_sent  # noqa: F401  a fixture
from linli.web import limits

PASSWORD = "three words and a bird"
SIGN_IN, FACTOR = "/account/login/", "/account/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clerk(world):
    """A clerk's account with a password of its own."""
    return with_password(world.by("chengguan_clerk").holding.account)


def with_password(account):
    account.set_password(PASSWORD)
    account.save()
    return account


def codes_now(secret, ahead=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


@pytest.fixture
def secret(clerk):
    """The clerk has an app; this is its key."""
    key = generate_totp_secret()
    TOTP.activate(clerk, key)
    return key


@pytest.fixture
def recovery_codes(clerk, secret):
    return RecoveryCodes.activate(clerk).generate_codes()


def sign_in(account, password=PASSWORD, client=None, **more):
    client = client or Client(**more)
    client.post(SIGN_IN, {"login": account.username, "password": password})
    return client


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def later(monkeypatch):
    """Move the clock of the limits on by so many seconds."""
    real = time.time

    def move(seconds):
        monkeypatch.setattr(limits.time, "time", lambda: real() + seconds)

    return move
