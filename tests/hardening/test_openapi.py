"""Schemathesis on the whole OpenAPI: whatever fits the document or does not, no failure, and answers as it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache as counts
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from linli.cases.follow import follow_code
from linli.cases.kinds import all_kinds
from linli.cases.models import Case, Category
from linli.conf.wsgi import application
from linli.kinds.matters import actions
from linli.portals.api.document import document, steps_by_people
from linli.posts import tokens
from linli.posts.actor import PartyActor, SystemActor

pytestmark = pytest.mark.thorough

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
WHO = ["", "code", "chengguan_clerk", "chengguan_dispatcher", "chengguan_checker", "power", "county_head"]
AUTHORITIES = ("Authorization", "X-Follow-Code")
SEED = 20261125
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@cache
def _operations() -> dict[str, Any]:
    """Every operation of the document by its id."""
    schema = from_dict(document())
    schema.app = application
    found = (each.ok() for each in schema.get_all_operations())
    return {operation.definition.raw["operationId"]: operation for operation in found}


def _ids() -> list[str]:
    """The same ids, known before there is a database."""
    found = ["openapi"]
    for kind in all_kinds():
        found += [f"{kind.name}.{kind.procedure.opening.name}", f"{kind.name}.list", f"{kind.name}.read"]
        found += [f"{kind.name}.papers", f"{kind.name}.paper"]
        for step in steps_by_people(kind):
            found += [f"{kind.name}.ask_{step.name}", f"{kind.name}.{step.name}"]
    return found


@pytest.fixture(autouse=True)
def _connection_stays() -> Iterator[None]:
    """As Django's own test client does: a request ends, the transaction of the test does not."""
    ends = (request_started, request_finished)
    for each in ends:
        each.disconnect(close_old_connections)
    yield
    for each in ends:
        each.connect(close_old_connections)


@dataclass
class Scene:
    """Cases of the demo county in their stages, and who may ask about them."""

    numbers: list[str]
    codes: dict[str, str]
    secrets: dict[str, str]

    def headers(self, who: str, number: str) -> dict[str, str]:
        """How somebody says who they are."""
        if who == "code":
            return {"X-Follow-Code": self.codes.get(number, "ACDEFGH3")}
        return {"Authorization": f"Bearer {self.secrets[who]}"} if who else {}


@pytest.fixture
def scene(world: Any, settings: Any) -> Scene:
    """Five matters, from just reported to checked; tokens of those who deal with them."""
    settings.INTAKE_PER_MINUTE = 1_000_000
    lamp, numbers = Category.objects.get(code="0201"), []
    by = {key: world.by(key) for key in WHO[2:]}
    for steps in range(5):
        opened = actions.report(
            by=PartyActor("reporter"), text="三号楼楼下的路灯坏了。", division=world.place("东门社区第一网格")
        )
        case = Case.everywhere.get(pk=opened.case)
        numbers.append(case.number)
        matter = case.matter
        turns = [
            lambda m=matter: actions.accept(m, by=by["chengguan_clerk"], seen=1, category=lamp),
            lambda m=matter: actions.dispatch(
                m, by=by["chengguan_dispatcher"], seen=2, to=world.posts["power"]
            ),
            lambda m=matter: actions.handle(m, by=by["power"], seen=3, result="换了灯泡，已亮。"),
            lambda m=matter: actions.check(m, by=by["chengguan_checker"], seen=4),
        ]
        for turn in turns[:steps]:
            turn()
    cases = Case.everywhere.in_bulk(numbers, field_name="number")
    secrets = {key: tokens.issue(each.holding, "test", by=SystemActor("test")) for key, each in by.items()}
    return Scene(numbers, {n: follow_code(each.pk) for n, each in cases.items()}, secrets)


@contextmanager
def undone() -> Iterator[None]:
    """What one request changed is not there for the next."""
    counts.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def holds(name: str, scene: Scene, examples: int) -> None:
    """Send requests that fit the document and some that do not; hold every answer against it."""
    operation = _operations()[name]
    fitting, other = (operation.as_strategy(generation_mode=mode) for mode in MODES)

    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(fitting, other) if _can_be_wrong(operation) else fitting,
        who=st.sampled_from(WHO),
        real=st.sampled_from([*scene.numbers, *scene.numbers, ""]),
        seen=st.sampled_from([1, 2, 3, 4, 5, None]),
    )
    def sent(case: Any, who: str, real: str, seen: int | None) -> None:
        if real and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = real
        if seen and isinstance(case.body, dict) and not name.endswith(".report"):
            case.body["seen"] = seen
        said = scene.headers(who, str((case.path_parameters or {}).get("number")))
        for each in AUTHORITIES if said else ():
            (case.headers or {}).pop(each, None)
        with undone():
            answer = case.call(headers=said)
        case.validate_response(answer, checks=CHECKS)

    sent()


def _can_be_wrong(operation: Any) -> bool:
    """Whether there is anything in it that could not fit."""
    return operation.method.upper() == "POST"


@pytest.mark.parametrize("name", _ids())
def test_the_api_answers_as_its_document_says(name: str, scene: Scene) -> None:
    holds(name, scene, 6)


@pytest.mark.nightly
@pytest.mark.parametrize("name", _ids())
def test_the_api_answers_as_its_document_says_for_long(name: str, scene: Scene) -> None:
    holds(name, scene, 200)


def test_every_operation_is_tried(world: Any) -> None:
    assert set(_operations()) == set(_ids())
