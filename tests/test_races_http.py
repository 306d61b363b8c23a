"""Several people at once through a real server: one wins, the others learn why, and nobody breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.posts import tokens
from linli.posts.actor import PartyActor, SystemActor
from tests.load import NO_LIMIT, PATH, nothing_is_half_done
from tests.servers import Server

pytestmark = pytest.mark.server
CLIENTS = 8
HOME = "东门社区第一网格"
BODY = {"text": "三号楼楼下的路灯坏了三天。", "contact": {"phone": "13912345678"}}

AtOnce = Callable[[list[Callable[[], object]]], list[Any]]


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    """Without the limit of reports per address: all of them come from here."""
    return start_server(LINLI_INTAKE_PER_MINUTE=NO_LIMIT)


def _posting(url: str, body: dict[str, Any], **headers: str) -> Callable[[], httpx.Response]:
    given = {
        "Accept-Language": "zh-hans",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return lambda: httpx.post(url, json=body, headers=given, timeout=20)


@pytest.mark.parametrize("keys", [["chengguan_clerk"], ["chengguan_clerk", "county_clerk"]])
def test_eight_clients_on_one_matter_one_wins_and_the_others_get_a_sentence(
    committed_world: Any, start_server: Callable[..., Server], at_once: AtOnce, keys: list[str]
) -> None:
    secrets = [tokens.issue(committed_world.by(key).holding, "race", by=SystemActor("test")) for key in keys]
    home = committed_world.place(HOME)
    opened = [
        actions.report(by=PartyActor("reporter"), text="路灯坏了", division=home) for _matter in range(10)
    ]
    server = start_server()
    for matter in opened:
        url = f"{server.url}{PATH}/{matter.number}/refuse"
        body = {"reason": "不属于本区域", "seen": 1}
        racers = [
            _posting(url, body, Authorization=f"Bearer {secrets[n % len(keys)]}") for n in range(CLIENTS)
        ]
        answers = at_once(racers)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}
        losers = [answer.json()["error"] for answer in answers if answer.status_code == 409]
        assert all(len(error["sentence"]) > 5 for error in losers)
        assert Entry.objects.filter(about=matter.case, name="matters.refuse").count() == 1
        assert Case.everywhere.get(pk=matter.case).version == 2


@pytest.mark.parametrize("clients", [2, CLIENTS])
def test_the_same_report_at_once_is_one_matter(server: Server, at_once: AtOnce, clients: int) -> None:
    before = Case.everywhere.count()
    for number in range(5):
        answers = at_once([_posting(server.url + PATH, BODY, Idempotency_Key=f"same-{number}")] * clients)
        assert sorted(answer.status_code for answer in answers) == [200] * (clients - 1) + [201]
        assert len({answer.text for answer in answers}) == 1, "all get the same receipt"
    assert Case.everywhere.count() == before + 5
    nothing_is_half_done()


def test_one_key_with_different_bodies_at_once_is_one_matter_and_a_sentence(
    server: Server, at_once: AtOnce
) -> None:
    before = Case.everywhere.count()
    bodies = [{**BODY, "text": f"第{number}种说法"} for number in range(CLIENTS)]
    answers = at_once([_posting(server.url + PATH, body, Idempotency_Key="one") for body in bodies])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (CLIENTS - 1)
    assert all(answer.json()["error"]["sentence"] for answer in answers if answer.status_code == 409)
    assert Case.everywhere.count() == before + 1


def test_reports_at_once_without_a_key_are_each_their_own_matter(server: Server, at_once: AtOnce) -> None:
    before = Case.everywhere.count()
    answers = at_once([_posting(server.url + PATH, BODY)] * CLIENTS)
    assert [answer.status_code for answer in answers] == [201] * CLIENTS
    assert len({answer.json()["number"] for answer in answers}) == CLIENTS
    assert Case.everywhere.count() == before + CLIENTS
    nothing_is_half_done()
