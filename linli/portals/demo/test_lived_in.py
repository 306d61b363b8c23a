"""After some days: work for every role, a complete ledger, and a simulator that goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from linli.cases.joint import overdue_in
from linli.cases.lists import in_area
from linli.cases.models import Case, Notice, Task
from linli.cases.narrowing import Narrowing
from linli.cases.steps import steps_open_to
from linli.conf.urls import urlpatterns as all_urls
from linli.divisions.codes import Level
from linli.documents.models import Document, Signature
from linli.exchange.models import Foreign, Rejection, Source
from linli.kinds.emergencyreads.models import EmergencyRead
from linli.kinds.leaks.models import Leak
from linli.ledger.models import Entry, Position
from linli.portals.demo.days import fill_days
from linli.portals.demo.hotline import CALLS
from linli.portals.demo.roles import ROLES
from linli.portals.demo.simulator import LEAST, Simulator
from linli.portals.demo.visits import forget, touch
from linli.portals.demo.world import standing_world
from linli.posts.actor import PostActor
from linli.posts.models import Holding, Post
from linli.registers.models import AlertRule, ShiftLine
from linli.residents.models import Household, Pair

REPOSITORY = Path(__file__).resolve().parents[3]
urlpatterns = [*all_urls, path("demo/", include("linli.portals.demo.urls"))]


OPEN_STAGES = {"reported", "accepted", "returned", "dispatched", "handled", "checked"}


@pytest.fixture(scope="module")
def _days(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Some days behind the demo world, made once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill_days(standing_world(), days=8, count=24, seed=5)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def lived_in(_days: None, world: Any) -> Any:
    """The demo world after some days."""
    forget()
    return world


def test_another_system_wants_replies_for_what_it_sent(lived_in):
    source = Source.objects.get()
    owed = Foreign.objects.filter(source=source)
    assert (owed.count(), Rejection.objects.filter(delivery__source=source).count()) == (len(CALLS), 1)
    assert owed.filter(
        due__lt=timezone.now()
    ).exists()  # one is late, so that the list of what is owed says so


def test_what_is_rare_stands_there_too_for_whoever_looks_around(lived_in):
    assert set(EmergencyRead.objects.values_list("case__stage", flat=True)) == {"closed", "reviewing"}
    assert Leak.objects.get().case.stage == "assessed"
    assert (Household.objects.count(), Pair.objects.filter(state="open").count()) == (3, 1)
    notices = Document.objects.filter(case__kind="matters")
    assert (notices.count(), Signature.objects.filter(document__in=notices).count()) == (2, 1)


def test_the_duty_officer_has_taken_a_shift_over_and_rules_stand(lived_in):
    """What the pages of alerts and of the shift book show is no empty page."""
    sorts = ShiftLine.objects.order_by("id").values_list("sort", flat=True)
    assert list(sorts) == ["note", "hand_over", "take_over"]
    assert set(AlertRule.objects.filter(until=None).values_list("stands", flat=True)) == {"overdue", "soon"}
    handed = ShiftLine.objects.get(sort="hand_over")
    overdue = overdue_in(lived_in.county.span).count()
    assert (handed.overdue, overdue > 0) == (overdue, True)


def test_matters_went_up_to_city_and_province_and_came_down_with_a_decision(lived_in):
    for level in (Level.CITY, Level.PROVINCE):
        assert Task.objects.filter(post__division__level=level, closed_at=None).exists()
    handed = Entry.objects.filter(name="matters.hand_down")
    assert {post.division.level for post in Post.objects.filter(pk__in=handed.values("post"))} >= {1, 2, 3}


@pytest.fixture
def visitor(settings: Any) -> Client:
    settings.DEMO = True
    forget()
    return Client()


# --- the days -----------------------------------------------------------------------------------------------


def test_the_days_leave_work_in_every_stage_and_in_the_past(lived_in: Any) -> None:
    there = Counter(Case.everywhere.values_list("stage", flat=True))
    assert set(there) >= OPEN_STAGES
    assert all(there[stage] for stage in OPEN_STAGES)
    assert not Case.everywhere.filter(at__gt=timezone.now()).exists()
    assert not Entry.objects.filter(at__gt=timezone.now()).exists()


def test_the_ledger_of_the_days_is_complete_and_without_a_gap(lived_in: Any) -> None:
    numbers = list(Position.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, Entry.objects.count() + 1))


def test_the_days_can_be_searched(lived_in: Any) -> None:
    case = Case.everywhere.filter(kind="matters").order_by("id")[0]  # a dispute is seen by its tasks
    assert case in in_area(lived_in.by("call_taker"), Narrowing(words=case.number)).rows


def test_no_notice_of_the_past_goes_out_today(lived_in: Any) -> None:
    assert Notice.objects.exists()
    assert not Notice.objects.exclude(state="sent").exists()


def test_steps_were_taken_one_after_the_other_by_posts_that_may(lived_in: Any) -> None:
    for case in Case.everywhere.all():
        times = list(
            Entry.objects.filter(about=case.pk).order_by("recorded_at", "id").values_list("at", flat=True)
        )
        assert times == sorted(times)
        assert times[0] == case.at


# --- the tour -----------------------------------------------------------------------------------------------


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("role", [role for role in ROLES if not role.page], ids=lambda role: role.key)
def test_each_button_lands_on_a_case_that_waits_for_this_role(
    lived_in: Any, visitor: Client, role: Any
) -> None:
    answer = visitor.post(reverse("demo:become", args=[role.key]))
    case = Case.everywhere.get(number=answer.url.rstrip("/").rsplit("/", 1)[-1])
    assert visitor.get(answer.url).status_code == 200
    if role.key == "resident":
        assert case.stage == "checked"
        assert "_auth_user_id" not in visitor.session
    elif role.key == "party":
        assert case.stage == "consenting"
        assert "_auth_user_id" not in visitor.session
    else:
        by = PostActor(Holding.objects.get(pk=visitor.session["desk.hat"]))
        assert by.post.kind == role.key
        assert steps_open_to(by, case)
        assert Task.objects.filter(case=case, post=by.post, closed_at=None).exists()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("role", [role for role in ROLES if role.page], ids=lambda role: role.key)
def test_head_and_administrator_land_on_their_overview(lived_in: Any, visitor: Client, role: Any) -> None:
    answer = visitor.post(reverse("demo:become", args=[role.key]))
    assert answer.url == reverse(role.page)
    assert visitor.get(answer.url).status_code == 200


@pytest.mark.urls(__name__)
def test_two_visitors_are_given_two_matters(lived_in: Any, visitor: Client) -> None:
    first = visitor.post(reverse("demo:become", args=["clerk"])).url
    assert visitor.post(reverse("demo:become", args=["clerk"])).url != first


# --- the simulator ------------------------------------------------------------------------------------------


def test_the_simulator_goes_on_for_two_hundred_turns_and_every_stage_stays_populated(lived_in: Any) -> None:
    forget()
    simulator = Simulator(Random(7))
    taken = Counter(simulator.live() for _turn in range(200))
    assert taken[""] <= 4
    assert {"report", "accept", "dispatch", "handle", "check", "confirm"} <= set(taken)
    there = Counter(Case.everywhere.values_list("stage", flat=True))
    assert all(there[stage] >= least for stage, least in LEAST.items())


def test_the_simulator_leaves_alone_what_a_visitor_looks_at(lived_in: Any) -> None:
    for number in Case.everywhere.values_list("number", flat=True):
        touch(number)
    before = dict(Case.everywhere.values_list("number", "version"))
    simulator = Simulator(Random(7))
    for _turn in range(20):
        simulator.live()
    assert {number: Case.everywhere.get(number=number).version for number in before} == before
    forget()
