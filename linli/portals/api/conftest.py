"""What the API's tests share: clients by door, matters in their states, and no rate limit in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from linli.cases.follow import follow_code
from linli.cases.models import Case, Category
from linli.kinds.matters import actions
from linli.posts import tokens
from linli.posts.actor import PartyActor, SystemActor

LAMP = "三号楼楼下的路灯坏了三天，晚上看不见路。"
HOME = "东门社区第一网格"
MATTERS = "/api/v1/matters"


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    cache.clear()
    settings.INTAKE_PER_MINUTE = 10_000


@pytest.fixture
def send(client: Client) -> Callable[..., Any]:
    """POST JSON: `send(address, body, **headers)`."""

    def post(address: str, body: Any, **headers: str) -> Any:
        return client.post(address, body, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def token_of(world: Any) -> Callable[[str], dict[str, str]]:
    """The Authorization header of a sitter of the demo county."""

    def header(key: str) -> dict[str, str]:
        secret = tokens.issue(world.by(key).holding, "test", by=SystemActor("test"))
        return {"Authorization": f"Bearer {secret}"}

    return header


@pytest.fixture
def reported(world: Any) -> Case:
    """A matter that has just been reported in the home grid."""
    opened = actions.report(by=PartyActor("reporter"), text=LAMP, division=world.place(HOME))
    return Case.everywhere.get(pk=opened.case)


@pytest.fixture
def accepted(world: Any, reported: Case) -> Case:
    """The same, accepted."""
    lamp = Category.objects.get(code="0201")
    actions.accept(reported.matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    return Case.everywhere.get(pk=reported.pk)


@pytest.fixture
def checked(world: Any, accepted: Case) -> Case:
    """The same, dispatched, handled and checked: the reporter has the word."""
    matter = accepted.matter
    actions.dispatch(matter, by=world.by("chengguan_dispatcher"), seen=2, to=world.posts["power"])
    actions.handle(matter, by=world.by("power"), seen=3, result="换了灯泡，已亮。")
    actions.check(matter, by=world.by("chengguan_checker"), seen=4)
    return Case.everywhere.get(pk=accepted.pk)


def address_of(case: Case, step: str = "") -> str:
    """Where the API has a case, or a step of it."""
    return f"{MATTERS}/{case.number}" + (f"/{step}" if step else "")


def code_of(case: Case) -> dict[str, str]:
    """The header that opens a case to its reporter."""
    return {"X-Follow-Code": follow_code(case.pk)}
