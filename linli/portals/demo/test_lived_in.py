"""After some days: work for every role, a complete ledger, and a simulator that goes on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from linli.analytics.folding import fold_all
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
from linli.posts.models import Holding, Post, PostKind
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


# --- every number of every page with figures, and the list behind it -------------------------------------------


PAGES = (
    "/command/",
    "/command/questions/",
    "/command/alerts/",
    "/command/trends/",
    "/command/trends/?year={year}",
    "/command/briefing/",
    "/desk/figures/",
    "/desk/figures/?by=body",
    "/desk/scorecard/",
)
LINK = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
UNSEEN, TAG = re.compile(r'<span class="unseen">.*?</span>', re.DOTALL), re.compile(r"<[^>]+>")
NUMBER = re.compile(r"(?:\D+ )?(\d+)")
LISTS = ("/desk/area/", "/desk/figures/", "/command/questions/", "/command/joint/")
ONWARDS = re.compile(r'rel="next" href="([^"]+)"')
BODY = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)
FEWEST = 300  # numbers in all, so that the test cannot pass by finding none
WATCH = {PostKind.HEAD, PostKind.DISPATCHER}


def somebody_of_each(*, watching: bool) -> list[Holding]:
    """Somebody of each kind of post at each level: of those who sit in command centres, or of the others."""
    held = Holding.objects.current().select_related("account", "post__division").order_by("-pk")
    found = {(each.post.kind, each.post.division.level): each for each in held}
    return [each for each in found.values() if (each.post.kind in WATCH) == watching]


def main_of(response: Any) -> str:
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


def numbers_on(page: str, address: str) -> Iterator[tuple[str, int]]:
    """Each link that is a number (behind a label or alone), with where it leads."""
    for href, inner in LINK.findall(page):
        number = NUMBER.fullmatch(unescape(TAG.sub("", UNSEEN.sub("", inner))).strip())
        there = urljoin(address, unescape(href))
        if number and there.startswith(LISTS):
            yield there, int(number[1])


def behind(client: Client, address: str) -> tuple[int, int | None]:
    """How many rows the list has over all its pages, and how many others it names (None: so few that it does not)."""
    rows, onwards, others = 0, address, 0
    while onwards:
        answer = client.get(onwards)
        assert answer.status_code == 200, onwards
        table = BODY.search(main_of(answer))
        listing = not onwards.startswith("/command/") or answer.context["rows"]
        rows += table[1].count("<tr") if table and listing else 0
        found = answer.context.get("found")
        others = answer.context.get("others", getattr(found, "others", 0))
        more = ONWARDS.search(main_of(answer))
        onwards = urljoin(address, unescape(more[1])) if more else ""
    return rows, others


def holds(number: int, rows: int, others: int | None) -> bool:
    return rows <= number if others is None else rows + others == number


@pytest.mark.once
@pytest.mark.parametrize(
    "watching",
    [pytest.param(True, marks=pytest.mark.thorough), pytest.param(False, marks=pytest.mark.nightly)],
)
def test_the_list_behind_a_number_has_that_many_rows_for_whoever_may_see_it(
    lived_in: Any, *, watching: bool
) -> None:
    fold_all()
    looked, wrong = 0, []
    for holding in somebody_of_each(watching=watching):
        client, known = Client(headers={"accept-language": "zh-hans"}), {}
        client.force_login(holding.account)
        for page in PAGES:
            address = page.format(year=timezone.localdate().year)
            answer = client.get(address)
            if answer.status_code == 403:
                continue
            for there, number in numbers_on(main_of(answer), address):
                known[there] = known.get(there) or behind(client, there)
                looked += 1
                if not holds(number, *known[there]):
                    wrong.append((holding.post.title, address, there, number, known[there]))
    assert wrong == []
    assert looked > FEWEST
