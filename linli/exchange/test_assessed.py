"""No feed opens without an impact assessment that somebody else has approved."""

import pytest

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.exchange.feeds.conftest import source  # noqa: F401  a fixture
from linli.exchange.feeds.keeping import Terms, set_feed
from linli.exchange.handling import feed_name
from linli.exchange.models import Feed
from linli.residents.activities import activity_named, all_activities
from linli.residents.assessing import Findings, approved_one, assess, assessments_of, decide
from linli.residents.models import Assessment
from tests.assessing import assess_only, assessed

pytestmark = pytest.mark.django_db
WORDS = "只告知办理进度，不含任何个人信息。"


def switch_on(world, source, kinds=("matters",)):  # noqa: F811
    return set_feed(source, Terms(world.county, list(kinds)), by=world.by("administrator"))


def made(world, source, covers=("matters",)):  # noqa: F811
    activity = activity_named(feed_name(source))
    return assess(activity, Findings(WORDS, WORDS, WORDS, covers), by=world.by("administrator"))


def test_a_feed_without_one_stays_off_and_says_what_to_do(world, source):  # noqa: F811
    with pytest.raises(Conflict, match="impact assessment"):
        switch_on(world, source)
    assert not Feed.objects.exists()


def test_one_that_nobody_has_approved_is_none(world, source):  # noqa: F811
    assess_only(world, feed_name(source))
    with pytest.raises(Conflict):
        switch_on(world, source)


def test_with_an_approved_one_it_opens_for_what_that_covers(world, source):  # noqa: F811
    decide(made(world, source).pk, approved=True, by=world.by("county_head"))
    assert switch_on(world, source).pk
    with pytest.raises(Conflict):
        switch_on(world, source, ["matters", "complaints"])


def test_nobody_approves_their_own(world, source):  # noqa: F811
    activity = activity_named(feed_name(source))
    own = assess(activity, Findings(WORDS, WORDS, WORDS), by=world.by("inspector"))
    with pytest.raises(NotYours):
        decide(own.pk, approved=True, by=world.by("inspector"))
    assert Assessment.objects.get(activity=feed_name(source)).state == "made"


def test_not_on_another_post_either(world, source):  # noqa: F811
    """一肩挑: the author also sits on the head's post."""
    other = world.by("county_head")
    other.holding.account = world.by("administrator").holding.account
    other.holding.save()
    with pytest.raises(NotYours):
        decide(made(world, source).pk, approved=True, by=other)


@pytest.mark.parametrize("key", ["county_clerk", "administrator"])
def test_only_a_head_or_an_inspector_approves(world, source, key):  # noqa: F811
    with pytest.raises(NotYours):
        decide(made(world, source).pk, approved=True, by=world.by(key))


def test_it_is_decided_once(world, source):  # noqa: F811
    first = made(world, source)
    decide(first.pk, approved=False, reason="必要性没有说明", by=world.by("county_head"))
    with pytest.raises(Conflict):
        decide(first.pk, approved=True, by=world.by("county_head"))
    assert approved_one(feed_name(source)) is None


def test_a_no_says_what_is_missing(world, source):  # noqa: F811
    with pytest.raises(Invalid):
        decide(made(world, source).pk, approved=False, by=world.by("county_head"))


def test_each_part_is_at_least_a_sentence(world, source):  # noqa: F811
    with pytest.raises(Invalid) as refused:
        assess(activity_named(feed_name(source)), Findings("x", WORDS, ""), by=world.by("administrator"))
    assert set(refused.value.facts["fields"]) == {"necessity", "measures"}


def test_one_that_covers_a_kind_nobody_knows_does_not_cover_it(world, source):  # noqa: F811
    assert made(world, source, ["x", "matters"]).covers == ["matters"]


def test_older_ones_stay_beside_newer_ones(world, source):  # noqa: F811
    assessed(world, feed_name(source))
    assess_only(world, feed_name(source))
    assert [each.state for each in assessments_of(feed_name(source))] == ["made", "approved"]


def test_every_source_and_its_feed_are_in_the_register_until_the_source_ends(world, source):  # noqa: F811
    assert {"source-city", "feed-city", "contacts"} <= {each.name for each in all_activities()}
    type(source).objects.update(until="2026-01-01T00:00Z")
    with pytest.raises(NotFound):
        activity_named("feed-city")


def test_every_activity_says_all_that_the_law_wants(world, source):  # noqa: F811
    for each in all_activities():
        for said in (
            each.label(),
            each.purpose(),
            each.categories(),
            each.basis,
            each.retention(),
            each.recipients(),
        ):
            assert said.strip(), each.name
