"""Requests that are not what they say: forged by another site, under another host, leading elsewhere."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from linli.cases.models import Case
from linli.conf import logs
from linli.ledger.models import Entry
from tests.doors import DOORS
from tests.hardening.doorways import ROUTES, address_of, names_read, visitor, went

pytestmark = [pytest.mark.thorough, pytest.mark.once]

MACHINES = ("api/", "open311/", "exchange/")
PAGES = [route for route in ROUTES if not route.startswith(MACHINES) or route == "api/v1/docs"]
ELSEWHERE = [
    *("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        "https:evil.example",
        "http:///evil.example",
        "/%09/evil.example",
    ),
    *(
        "\t//evil.example",
        "／／evil.example",
        "https://testserver@evil.example",
        "https://testserver.evil.example",
    ),
]
LIES = {
    "X-Forwarded-Host": "evil.example",
    "X-Host": "evil.example",
    "Forwarded": "host=evil.example;proto=http;for=192.0.2.1",
    "X-Forwarded-Server": "evil.example",
    "X-Original-URL": "/desk/exports/",
    "X-Rewrite-URL": "/desk/exports/",
    "X-HTTP-Method-Override": "DELETE",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "6666",
}
FORM = "application/x-www-form-urlencoded"
FORGED_ORIGINS = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Referer": "https://evil.example/"},
]


def leaves(location: str) -> bool:
    """Whether a browser that follows this leaves the place."""
    told = re.sub(r"[\t\r\n]", "", location).replace("\\", "/")
    parts = urlsplit(told)
    return bool(parts.scheme or parts.netloc or told.startswith("//")) and parts.netloc != "testserver"


@pytest.mark.parametrize("route", PAGES)
def test_no_other_site_makes_a_browser_send_a_form(route: str, world: Any) -> None:
    door = DOORS[route]
    address = address_of(route, door, world)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(world.by(door.right_power).holding.account)
    before = Entry.objects.count(), Case.everywhere.count()
    for forged in FORGED_ORIGINS:
        body = {**dict(door.data), "csrfmiddlewaretoken": "x" * 64}
        answer = client.post(address, body, headers=forged)
        assert answer.status_code in {403, 404, 405}, (forged, answer.status_code)
    # What a browser may send from anywhere, unasked for a token; whoever fetches a PDF, by HEAD too, is noted for it.
    for method in ("OPTIONS", "TRACE") if route.endswith("/pdf/") else ("HEAD", "OPTIONS", "TRACE"):
        asked = client.generic(method, address, urlencode(dict(door.data)), content_type=FORM)
        assert asked.status_code < 500, (method, asked.status_code)
    assert (Entry.objects.count(), Case.everywhere.count()) == before


@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith(MACHINES)])
def test_a_session_is_no_authority_at_the_doors_for_machines(route: str, world: Any) -> None:
    """These check no CSRF token, so a browser's session must open nothing there."""
    door = DOORS[route]
    address = address_of(route, door, world)
    alone, signed_in = Client(), visitor(world, door)
    for method in ("get", "post"):
        cache.clear()
        assert getattr(alone, method)(address).status_code == getattr(signed_in, method)(address).status_code


@pytest.mark.parametrize("route", PAGES)
def test_nothing_in_a_parameter_leads_away(route: str, world: Any) -> None:
    door = DOORS[route]
    address, client = address_of(route, door, world), visitor(world, door)
    with names_read() as read:
        went(client, address, door)
        client.post(address, dict(door.data))
    for name in sorted({*read, "next", "back", "url"}):
        given = {**dict(door.data), name: "//evil.example"}
        for answer in (client.get(address, given), client.post(address, given)):
            assert not leaves(answer.get("Location", "")), name


@pytest.mark.parametrize("value", ELSEWHERE)
def test_no_way_of_writing_another_site_leads_there(value: str, world: Any, client: Client) -> None:
    kept = client.post("/preferences/", {"next": value, "care": "on"})
    assert not leaves(kept["Location"])
    page = client.get("/nothing", headers={"Referer": value}).content.decode()
    assert [link for link in re.findall(r'href="([^"]*)"', page) if leaves(link) and "evil" in link] == []


@pytest.mark.parametrize("route", ROUTES)
def test_what_a_proxy_might_say_is_not_believed_from_anybody(route: str, world: Any) -> None:
    door = DOORS[route]
    address, client = address_of(route, door, world), visitor(world, door)
    plain = client.get(address)
    cache.clear()
    lied = client.get(address, headers=LIES)
    assert (lied.status_code, lied.get("Location")) == (plain.status_code, plain.get("Location"))
    if not lied.streaming:
        assert b"evil" not in lied.content
    assert "evil" not in str(lied.headers)


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP"]
)
def test_no_header_makes_one_visitor_many(name: str, world: Any, client: Client, settings: Any) -> None:
    settings.INTAKE_PER_MINUTE = 2
    cache.clear()
    sent = [
        client.post(
            "/api/v1/matters",
            {"text": "灯坏了"},
            content_type="application/json",
            headers={name: f"203.0.113.{last}" if name != "Forwarded" else f"for=203.0.113.{last}"},
        ).status_code
        for last in range(4)
    ]
    assert sent == [201, 201, 429, 429]
    cache.clear()


# --- more than the form asks -------------------------------------------------------------------------------

HIDDEN = {
    *(
        "by",
        "at",
        "id",
        "pk",
        "case",
        "stage",
        "version",
        "number",
        "kind",
        "code_now",
        "code_then",
    ),
    *(
        "due",
        "closed_at",
        "outcome",
        "reporter",
        "recorded_at",
        "opened_by",
        "channel",
        "origin",
        "handler",
        "lead",
    ),
    *("is_staff", "is_superuser", "post", "holding", "seen_by", "origin_key", "same", "__class__", "_state"),
}


def test_a_report_takes_nothing_that_its_form_does_not_ask(world: Any, client: Client) -> None:
    cache.clear()
    for name in sorted(HIDDEN):
        for value in ("1", 1, {"id": 1}, [1], None, True):
            body = json.dumps({"text": "灯坏了", name: value})
            answer = client.post("/api/v1/matters", body, content_type="application/json")
            assert answer.status_code in {422, 429}, (name, value)
            cache.clear()
    assert not Case.everywhere.exists()


def test_a_page_says_itself_by_which_way_a_report_came(world: Any, client: Client) -> None:
    cache.clear()
    given = dict.fromkeys(HIDDEN, "1") | {"text": "灯坏了", "channel": "telephone", "own": "yes"}
    given |= {
        "division": world.place("东门社区第一网格").trimmed,
        "recorded_at": "2001-01-01",
        "at": "2001-01-01",
    }
    client.post("/report/matters/", given)
    case = Case.everywhere.get()
    assert (case.channel, case.version, case.opened_by, case.stage) == ("web", 1, None, "reported")
    assert case.at.year > 2001


def test_a_name_that_stands_twice_is_refused(world: Any, client: Client) -> None:
    cache.clear()
    for body in ('{"text": "a", "text": "b"}', '{"text": "a", "contact": {"name": "x", "name": "y"}}'):
        assert client.post("/api/v1/matters", body, content_type="application/json").status_code == 400


# --- lines in logs -----------------------------------------------------------------------------------------


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What went to the log since, as the place writes it."""
    caplog.set_level(logging.DEBUG)
    form = logging.Formatter("{asctime} {levelname} {name} {message}", style="{")

    def lines() -> list[str]:
        one_line = logs.OneLineForRefusals()
        return [form.format(record) for record in caplog.records if one_line.filter(record)]

    return lines


@pytest.mark.parametrize(
    "odd",
    ["%0d%0aERROR%20forged", "%1b[2J%1b[31m", "%E2%80%A8forged", "%C2%85forged", "%00", "%E2%80%AEdegrof"],
)
def test_no_address_writes_lines_of_its_own_into_the_log(odd: str, world: Any, written: Any) -> None:
    client = Client(raise_request_exception=False)
    for address in (f"/{odd}", f"/api/v1/{odd}", f"/follow/{odd}/", f"/desk/cases/{odd}/", f"/account/{odd}"):
        client.get(address)
        client.post(address, {odd: odd}, headers={"User-Agent": "x\x1b[31m", "Referer": odd})
    client.get("/", headers={"Host": "evil\x1b[31m.example"})
    for line in written():
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029\u202a-\u202e]", line), repr(line)
