"""Signing in for tests, quickly: a session that was just proven, without typing a password."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.test import Client


def prove(client: Any, account: Any, *, ago: float = 0) -> None:
    """Sign a test client in as an account that proved who it is so many seconds ago."""
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    record = {"method": "password", "at": time.time() - ago, "username": account.username}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(account)
    session.save()


def with_session(context: Any, url: str, account: Any) -> None:
    """Put a session into a browser, as if somebody had just typed their password (entrance/test_browser.py does)."""
    client, name = Client(), settings.SESSION_COOKIE_NAME
    prove(client, account)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
