"""What a source calls our codes, and the dictionary that is made from the code."""

from __future__ import annotations

import json

import pytest

from linli.base.errors import Invalid, NotYours
from linli.cases.catalogue import categories_of
from linli.cases.kinds import kind_of
from linli.exchange.feeds.codes import codes_of, holes, map_codes
from linli.exchange.feeds.conftest import accepted, agreed, begun, dispatched, whole
from linli.exchange.feeds.dictionary import dictionary_of
from linli.exchange.feeds.fields import CATEGORY, FIELDS, STAGE
from linli.ledger.models import Entry

pytestmark = pytest.mark.django_db
GIVEN = {(STAGE, "accepted"): "20", (CATEGORY, "0201"): " L-7 "}


def test_their_codes_stand_in_the_feed_and_a_gap_is_null(world, source, feed):
    map_codes(source, "matters", GIVEN, by=world.by("administrator"))
    after = begun()
    dispatched(world, accepted(world))
    told = [(row["their_stage"], row["their_category"]) for row in whole(feed, after)]
    assert told == [("20", "L-7"), (None, "L-7")]


def test_a_gap_is_counted(world, source):
    before = holes(source, "matters")
    assert before == len(codes_of(source, "matters"))
    map_codes(source, "matters", GIVEN, by=world.by("administrator"))
    assert holes(source, "matters") == before - 2
    assert Entry.objects.get(name="exchange.map_codes").facts == {
        "source": "city",
        "kind": "matters",
        "mapped": 2,
    }


def test_an_emptied_code_is_a_gap_again(world, source):
    map_codes(source, "matters", GIVEN, by=world.by("administrator"))
    map_codes(source, "matters", {(STAGE, "accepted"): ""}, by=world.by("administrator"))
    assert holes(source, "matters") == len(codes_of(source, "matters"))


@pytest.mark.parametrize(
    "wrong", [{(STAGE, "nothing"): "1"}, {("outcome", "void"): "1"}, {(STAGE, "accepted"): "x" * 61}]
)
def test_codes_that_cannot_be_are_refused(world, source, wrong):
    with pytest.raises(Invalid):
        map_codes(source, "matters", wrong, by=world.by("administrator"))


def test_codes_are_the_administrators_to_map(world, source):
    with pytest.raises(NotYours):
        map_codes(source, "matters", GIVEN, by=world.by("county_clerk"))


def test_the_dictionary_names_every_field_that_leaves_in_both_languages(world, feed):
    after = begun()
    accepted(world)
    (row,) = whole(feed, after)
    said = dictionary_of(feed)
    assert [each["name"] for each in said["fields"]] == list(row) == [each.name for each in FIELDS]
    assert all(each["meaning"]["en"] and each["meaning"]["zh"] for each in said["fields"])
    assert all(each["meaning"]["en"] != each["meaning"]["zh"] for each in said["fields"])
    assert all(each["origin"] for each in said["fields"])


def test_every_code_that_can_leave_is_in_the_dictionary(world, source):
    feed = agreed(world, source, kinds=["matters"])
    (kind,) = dictionary_of(feed)["kinds"]
    procedure = kind_of("matters").procedure
    assert {each["code"] for each in kind["stages"]} == set(procedure.stages)
    assert {each["code"] for each in kind["outcomes"]} == set(procedure.outcomes)
    published = {each.name for each in procedure.steps.values() if each.published}
    assert {each["code"] for each in kind["steps"]} == published
    harmless = {each.code for each in categories_of("matters") if not each.sensitive}
    assert {each["code"] for each in kind["categories"]} <= harmless
    assert next(each for each in kind["stages"] if each["code"] == "accepted")["zh"] == "待派遣"
    assert json.dumps(kind)


def test_what_a_field_may_lack_is_said_in_the_dictionary(world, source, feed):
    after = begun()
    accepted(world)
    never = {each.name for each in FIELDS if not each.nullable}
    assert all(row[name] is not None for row in whole(feed, after) for name in never)
