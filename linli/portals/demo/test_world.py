"""The demo world has every role and believable texts; its story can be played from end to end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from linli.base.errors import NotFound
from linli.cases.models import Case, Category
from linli.conf.urls import urlpatterns as all_urls
from linli.divisions.locating import locate
from linli.divisions.models import Division
from linli.kinds.matters import demo as matters
from linli.portals.demo.days import fill_days
from linli.portals.demo.pristine import start_over
from linli.portals.demo.roles import landing_for, role_of
from linli.portals.demo.visits import forget
from linli.posts.models import Account, Holding, PostKind

REPOSITORY = Path(__file__).resolve().parents[3]
urlpatterns = [*all_urls, path("demo/", include("linli.portals.demo.urls"))]


@pytest.fixture
def visitor(settings: Any) -> Client:
    settings.DEMO = True
    forget()
    return Client()


# --- the world ----------------------------------------------------------------------------------------------


def test_the_world_has_somebody_on_every_kind_of_post(world: Any) -> None:
    held = Holding.objects.current().values_list("post__kind", flat=True)
    assert set(held) == set(PostKind.values)


def test_nobody_in_the_demo_can_sign_in_by_password(world: Any) -> None:
    assert not any(
        account.has_usable_password() for account in Account.objects.filter(username__startswith="demo-")
    )


def test_every_grid_is_found_by_its_own_middle_and_said_to_be_schematic(world: Any) -> None:
    grids = list(Division.objects.within(world.county.trimmed).filter(level=6))
    assert len(grids) == 36
    assert all(grid.schematic for grid in grids)
    assert [locate(grid.longitude, grid.latitude).grid for grid in grids] == grids


# --- the texts ----------------------------------------------------------------------------------------------


def test_there_are_at_least_eighty_situations_over_all_categories(world: Any) -> None:
    assert len(matters.situations()) >= 80
    assert {each.category for each in matters.situations()} == set(
        Category.objects.filter(kind="matters", audience="everyone").values_list("code", flat=True)
    )


def test_a_situation_is_known_again_by_its_text() -> None:
    for situation in matters.situations():
        assert (
            matters.situation_of("来电反映：" + situation.text.format(at=situation.places[-1])) is situation
        )


def test_the_same_seed_tells_the_same_days(world: Any) -> None:
    now, told = timezone.now(), []
    for _time in range(2):
        with transaction.atomic():
            fill_days(world, days=3, count=6, seed=9, now=now)
            cases = Case.everywhere.exclude(
                kind="emergencyreads"
            )  # the glass breaks now, whatever day is played
            told.append(list(cases.order_by("number").values_list("summary", "stage", "at")))
            transaction.set_rollback(True)
    assert told[0] == told[1]


# --- the tour


def test_there_is_no_tour_outside_the_demo(client: Client, db: None, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/as/clerk/").status_code == 404
    assert client.post("/demo/again/").status_code == 404


def test_starting_over_is_refused_outside_the_demo(world: Any) -> None:
    with pytest.raises(NotFound):
        start_over()


@pytest.mark.urls(__name__)
def test_the_story_goes_from_report_to_confirmation_through_the_roles(world: Any, visitor: Client) -> None:
    answer = visitor.post(reverse("demo:story_begin"))
    assert visitor.get(answer.url).status_code == 200
    case = Case.everywhere.get()
    said = {"accept": {}, "dispatch": {}, "handle": {"result": "换好了。"}, "check": {}, "confirm": {}}
    seats = []
    for step, words in said.items():
        assert case.number in visitor.get(reverse("demo:tour")).content.decode()
        landed = visitor.post(reverse("demo:story_on")).url
        seats.append(visitor.session.get("desk.hat"))
        page = visitor.get(landed)
        assert page.status_code == 200
        done = visitor.post(f"{landed}{step}/", {**_offered(page, step), **words})
        assert done.status_code == 302, done.content.decode()
        case.refresh_from_db()
    assert (case.stage, case.outcome) == ("closed", "confirmed")
    assert len({seat for seat in seats if seat}) == 4
    assert seats[-1] is None
    assert visitor.get(reverse("demo:tour")).status_code == 200


def _offered(page: Any, step: str) -> dict[str, Any]:
    """What a person would send by pressing the button: the version seen and what is chosen already."""
    case = page.context["case"]
    sent: dict[str, Any] = {"seen": case.version, "version": case.version}
    for rule, form in page.context.get("forms", []):
        if rule.name == step:
            chosen = {name: form.get_initial_for_field(each, name) for name, each in form.fields.items()}
            sent |= {name: value for name, value in chosen.items() if value is not None}
    return sent


@pytest.mark.urls(__name__)
def test_the_tour_goes_on_after_a_visitor_raised_something_of_another_kind(
    world: Any, visitor: Client
) -> None:
    sent = visitor.post("/report/complaints/", {"text": "窗口没人。", "named": "二号窗口"})
    assert sent.status_code == 302
    assert visitor.get(reverse("demo:tour")).status_code == 200


def test_a_role_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        role_of("mayor")


def test_a_role_without_work_lands_on_its_desk(world: Any) -> None:
    landing = landing_for(role_of("clerk"))
    assert landing.case is None
    assert landing.address == reverse("desk:to_do")
