"""Who is offered for a dispute, and why; who is kept apart; and the ways that are always there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.cases.models import Case, Task
from linli.posts.actor import PostActor
from linli.registers.actions.mediators import declare, end_term
from linli.registers.models import Mediator, Way
from linli.registers.suggesting import lawful_ways, offered
from tests.scenes import a_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(world):
    return world.place("东门社区第一网格").code


@pytest.fixture
def fan(world):
    """The mediator of 东门社区."""
    return Mediator.objects.select_related("holding__post__division", "holding__account").get(
        holding__account__called="范德顺"
    )


def called(offers):
    return [each.mediator.holding.account.called for each in offers]


def test_the_nearest_who_is_experienced_comes_first_and_it_is_said_why(home):
    offers = offered(home, skills=["neighbours"], languages=["dialect"])
    assert called(offers) == ["范德顺", "崔兰"]
    assert (
        offers[0].reason
        == "serves 东门社区; experienced in: Neighbours; speaks local dialect; 0 cases open now"
    )


def test_nobody_is_offered_outside_their_area(world):
    assert "范德顺" not in called(offered(world.place("杨庄村").code))


def test_who_does_not_speak_the_language_is_not_offered(home):
    assert called(offered(home, languages=["sign"])) == ["石慧"]
    assert offered(home, languages=["korean"]) == []


def test_a_partys_cousin_is_not_offered_however_the_name_is_typed(home, fan):
    declare(fan, "范小川", by=PostActor(fan.holding))
    assert "范德顺" not in called(offered(home, apart=[" 范 小川 "]))
    assert "范德顺" in called(offered(home, apart=["范小山", ""]))


def test_whose_term_or_appointment_has_ended_is_not_offered(home, fan):
    Mediator.objects.filter(pk=fan.pk).update(until=timezone.localdate() - timedelta(days=1))
    assert "范德顺" not in called(offered(home))
    Mediator.objects.filter(pk=fan.pk).update(until=timezone.localdate())
    assert "范德顺" in called(offered(home))
    from linli.posts.actor import SystemActor

    end_term(fan, by=SystemActor("test"))
    assert "范德顺" not in called(offered(home))


def test_only_what_is_open_now_is_counted(world, home, fan):
    case = Case.everywhere.get(number=a_case(world)["number"])
    now = timezone.now()
    common = {"case": case, "post": fan.holding.post, "stage": "x", "opened_at": now, "pressing_at": now}
    Task.objects.create(**common)
    Task.objects.create(**common, closed_at=now)
    assert "1 case open now" in offered(home)[0].reason


def test_court_and_confirmation_are_among_the_ways_of_every_dispute(home):
    for dispute in ("neighbours", "labour", "other", "unheard-of"):
        assert {"Court", "Judicial confirmation"} <= {way.sort for way in lawful_ways(dispute, home)}


def test_a_places_own_contact_stands_with_the_article(home, world):
    labour = next(way for way in lawful_ways("labour", home) if way.sort == "Arbitration")
    assert labour.organisation == "云溪县劳动人事争议仲裁委员会"
    assert labour.article == "劳动争议调解仲裁法 5、27"
    elsewhere = next(way for way in lawful_ways("labour", 32 * 10**15) if way.sort == "Arbitration")
    assert elsewhere.organisation == ""


def test_what_is_only_a_default_does_not_pose_as_confirmed_law():
    confirmed = set(Way.objects.filter(confirmed=True).values_list("article", flat=True))
    assert confirmed == {"人民调解法 26", "人民调解法 33；民事诉讼法 205", "行政复议法 20"}
