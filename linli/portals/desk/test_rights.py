"""The page "who may do what here, and why": the live tables, and one decision explained."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from linli.base.errors import Conflict
from linli.cases.apart import constraints
from linli.cases.editing import decide, propose
from linli.cases.kinds import all_kinds
from linli.cases.models import Case, Category
from linli.kinds.matters import actions
from linli.portals.desk.conftest import SignIn
from linli.posts import powers
from linli.posts.actions import appoint, end
from linli.posts.actor import PostActor, SystemActor
from linli.posts.models import Holding, PostKind
from linli.posts.powers import post_rules
from linli.residents.access import CLASSES
from linli.residents.purposes import all_purposes

pytestmark = pytest.mark.django_db
PAGE, WHY = "/desk/rights/", "/desk/rights/why/"


@pytest.mark.parametrize("key", ["东门社区第一网格", "power", "county_head", "administrator"])
def test_every_official_reads_all_tables(sign_in: SignIn, key: str) -> None:
    page = sign_in(key, language="en").get(PAGE).text
    with translation.override("en"):
        labels = [rule.label() for rule in post_rules().values() if rule.kinds]
        purposes = [each.label() for each in all_purposes()]
    assert [each for each in [*labels, *purposes] if each.replace("'", "&#x27;") not in page] == []


def test_which_data_a_purpose_reads_is_said_in_words(sign_in: SignIn) -> None:
    page = sign_in("chengguan_clerk").get(PAGE).text
    assert "您写的内容" in page
    assert [each for each in CLASSES if f">{each}" in page or f"，{each}" in page] == []


def test_it_names_posts_and_never_persons(sign_in: SignIn, world: Any) -> None:
    page = sign_in("chengguan_clerk").get(PAGE).text
    assert world.posts["chengguan_dispatcher"].title in page
    assert not [sitter for sitter in world.actors.values() if sitter.holding.account.called in page]


def test_it_is_the_table_that_decides(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = replace(post_rules()["posts.appoint"], kinds=frozenset({PostKind.CHECKER}))
    monkeypatch.setitem(powers._rules, "posts.appoint", rule)
    page = sign_in("power", language="en").get(f"{PAGE}?post=checker").text
    assert "Set up posts, appoint and dismiss" in page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("post=handler", "Handle", "Set up posts, appoint and dismiss"),
        ("kind=matters", "Dispatch", "Set up posts, appoint and dismiss"),
        ("words=catalogue", "Change the catalogue", "Confirm who stands in"),
        ("post=nonsense&kind=nonsense", "Confirm who stands in", "Nothing fits."),
    ],
)
def test_it_is_narrowed(sign_in: SignIn, query: str, there: str, gone: str) -> None:
    page = sign_in("county_head", language="en").get(f"{PAGE}?{query}").text
    assert there in page
    assert gone not in page


def test_outside_ones_area_is_no_place(sign_in: SignIn) -> None:
    assert sign_in("chengguan_clerk").get(f"{PAGE}?area=990101002").status_code == 404
    assert sign_in("county_clerk").get(f"{PAGE}?area=990101002").status_code == 200


@pytest.mark.parametrize("address", [PAGE, WHY])
def test_it_costs_few_statements(sign_in: SignIn, address: str, django_assert_max_num_queries: Any) -> None:
    client = sign_in("county_head")
    client.get(address)
    with django_assert_max_num_queries(14):
        client.get(address)


# --- may I, and why not -------------------------------------------------------------------------------------


def asked(sign_in: SignIn, world: Any, key: str, step: str, number: str = "", by: str = "county_head") -> str:
    data = {"post": world.posts[key].pk, "step": step, "number": number}
    return str(sign_in(by, language="en").get(WHY, data).text)


@pytest.mark.parametrize(
    ("key", "step", "said"),
    [
        ("chengguan_clerk", "matters.accept", "Yes, now"),
        ("chengguan_team", "matters.accept", "This post is of the kind: Handling post"),
        ("liuhe_clerk", "matters.accept", "outside the area of this post"),
        ("chengguan_checker", "matters.check", "The case is now “Reported”"),
    ],
)
def test_a_decision_about_a_case_is_explained(
    sign_in: SignIn, world: Any, case: Case, key: str, step: str, said: str
) -> None:
    assert said in asked(sign_in, world, key, step, case.number)


def test_separation_of_duties_is_explained(sign_in: SignIn, world: Any, dispatched_case: Case) -> None:
    actions.handle(dispatched_case.matter, by=world.by("power"), seen=3, result="已修好。")
    end(world.by("chengguan_checker").holding, by=SystemActor("test"))
    appoint(world.by("power").holding.account, world.posts["chengguan_checker"], by=SystemActor("test"))
    page = asked(sign_in, world, "chengguan_checker", "matters.check", dispatched_case.number)
    assert "took a step that this one checks" in page


def test_a_power_at_a_place_is_explained(sign_in: SignIn, world: Any) -> None:
    assert "Yes, now" in asked(sign_in, world, "administrator", "posts.appoint")
    assert "Administrator" in asked(sign_in, world, "county_clerk", "posts.appoint")


def test_a_vacant_post_can_do_nothing(sign_in: SignIn, world: Any) -> None:
    end(world.by("chengguan_clerk").holding, by=SystemActor("test"))
    assert "Nobody holds this post now" in asked(sign_in, world, "chengguan_clerk", "matters.accept")


def test_nobody_asks_about_a_case_they_do_not_see(sign_in: SignIn, world: Any, case: Case) -> None:
    data = {"post": world.posts["liuhe_clerk"].pk, "step": "matters.accept", "number": case.number}
    assert sign_in("liuhe_clerk").get(WHY, data).status_code == 404


@pytest.mark.parametrize(
    "data",
    [{"post": "999999", "step": "x"}, {"post": "", "step": ""}, {"post": "abc", "step": "matters.accept"}],
)
def test_nonsense_is_said_beside_its_field(sign_in: SignIn, data: dict[str, str]) -> None:
    assert sign_in("county_head").get(WHY, data).status_code == 422


def test_a_step_of_another_procedure_is_said(sign_in: SignIn, world: Any, case: Case) -> None:
    assert "no step of that case" in asked(sign_in, world, "inspector", "complaints.accept", case.number)


# --- constraints --------------------------------------------------------------------------------------------


def test_every_constraint_is_enforced_by_a_function_that_is_there() -> None:
    for each in constraints():
        module, _dot, name = each.where.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name)), each.where


def test_every_separation_of_a_procedure_is_a_row() -> None:
    steps = {
        f"{kind.name}.{step.name}"
        for kind in all_kinds()
        for step in kind.procedure.steps.values()
        if step.apart_from
    }
    assert steps <= {each.name for each in constraints()}
    assert len({each.name for each in constraints()}) == len(constraints())


def test_who_ruled_does_not_adopt_the_row_that_follows(world: Any, case: Case) -> None:
    category = Category.objects.get(code="0201")
    row = propose(
        "matters",
        category,
        world.county,
        world.posts["housing"],
        source="裁定",
        case=case,
        by=world.by("county_head"),
    )
    end(world.by("administrator").holding, by=SystemActor("test"))
    both = appoint(
        world.by("county_head").holding.account, world.posts["administrator"], by=SystemActor("test")
    )
    with pytest.raises(Exception, match=r"own proposal|自己提出"):
        decide(row, adopted=True, by=PostActor(Holding.objects.with_post().get(pk=both.pk)))
    assert decide(row, adopted=True, by=world.by("appointer"))
    with pytest.raises(Conflict):
        decide(row, adopted=True, by=world.by("appointer"))
