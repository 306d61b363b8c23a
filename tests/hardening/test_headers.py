"""What every answer says to a browser: pages, JSON, files, redirects, refusals, and what never reaches a view."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.doors import DOORS
from tests.hardening.doorways import ROUTES, address_of, visitor, went
from tests.reading import REPOSITORY

pytestmark = [pytest.mark.thorough, pytest.mark.once]

SAID = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Alike for everybody: the borders of places, and the script that stands in for the field app without signal.
FOR_ALL = {"web/tiles/<int:z>/<int:x>/<int:y>/", "field/sw.js"}
NOBODY_ELSE = re.compile(r"no-store|private")
ELSEWHERE = [
    *("/static/web/linli.css", "/static/web/linli.js", "/static/nothing.css", "/healthz", "/readyz"),
    *("/nothing", "/api/v1/nothing", "/open311/v2/nothing", "/exchange/nothing", "/desk", "/account/login/"),
    *("/account/password/change/", "/photos/00000000-0000-0000-0000-000000000000/", "/follow/%00/", "/%FF"),
]


def lacking(answer: HttpResponse, *, public: bool = False) -> list[str]:
    """Which protections an answer is without."""
    found = [name for name, value in SAID.items() if answer.get(name) != value]
    policy = answer.get("Content-Security-Policy", "")
    directives = {each.partition(" ")[0]: each.partition(" ")[2] for each in policy.split("; ")}
    for name in ("default-src", "frame-ancestors", "base-uri"):
        found += [] if directives.get(name) == "'none'" else [f"CSP {name}"]
    found += ["CSP unsafe"] if "unsafe" in policy or "*" in policy or "http:" in policy else []
    found += ["Access-Control-Allow-Origin"] if "Access-Control-Allow-Origin" in answer else []
    found += [name for name in ("Server", "X-Powered-By", "Via") if name in answer]
    kept = answer.get("Cache-Control", "")
    found += (
        [] if answer.status_code == 304 or public or NOBODY_ELSE.search(kept) else [f"Cache-Control {kept}"]
    )
    return found


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_says_it_to_whoever_may_open_it(route: str, world: Any) -> None:
    door = DOORS[route]
    answer = went(visitor(world, door), address_of(route, door, world), door)
    assert lacking(answer, public=route in FOR_ALL) == []


@pytest.mark.parametrize("route", ROUTES)
def test_every_refusal_says_it_too(route: str, world: Any, client: Client) -> None:
    door = DOORS[route]
    address = address_of(route, door, world)
    for answer in (client.get(address), client.post(address), client.put(address), client.options(address)):
        assert lacking(answer, public=route in FOR_ALL) == [], answer.status_code


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_reaches_no_door_says_it_too(address: str, world: Any, client: Client) -> None:
    assert lacking(client.get(address), public=address.startswith("/static/web")) == []


def test_a_strange_host_a_failure_and_a_redirect_to_https_say_it_too(
    world: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    strange = client.get("/", headers={"Host": "evil.example"})
    assert (strange.status_code, lacking(strange)) == (400, [])
    with monkeypatch.context() as broken:
        broken.setattr("linli.portals.resident.reporting.open_kinds", lambda: 1 / 0)
        failed = client.get("/")
    assert (failed.status_code, lacking(failed)) == (500, [])
    settings.SECURE_SSL_REDIRECT = True
    redirected = Client().get("/report/")
    assert (redirected.status_code, lacking(redirected)) == (301, [])


def test_a_failure_shows_nothing_of_the_program(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.portals.resident.reporting.open_kinds", lambda: {}["a secret of ours"])
    shown = Client(raise_request_exception=False).get("/").content.decode()
    assert not re.search(
        r"Traceback|KeyError|a secret of ours|site-packages|linli\.portals|django", shown, re.I
    )


def place_says(*names: str, **environment: str) -> list[str]:
    """Settings as a place with this environment has them."""
    program = "from django.conf import settings; print(*[repr(getattr(settings, n)) for n in %r], sep='\\n')"
    keys = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_PLAIN")}
    done = subprocess.run(
        [sys.executable, "-c", program % (names,)],
        env={**keys, **environment},
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    return done.stdout.splitlines()


def test_a_place_has_strict_cookies_and_strict_transport_by_itself() -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert place_says(*names) == ["'__Host-session'", "'__Host-csrf'", "True", "True"]
    names = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG", "ALLOWED_HOSTS")
    assert place_says(*names) == ["True", "31536000", "False", "['localhost', '127.0.0.1']"]
    # What __Host- demands of a cookie.
    assert place_says("SESSION_COOKIE_PATH", "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN") == [
        "'/'",
        "None",
        "None",
    ]
    assert place_says("SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE") == ["True", "'Lax'"]
