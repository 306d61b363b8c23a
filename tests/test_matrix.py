"""The generated matrix of rights: what every kind of post gets at every address and every operation of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from linli.cases.models import Case
from linli.posts import tokens
from linli.posts.actor import SystemActor
from tests import matrix, oracle
from tests.answers import Answer, Door
from tests.doors import DOORS
from tests.matrix import MARKERS, POSITIONS, Visitor, answered, expected, give_task, sampled, visitors
from tests.oracle import Matter, Who
from tests.scenes import a_case

pytestmark = pytest.mark.thorough

DESK = {route: door for route, door in DOORS.items() if route.startswith(("desk/", "field/", "command/"))}
# Addresses at which the row of doors says less than there is to say; each has tests of its own beside the code.
OWN_ROWS = {
    "desk/report/<slug:kind>/<slug:step>/": "a mediator's alone, and none is sent to the doors",
    "desk/filters/<int:key>/": "a filter is its owner's alone",
    "command/shifts/<uuid:key>/take-over/": "a shift book is its centre's alone",
    "command/alerts/<int:key>/seen/": "alerts are their centre's alone",
    "command/alerts/rules/<int:key>/end/": "alert rules are their centre's alone",
    "desk/cases/<str:number>/note/<uuid:note>/": "a note is its author's alone",
    "desk/exports/<uuid:key>/file/": "a file is fetched by who asked for it alone",
    "desk/templates/<int:key>/retire/": "a template belongs to posts of its own area",
    "desk/catalogue/<slug:kind>/<slug:table>/upload/<uuid:key>/": "an upload is whose it is",
    "desk/catalogue/<slug:kind>/<slug:table>/upload/<uuid:key>/faults/": "an upload is whose it is",
    **{
        f"desk/exchange/<slug:code>/sheets/{rest}": "what was sent in is whose it is, until it is taken in"
        for rest in ("form/<uuid:key>/", "map/<uuid:key>/", "in/<uuid:key>/", "in/<uuid:key>/bad/")
    },
}
SHARES = 4
# Who sees a case because of a task may put its caller through to a body: nothing about a person is shown there.
BY_TASK = {
    *("desk/cases/<str:number>/put-through/", "command/cases/<str:number>/"),
    "command/cases/<str:number>/decide/",
}


def areas(routes: dict[str, Door], world: Any) -> dict[str, dict[str, Door]]:
    """The addresses by the post in whose area their thing lies."""
    found: dict[str, dict[str, Door]] = {}
    for route, door in routes.items():
        own = world.by(door.right_power).post.division.trimmed
        found.setdefault(own, {})[route] = door
    return found


@pytest.mark.parametrize("share", range(SHARES))
def test_a_post_gets_at_every_address_what_its_row_says(share: int, world: Any) -> None:
    """Every kind of post in the own area, and with and without the power in the others."""
    assert differing(share, world, sampled) == []


@pytest.mark.nightly
@pytest.mark.parametrize("share", range(SHARES))
def test_every_kind_of_post_gets_at_every_address_what_its_row_says(share: int, world: Any) -> None:
    assert differing(share, world, lambda people, _route: people) == []


def differing(share: int, world: Any, chosen: Callable[[list[Visitor], str], list[Visitor]]) -> list[object]:
    """What came out otherwise than its row says, for a share of the addresses."""
    routes, wrong = sorted(set(DESK) - set(OWN_ROWS))[share::SHARES], []
    for doors in areas({route: DESK[route] for route in routes}, world).values():
        people = visitors(world.by(next(iter(doors.values())).right_power).post.division)
        for route, door in doors.items():
            with transaction.atomic():
                filled = door.fill(world)
                wrong += [
                    miss for each in chosen(people, route) if (miss := missed(route, door, each, filled))
                ]
                transaction.set_rollback(True)
    return wrong


def missed(route: str, door: Door, visitor: Visitor, filled: dict[str, Any]) -> tuple[object, ...] | None:
    """What differs from the row, or what a refusal gave away."""
    cache.clear()
    must = expected(route, door, visitor)
    got, text = answered(route, door, visitor, filled)
    told = [marker for marker in MARKERS if marker in text] if got is not Answer.OPEN else []
    if got is must and not told:
        return None
    return route, visitor.kind, visitor.position, must.name, got.name, told


def test_the_addresses_with_rows_of_their_own_are_few_and_there() -> None:
    assert set(OWN_ROWS) <= set(DESK)


# --- with a task --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "route", [route for route in DESK if "<str:number>/" in route and route.count("<") == 1]
)
def test_a_task_opens_the_case_to_its_post_and_no_more(route: str, world: Any) -> None:
    """Outside its area the post reads the case it has to do with; the contact stays shut."""
    door, wrong = DESK[route], []
    case = Case.everywhere.get(number=a_case(world)["number"])
    for visitor in sampled(visitors(world.place("城关街道")), route):
        with transaction.atomic():
            give_task(case, visitor)
            cache.clear()
            got, text = answered(route, door, visitor, {"number": case.number})
            transaction.set_rollback(True)
        must = expected(route, door, visitor)
        opens = door.answers[2] is Answer.OPEN or (
            route in BY_TASK and visitor.kind in matrix.entitled(route)
        )
        if must is Answer.HIDDEN and opens:
            must = Answer.OPEN
        if got is not must and not (must is Answer.HIDDEN and got is Answer.REFUSED):
            wrong.append((visitor.kind, visitor.position, must.name, got.name))
        if got is not Answer.OPEN:
            assert not [marker for marker in MARKERS if marker in text]
    assert wrong == []


# --- the API ------------------------------------------------------------------------------------------------

STATUS = {oracle.OUTSIDE: 404, oracle.LACKING: 403}


@pytest.mark.parametrize(
    "tasked", ["", pytest.param("with a task", marks=pytest.mark.nightly)], ids=["without", "with"]
)
def test_every_operation_of_the_api_asks_the_same_tables(tasked: str, world: Any, settings: Any) -> None:
    settings.INTAKE_PER_MINUTE = 10_000
    case, wrong = Case.everywhere.get(number=a_case(world)["number"]), []
    for visitor in visitors(world.place("城关街道")):
        token = tokens.issue(visitor.holding, "matrix", by=SystemActor("test"))
        with transaction.atomic():
            if tasked:
                give_task(case, visitor)
            wrong += list(operations(case, visitor, token, tasked=bool(tasked)))
            transaction.set_rollback(True)
    assert wrong == []


def operations(case: Case, visitor: Visitor, token: str, *, tasked: bool) -> Any:
    """Every operation on one case that came out otherwise than the slow reading says."""
    who = Who("post", visitor.holding.post_id, visitor.kind, visitor.holding.post.division.trimmed)
    tasks = ((who.post, "next", ""),) if tasked else ()
    matter = Matter(1, case.kind, f"{case.code_now:017d}", tasks=tasks)
    home, bearer = f"/api/v1/{case.kind}/{case.number}", {"authorization": f"Bearer {token}"}
    sees = tasked or matter.place.startswith(who.area)
    got = visitor.client.get(home, headers=bearer)
    if got.status_code != (200 if sees else 404):
        yield visitor.kind, visitor.position, "read", got.status_code
    for name, rule in oracle.procedures()[case.kind]["steps"].items():
        if rule.get("opens") or rule.get("system"):
            continue
        cache.clear()
        with transaction.atomic():
            body = {"seen": case.version + 7}
            got = visitor.client.post(f"{home}/{name}", body, content_type="application/json", headers=bearer)
            transaction.set_rollback(True)
        must = STATUS.get(oracle.step(who, name, matter))
        fits = got.status_code == must if must else got.status_code in {409, 422}
        if not fits:
            yield visitor.kind, visitor.position, name, must, got.status_code


def test_every_position_and_kind_is_among_the_visitors(world: Any) -> None:
    met = {(each.position, each.kind) for each in visitors(world.place("城关街道"))}
    assert met == {(position, kind) for position in POSITIONS for kind in oracle.KINDS_OF_POST}
