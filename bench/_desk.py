"""A clerk at the desk and a machine with the clerk's token, as raw requests; and what their pages ask the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from _client import closed_loop, get, send
from _ground import percentile, serving
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


@dataclass(frozen=True)
class Page:
    """A page of the desk, who asks for it, and within how many milliseconds it should come (p95)."""

    label: str
    by: PostActor
    path: str
    limit: float


def timed_pages(
    database: str, pages: Sequence[Page], *, times: int, statements_wanted: int
) -> list[tuple[object, ...]]:
    """Each page asked so many times, one after the other: its row of a table with `HEAD` above it."""
    counts = [statements(page.by, page.path) for page in pages]
    browsers = {page.by.post.pk: Clerk.sitting(page.by) for page in pages}
    connection.close()
    rows: list[tuple[object, ...]] = []
    with serving(database) as server:
        port = urlsplit(server.url).port or 0
        for page, asked in zip(pages, counts, strict=True):
            request = browsers[page.by.post.pk].page(page.path)
            closed_loop(port, 1, lambda _n, request=request: request, most=5)
            run = closed_loop(port, 1, lambda _n, request=request: request, most=times)
            if set(run.statuses) != {200}:
                raise SystemExit(f"{page.label}: {dict(run.statuses)}")
            p50, p95 = percentile(run.milliseconds, 0.5), percentile(run.milliseconds, 0.95)
            rows.append(
                (page.label, asked, asked / statements_wanted, p50, p95, page.limit, p95 / page.limit)
            )
    return rows


def head(statements_wanted: int) -> tuple[str, ...]:
    """The headings of `timed_pages`."""
    return ("", "statements", f"of {statements_wanted}", "p50 ms", "p95 ms", "limit ms", "p95 of it")


def counted(asked: CaptureQueriesContext) -> int:
    """Statements that read or write; the brackets of a transaction are none."""
    brackets = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not each["sql"].startswith(brackets) for each in asked.captured_queries)


def _signed_in(by: PostActor) -> Client:
    client = Client(headers={"accept-language": "zh-hans", "host": "127.0.0.1"})
    client.force_login(by.holding.account)
    client.get("/desk/")  # chooses the hat
    return client
