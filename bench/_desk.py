"""A clerk at the desk and a machine with the clerk's token, as raw requests; and what their pages ask the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import _ground  # noqa: F401  lays the environment
from _client import get, send
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.posts import tokens
from linli.posts.actor import PostActor, SystemActor

CSRF = "b" * 32


@dataclass(frozen=True)
class Clerk:
    """A signed-in browser's cookies and a token, both for one post."""

    cookies: str
    token: str

    @staticmethod
    def sitting(by: PostActor) -> Clerk:
        """Sign the holder in and issue a token."""
        client = _signed_in(by)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        return Clerk(cookies, tokens.issue(by.holding, "bench", by=SystemActor("bench")))

    def page(self, path: str) -> bytes:
        """The clerk's browser asks for a page."""
        return get(path, Cookie=self.cookies)

    def form(self, path: str, values: Mapping[str, object]) -> bytes:
        """The clerk's browser sends a form."""
        body = urlencode({**values, "csrfmiddlewaretoken": CSRF}).encode()
        return send(path, body, "application/x-www-form-urlencoded", Cookie=self.cookies)

    def json(self, path: str, body: bytes) -> bytes:
        """The machine sends JSON with the token."""
        return send(path, body, Authorization=f"Bearer {self.token}")


def statements(by: PostActor, path: str, values: Mapping[str, object] | None = None) -> int:
    """How many SQL statements a page (or a sent form) of the desk takes, session and all."""
    client = _signed_in(by)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path) if values is None else client.post(path, values)
    if answer.status_code >= 400:
        raise SystemExit(f"{path}: {answer.status_code}")
    return counted(asked)


def counted(asked: CaptureQueriesContext) -> int:
    """Statements that read or write; the brackets of a transaction are none."""
    brackets = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not each["sql"].startswith(brackets) for each in asked.captured_queries)


def _signed_in(by: PostActor) -> Client:
    client = Client(headers={"accept-language": "zh-hans", "host": "127.0.0.1"})
    client.force_login(by.holding.account)
    client.get("/desk/")  # chooses the hat
    return client
