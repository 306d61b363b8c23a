"""Nothing that needs an impact assessment opens or runs without one: registers, feeds, sources, suggesters."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotYours
from linli.base.generations import bump, refresh
from linli.cases.wording import likely_sorts
from linli.exchange.feeds.conftest import accepted, agreed, begun, receiver, whole  # noqa: F401  a fixture
from linli.exchange.feeds.keeping import running_feed_of, set_webhook
from linli.exchange.feeds.sending import failing, send_feeds
from linli.exchange.sources import add_source, give_key
from linli.kinds.matters.test_same_as import lamp, seen_from
from linli.registers.actions.mediators import enter_mediator
from linli.registers.models import Mediator
from linli.registers.suggesting import offered
from linli.residents.activities import Sort, activity_named, all_activities
from linli.residents.assessing import assessments_of, end
from linli.residents.chats import draft_of
from linli.residents.models import Assessment, Grace
from linli.residents.openings import FAMILY, REVIEW, SUGGESTERS, State, is_open, standing_of
from linli.residents.people.conftest import given
from linli.residents.people.pairs import find_pairs
from linli.residents.people.registering import register
from linli.residents.sealing import sealed_tables
from tests.assessing import assess_only, assessed, assessed_source
from tests.reading import modules

PROPOSING = re.compile(
    r"nearby|alike\w*|likely\w*|find_pairs|suggest\w*|offered|propos\w+|\w+_draft|draft_of|read_chat"
)
# What reads as if it proposed something: why it needs no mark of its own.
NEEDS_NO_MARK = {
    "cases/nearby.py:nearby": "goes through _likely",
    "cases/nearby.py:offered": "goes through _likely",
    "cases/alike.py:alike": "goes through alike_at",
    "cases/catalogue.py:suggestions": "a published table by sort and place (activity catalogue)",
    "cases/catalogue.py:suggestion": "a published table by sort and place (activity catalogue)",
    "kinds/matters/forms/routing.py:suggested": "a published table by sort and place (activity catalogue)",
    "cases/wording.py:likely_category": "part of a draft, which is marked (draft_of)",
    "cases/editing.py:propose": "somebody proposes a change of the catalogue",
    "cases/replies.py:offered": "reply templates",
    "exchange/sheets/headings.py:likely_row": "which row of a sheet has the headings",
    "exchange/sheets/moments.py:proposed_order": "how dates are written in a sheet",
    "exchange/sheets/roles.py:proposed": "which column of a sheet is what",
    "residents/chats.py:read_chat": "desks call draft_of",
    "residents/people/registering.py:likely": "part of registering, which is assessed (activity people)",
    "kinds/disputes/actions/mediating.py:suggest": "a person's options, put to both sides",
    "portals/api/slots.py:offered": "fields of a form",
    "portals/desk/filtering.py:offered": "kept filters",
    "residents/openings.py:proposes": "the mark itself",
}
NOT_OF_PEOPLE = {"exchange.Feed"}  # the secret that signs a feed


def over(name: str, *, ago: timedelta = timedelta(minutes=1)) -> None:
    """The activity's assessments ended some time ago."""
    Assessment.objects.filter(activity=name).update(until=timezone.now() - ago)
    bump(FAMILY)


@pytest.fixture
def source(world: Any) -> Any:
    return add_source("city", "市平台", world.county, by=world.by("administrator"))


# --- the table -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_sealed_table_belongs_to_one_activity():
    kept = [table for each in all_activities() for table in each.tables]
    assert sorted(kept) == sorted({each.model for each in sealed_tables()} - NOT_OF_PEOPLE)


@pytest.mark.django_db
def test_every_register_feed_source_and_suggester_is_assessed_and_says_why(world, source):
    found = [each for each in all_activities() if each.sort != Sort.HANDLING]
    assert {each.sort for each in found} == {Sort.REGISTER, Sort.SOURCE, Sort.FEED, Sort.SUGGESTER}
    assert [each.name for each in found if not each.assessed or not each.why()] == []


@pytest.mark.django_db
def test_whatever_proposes_is_marked_with_an_activity_of_that_sort():
    found = set()
    for path, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and PROPOSING.fullmatch(node.name):
                name = f"linli.{path.removesuffix('.py').replace('/', '.')}.{node.name}"
                if name not in SUGGESTERS:
                    found.add(f"{path}:{node.name}")
    assert found - set(NEEDS_NO_MARK) == set()
    assert {activity_named(name).sort for name in SUGGESTERS.values()} == {Sort.SUGGESTER}


@pytest.mark.django_db
def test_every_suggester_of_the_register_is_a_marked_function():
    assert {each.name for each in all_activities() if each.proposes} == set(SUGGESTERS.values())


# --- opening and running --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_register_takes_nobody_in_without_one(world):
    over("people")
    with pytest.raises(Conflict):
        register(given(world), by=world.by("东门社区第一网格"))
    over("mediators")
    office = Mediator.objects.select_related("body", "holding__post__division").first()
    with pytest.raises(Conflict):
        enter_mediator(
            world.by("water").holding.account,
            office.body,
            office.holding.post.division,
            office,
            by=world.by("administrator"),
        )


@pytest.mark.django_db
def test_suggesters_are_silent_without_one(world):
    lamp(world)
    home = world.place("东门社区第一网格").code
    assert offered(home)
    assert seen_from(world)
    assert likely_sorts("matters", "路灯不亮")
    Assessment.objects.update(until=timezone.now())
    bump(FAMILY)
    assert offered(home) == []
    assert seen_from(world) == []
    assert find_pairs() == 0
    assert likely_sorts("matters", "路灯不亮") == []
    with pytest.raises(Conflict):
        draft_of("路灯坏了", now=timezone.now())


@pytest.mark.django_db
def test_nothing_comes_from_a_source_without_one(world, source):
    by = world.by("administrator")
    with pytest.raises(Conflict):
        give_key(source, by=by)
    assessed_source(world, source)
    assert give_key(source, by=by)


@pytest.mark.django_db
def test_an_app_with_a_key_is_told_why_nothing_is_taken(client, world, source):
    key = give_key(assessed_source(world, source), by=world.by("administrator"))
    over("source-city")
    sent = client.post(
        "/open311/v2/requests.json", {"service_code": "0201", "description": "灯"}, headers={"X-Api-Key": key}
    )
    assert 400 <= sent.status_code < 500
    assert "影响评估" in sent.content.decode() or "impact assessment" in sent.content.decode()


@pytest.mark.django_db
def test_a_feed_rests_when_its_assessment_is_over_and_goes_on_without_losing_an_entry(
    world,
    source,
    receiver,  # noqa: F811
):
    feed = agreed(world, source)
    set_webhook(feed, receiver.url, by=world.by("administrator"))
    after = begun()
    accepted(world)
    assert send_feeds() == 1
    over("feed-city")
    accepted(world)
    accepted(world)
    assert send_feeds() == 0
    assert not failing().exists()
    with pytest.raises(Conflict):
        running_feed_of(source)
    assessed(world, "feed-city")
    while send_feeds():
        pass
    feed.refresh_from_db()
    assert len(receiver.entries) == 3
    assert receiver.entries == whole(running_feed_of(source), after)


@pytest.mark.django_db
def test_who_pulls_a_resting_feed_is_told_to_come_again(client, world, source):
    key = give_key(assessed_source(world, source), by=world.by("administrator"))
    agreed(world, source)
    over("feed-city")
    answer = client.get("/exchange/v1/feed", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 409
    assert answer.json()


@pytest.mark.django_db
def test_a_newer_assessment_that_covers_less_does_not_carry_what_it_leaves_out(world, source):
    feed = agreed(world, source)
    over("feed-city")
    made = assess_only(world, "feed-city")
    Assessment.objects.filter(pk=made.pk).update(
        covers=["matters"], state="approved", until=timezone.now() + REVIEW
    )
    bump(FAMILY)
    assert is_open("feed-city", ["matters"])
    assert not is_open("feed-city", feed.kinds)


# --- its end ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "state"), [(365, State.OPEN), (31, State.OPEN), (29, State.REVIEW), (-1, State.ENDED)]
)
def test_it_is_said_a_month_before_that_one_ends(world, days, state):
    Assessment.objects.filter(activity="people").update(until=timezone.now() + timedelta(days=days))
    bump(FAMILY)
    assert standing_of(activity_named("people")).state == state


@pytest.mark.django_db
def test_what_was_never_assessed_is_missing_and_what_waits_says_so(world, source):
    assert standing_of(activity_named("source-city")).state == State.MISSING
    assess_only(world, "source-city")
    assert standing_of(activity_named("source-city")).state == State.WAITING


@pytest.mark.django_db
def test_whoever_approves_may_end_one_early_and_says_why(world):
    one = assessments_of("likeness")[0]
    with pytest.raises(NotYours):
        end(one.pk, reason="比对范围扩大到了全县。", by=world.by("county_clerk"))
    with pytest.raises(Invalid):
        end(one.pk, reason="变了", by=world.by("county_head"))
    end(one.pk, reason="比对范围扩大到了全县。", by=world.by("county_head"))
    assert not is_open("likeness")
    with pytest.raises(Conflict):
        end(one.pk, reason="比对范围扩大到了全县。", by=world.by("county_head"))


@pytest.mark.django_db
def test_the_end_of_one_ends_older_ones_and_grace_with_it(world):
    assessed(world, "likeness")
    Grace.objects.create(activity="likeness", until=timezone.now() + timedelta(days=9))
    end(assessments_of("likeness")[0].pk, reason="比对范围扩大到了全县。", by=world.by("county_head"))
    assert not is_open("likeness")


@pytest.mark.django_db
def test_asking_costs_no_statement(world):
    is_open("people")
    with CaptureQueriesContext(connection) as asked:
        assert is_open("people")
    assert len(asked) == 0


# --- upgrades ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_grace_carries_everything_until_its_day(world, source):
    Grace.objects.create(activity="source-city", until=timezone.now() + timedelta(days=30))
    bump(FAMILY)
    assert give_key(source, by=world.by("administrator"))
    assert standing_of(activity_named("source-city")).state == State.GRACE
    Grace.objects.update(until=timezone.now())
    bump(FAMILY)
    with pytest.raises(Conflict):
        give_key(source, by=world.by("administrator"))


@pytest.mark.thorough
def test_an_upgrade_lets_what_runs_go_on_for_thirty_days_and_nothing_else(committed_world):
    world = committed_world
    add_source("city", "市平台", world.county, by=world.by("administrator"))
    Assessment.objects.all().delete()
    executor = MigrationExecutor(connection)
    executor.migrate(
        [("residents", "0006_mandates"), ("registers", "0001_initial"), ("exchange", "0003_feeds")]
    )
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    refresh()
    graces = dict(Grace.objects.values_list("activity", "until"))
    assert set(graces) == {
        "mediators",
        "mediator-offers",
        "source-city",
    }  # nobody is registered, nobody has reported
    assert all(timedelta(days=29) < until - timezone.now() < timedelta(days=31) for until in graces.values())
