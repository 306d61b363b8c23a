"""A post is not given up over open work: it is handed over in the same step, or nothing happens."""

from __future__ import annotations

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.catalogue import suggestion
from linli.cases.handover import give_up_post, left_at, successors
from linli.cases.models import Case, Category, Clock, Responsibility, Task
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.posts.models import Holding

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatched(world) -> Case:
    """A matter that the street-light post deals with."""
    grid = world.place("东门社区第一网格")
    opened = actions.report(by=PartyActor("reporter"), text="路灯坏了三天。", division=grid)
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    lamp = Category.objects.get(code="0201")
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    actions.dispatch(
        matter, by=world.by("chengguan_dispatcher"), seen=matter.case.version, to=world.posts["power"]
    )
    return Case.everywhere.get(pk=opened.case)


def test_a_post_with_open_work_stays_until_somebody_takes_it_over(world, dispatched):
    power = world.posts["power"]
    with pytest.raises(Conflict, match="Say which post takes them over"):
        give_up_post(power, by=world.by("administrator"))
    power.refresh_from_db()
    assert power.until is None
    assert left_at(power).tasks == 1


def test_what_is_open_goes_over_in_one_step_and_clocks_run_on(world, dispatched):
    power, water, by = world.posts["power"], world.posts["water"], world.by("administrator")
    clocks = list(Clock.objects.filter(case=dispatched).values_list("name", "due_at", "stopped_at"))
    rows = Responsibility.objects.filter(post=power).count()
    give_up_post(power, to=water, by=by)
    assert Task.objects.get(case=dispatched, closed_at=None).post == water
    assert Case.everywhere.get(pk=dispatched.pk).lead == water
    assert list(Clock.objects.filter(case=dispatched).values_list("name", "due_at", "stopped_at")) == clocks
    found = suggestion(Category.objects.get(code="0201"), dispatched.code_now, timezone.localdate())
    assert found.post == water
    assert Responsibility.objects.filter(post=power, valid_to=timezone.localdate()).count() == rows
    assert not Holding.objects.current().filter(post=power).exists()
    assert Entry.objects.filter(name="cases.hand_over", about=dispatched.pk).count() == 1
    assert not left_at(power)
    with pytest.raises(Conflict):
        give_up_post(power, to=water, by=by)


def test_only_a_post_that_serves_the_same_area_takes_over(world, dispatched):
    power, by = world.posts["power"], world.by("administrator")
    team = world.posts["chengguan_team"]
    assert team not in successors(power)
    for wrong in (team, world.posts["county_clerk"]):
        with pytest.raises(Invalid, match="cannot take this over"):
            give_up_post(power, to=wrong, by=by)
    assert Task.objects.get(case=dispatched, closed_at=None).post == power


def test_only_an_administrator_gives_up_posts_and_not_the_own_one(world):
    with pytest.raises(NotYours):
        give_up_post(world.posts["fire"], to=world.posts["water"], by=world.by("county_dispatcher"))
    with pytest.raises(Conflict, match="Nobody gives up the post they work as"):
        give_up_post(world.posts["administrator"], by=world.by("administrator"))
    world.posts["fire"].refresh_from_db()
    assert world.posts["fire"].until is None
