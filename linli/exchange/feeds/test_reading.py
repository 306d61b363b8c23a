"""What leaves in a feed, and what never does."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.models import Case, Category
from linli.divisions.codes import Level
from linli.exchange.feeds import reading
from linli.exchange.feeds.conftest import (
    HOME,
    NAME,
    NOISE,
    NOTE,
    PHONE,
    WORDS,
    accepted,
    agreed,
    begun,
    dispatched,
    reported,
    whole,
)
from linli.exchange.feeds.fields import FIELDS
from linli.exchange.feeds.keeping import Terms, set_feed
from linli.exchange.feeds.reading import Retired, page_of
from linli.exchange.models import Foreign
from linli.exchange.sources import add_source
from linli.kinds.complaints.conftest import complained
from linli.kinds.matters import actions
from linli.ledger.models import Entry, Position
from linli.ledger.sequencing import sequence_all

pytestmark = pytest.mark.django_db


def sent_by(source, case, number="S-1"):
    Foreign.objects.create(source=source, number=number, case=case, due=timezone.now())


def test_a_step_leaves_with_the_published_fields_and_no_other(world, feed):
    after = begun()
    case = accepted(world)
    (row,) = whole(feed, after)
    assert list(row) == [each.name for each in FIELDS]
    assert (row["number"], row["kind"], row["step"], row["stage"], row["category"]) == (
        *(case.number, "matters", "accept", "accepted", "0201"),
    )
    assert row["due"] == timezone.localtime(case.due).isoformat(timespec="seconds")
    assert row["position"] == Position.objects.get(entry__name="matters.accept", entry__about=case.pk).number


def test_nothing_of_people_or_words_leaves_whatever_is_asked(world, source):
    feed = agreed(world, source, every_step=True, level=Level.GRID)
    case = accepted(world)
    sent_by(source, case)
    dispatched(world, case)
    complaint = complained(world, text=WORDS)
    sent_by(source, complaint.case, "S-2")
    sequence_all()
    told = json.dumps(whole(feed), ensure_ascii=False)
    assert case.number in told
    planted = (WORDS, NAME, PHONE, NOTE, "石榴", "人民路", case.summary, "李小芳", "内部")
    grid = world.place(HOME)
    assert not [each for each in (*planted, str(grid.longitude), str(grid.latitude)) if each in told]
    assert not [str(post.pk) for post in world.posts.values() if f'"{post.title}"' in told]


def test_a_place_is_told_no_finer_than_agreed(world, source):
    after = begun()
    accepted(world)
    grid = world.place(HOME)
    assert whole(agreed(world, source), after)[0]["place"] == grid.trimmed[:12]
    assert whole(agreed(world, source, level=Level.GRID), after)[0]["place"] == grid.trimmed


def test_a_sensitive_case_does_not_leave(world, feed):
    after = begun()
    accepted(world, NOISE)
    assert whole(feed, after) == []


def test_a_case_nobody_has_put_into_a_category_does_not_leave_yet(world, feed):
    after = begun()
    reported(world)
    sequence_all()
    assert whole(feed, after) == []


def test_what_becomes_sensitive_leaves_no_more_from_any_position(world, feed):
    after = begun()
    case = accepted(world)
    assert whole(feed, after)
    Case.everywhere.filter(pk=case.pk).update(category=Category.objects.get(kind="matters", code=NOISE))
    assert whole(feed, after) == []


def test_a_kind_that_is_seen_by_its_tasks_does_not_leave(world, source):
    feed = agreed(world, source, every_step=True)
    after = begun()
    complained(world)
    sequence_all()
    assert Entry.objects.filter(name="complaints.complain").exists()
    assert whole(feed, after) == []


def test_a_source_follows_what_it_sent_itself_whatever_it_is_about(world, source, feed):
    after = begun()
    case = accepted(world, NOISE)
    sent_by(source, case, "S-9")
    complaint = complained(world)
    sent_by(source, complaint.case, "S-10")
    sequence_all()
    assert [row["their_number"] for row in whole(feed, after)] == ["S-9", "S-9", "S-10"]


def test_what_another_source_sent_is_no_way_round(world, source, feed):
    from_other = accepted(world, NOISE)
    other = add_source("other", "别的", world.county, by=world.by("administrator"))
    sent_by(other, from_other)
    assert from_other.number not in json.dumps(whole(feed))


def test_steps_the_reporter_is_not_shown_leave_only_where_agreed(world, source):
    after = begun()
    matter = reported(world, category=Category.objects.get(kind="matters", code="0201"))
    actions.ask_verification(matter, by=world.by("chengguan_clerk"), seen=1)
    sequence_all()
    assert [row["step"] for row in whole(agreed(world, source), after)] == ["report"]
    every = agreed(world, source, every_step=True)
    assert [row["step"] for row in whole(every, after)] == ["report", "ask_verification"]


def test_only_the_agreed_area_and_kinds_leave(world, source):
    after = begun()
    accepted(world)
    other_town, own_town = world.place("柳河镇"), world.place("城关街道")
    assert whole(agreed(world, source, division=other_town), after) == []
    assert len(whole(agreed(world, source, division=own_town), after)) == 1
    assert whole(agreed(world, source, kinds=["complaints"]), after) == []


def test_a_feed_read_in_small_pages_is_the_same_without_gap_or_double(world, feed, monkeypatch):
    after = begun()
    for _each in range(4):
        dispatched(world, accepted(world))
    at_once = whole(feed, after)
    assert len(at_once) == 8
    monkeypatch.setattr(reading, "WINDOW", 3)
    monkeypatch.setattr(reading, "MOST_LOOKED_AT", 5)
    for limit in (1, 2, 3, 100):
        assert whole(feed, after, limit) == at_once
    assert whole(feed, 0)[-8:] == at_once


def test_next_says_how_far_was_looked_also_where_nothing_left(world, feed):
    after = begun()
    accepted(world, NOISE)
    page = page_of(feed, after, 10)
    assert (page.rows, page.next, page.more) == ([], after + 2, False)


def test_a_position_nobody_has_reached_is_refused_with_the_newest(world, feed):
    last = begun()
    with pytest.raises(Conflict) as refusal:
        page_of(feed, last + 1, 10)
    assert refusal.value.facts == {"last": last}


def test_entries_that_are_no_longer_kept_are_said_to_be_gone(world, feed, monkeypatch):
    monkeypatch.setattr(reading, "_bounds", lambda: (50, 60))
    with pytest.raises(Retired) as refusal:
        page_of(feed, 48, 10)
    assert refusal.value.facts == {"first": 50}
    page_of(feed, 49, 10)


def test_an_entry_written_before_it_said_how_the_case_stands_takes_that_from_the_case(world, feed):
    after = begun()
    case = accepted(world)
    entry = Entry.objects.get(name="matters.accept", about=case.pk)
    old = {name: entry.facts[name] for name in ("from", "to", "version")}
    position = Position.objects.get(entry=entry)
    told = reading._told(feed, after, position.number, {})[0]
    told.entry.facts = old
    assert (told.category, told.due) == ("0201", timezone.localtime(case.due).isoformat(timespec="seconds"))


def test_a_feed_is_the_administrators_to_agree(world, source):
    terms = Terms(world.county, ["matters"])
    with pytest.raises(NotYours):
        set_feed(source, terms, by=world.by("county_clerk"))
    with pytest.raises(NotFound):
        set_feed(source, terms, by=world.by("liuhe_clerk"))


@pytest.mark.parametrize("wrong", [{"kinds": []}, {"kinds": ["nothing"]}, {"level": 7}, {"level": 2}])
def test_terms_that_cannot_be_are_refused(world, source, wrong):
    with pytest.raises(Invalid):
        agreed(world, source, **wrong)


def test_an_area_outside_the_sources_is_refused(world):
    town = add_source("town", "镇平台", world.place("柳河镇"), by=world.by("administrator"))
    with pytest.raises(Invalid):
        agreed(world, town)
