"""What changes in the rights changes at once, everywhere, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from django.db import connection
from django.test import Client

from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Case
from linli.cases.steps import steps_open_to
from linli.posts import powers, tokens
from linli.posts.actions import end
from linli.posts.actor import SystemActor
from linli.posts.may import Decision, may
from linli.posts.models import PostKind
from linli.posts.powers import post_rules
from linli.residents import purposes
from linli.residents.purposes import all_purposes, purposes_for
from tests import servers
from tests.scenes import a_case

KEYS = ("chengguan_clerk", "chengguan_dispatcher", "county_head", "administrator", "call_taker", "inspector")


def rights(world: Any, case: Case) -> set[tuple[str, str]]:
    """Everything that these posts may do in a case, at its place, and with whose data."""
    found = set()
    for key in KEYS:
        by = world.by(key)
        found |= {(key, step.name) for step in steps_open_to(by, case)}
        found |= {(key, each.name) for each in purposes_for(by.post.kind)}
        allowed = (name for name in post_rules() if may(by, name, within=case.code_now) is Decision.ALLOWED)
        found |= {(key, name) for name in allowed}
    return found


@pytest.mark.parametrize("purpose", [each.name for each in all_purposes()])
def test_widening_a_purpose_takes_no_right_away_elsewhere(
    purpose: str, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case.everywhere.get(number=a_case(world)["number"])
    before = rights(world, case)
    wider = replace(purposes.purpose_named(purpose), posts=frozenset(PostKind.values))
    monkeypatch.setitem(purposes._purposes, purpose, wider)
    assert before <= rights(world, case)


@pytest.mark.parametrize("power", ["matters.accept", "matters.dispatch", "posts.appoint", "exports.approve"])
def test_widening_a_power_gives_that_power_and_no_other(
    power: str, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case.everywhere.get(number=a_case(world)["number"])
    before = rights(world, case)
    monkeypatch.setitem(powers._rules, power, replace(post_rules()[power], kinds=frozenset(PostKind.values)))
    gained = rights(world, case) - before
    assert before <= rights(world, case)
    assert {name for _key, name in gained} <= {power, power.partition(".")[2]}


@pytest.mark.parametrize("key", KEYS)
def test_ending_the_appointment_ends_every_right(key: str, world: Any, client: Any) -> None:
    """At the desk and with a token, for reading and for acting."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    by = world.by(key)
    token = tokens.issue(by.holding, "test", by=SystemActor("test"))
    client.force_login(by.holding.account)
    end(by.holding, by=SystemActor("test"))
    for address in ("/desk/", "/desk/area/", f"/desk/cases/{case.number}/", "/desk/rights/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/desk/hat/"), address
    bearer = {"authorization": f"Bearer {token}"}
    assert client.get(f"/api/v1/matters/{case.number}", headers=bearer).status_code == 403
    assert client.get("/api/v1/matters", headers=bearer).status_code == 403


def test_deny_is_the_default() -> None:
    assert kind_of("matters").procedure.steps["accept"].posts == {"clerk"}
    assert powers.kinds_with("nothing.like.this") == frozenset()
    assert all(powers.kinds_with(f"{kind.name}.nothing") == frozenset() for kind in all_kinds())


# --- several processes --------------------------------------------------------------------------------------


@pytest.mark.server
def test_a_right_that_ends_in_one_process_has_ended_in_all(committed_world: Any) -> None:
    """PostgreSQL: two web processes; SQLite: the one there is. The process that ends it is another one."""
    world, database = committed_world, connection.settings_dict["NAME"]
    by = world.by("chengguan_clerk")
    case = Case.everywhere.get(number=a_case(world)["number"])
    browser = Client()
    browser.force_login(by.holding.account)
    seen = {
        f"/api/v1/matters/{case.number}": {
            "Authorization": f"Bearer {tokens.issue(by.holding, 'test', by=SystemActor('test'))}"
        },
        f"/desk/cases/{case.number}/": {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"},
    }
    running = [servers.start(database) for _process in range(2 if connection.vendor == "postgresql" else 1)]
    try:
        for server in running:
            assert [status(server.url + address, said) for address, said in seen.items()] == [200, 200]
        end(by.holding, by=world.by("administrator"))
        for server in running:
            assert [status(server.url + address, said) for address, said in seen.items()] == [403, 302]
    finally:
        for server in running:
            server.stop()


class Still(HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_args: Any) -> None:
        """The redirect itself is the answer."""


def status(address: str, headers: dict[str, str]) -> int:
    """What whoever asks with these headers gets."""
    try:
        with build_opener(Still).open(Request(address, headers=headers), timeout=20) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
