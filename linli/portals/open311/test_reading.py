"""Reading requests: everybody sees what sort of thing lies in which grid, the source its own in full."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.generations import bump
from linli.cases.models import Category
from linli.exchange.sources import add_source, give_key
from linli.kinds.matters import actions
from linli.portals.open311.conftest import HOME, LAMP, NOISE, WORDS
from linli.posts.actor import PartyActor
from tests.assessing import assessed_source

pytestmark = pytest.mark.django_db


def numbers(found):
    return [each["service_request_id"] for each in found]


def reported(world, code, at=None):
    category = Category.objects.get(kind="matters", code=code) if code else None
    grid = world.place(HOME)
    opened = actions.report(
        by=PartyActor("reporter"),
        text="不能公开的原话",
        category=category,
        division=grid,
        landmark="某号楼",
        at=at,
    )
    return opened.number


def test_anybody_sees_sort_and_grid_and_nobodys_words(ask, sent, world):
    (found,) = ask(f"requests/{sent.number}.json")
    grid = world.place(HOME)
    assert found["service_code"] == LAMP
    assert (found["lat"], found["long"], found["address"]) == (grid.latitude, grid.longitude, grid.name)
    assert (found["description"], found["media_url"]) == (None, None)
    assert "人民路12号" not in str(found)


def test_a_place_nobody_knows_yet_is_not_the_middle_of_the_county(ask, send):
    (receipt,) = send("requests.json", service_code=LAMP, address_string="人民路12号")
    (found,) = ask(f"requests/{receipt['service_request_id']}.json")
    assert (found["lat"], found["long"]) == (None, None)


def test_the_source_sees_words_and_place_of_its_own(ask, sent, key):
    (found,) = ask(f"requests/{sent.number}.json", api_key=key)
    assert (found["description"], found["address"]) == (WORDS, "人民路12号三号楼")
    assert found["lat"] == sent.matter.latitude


def test_another_source_sees_no_more_than_anybody(ask, sent, world):
    by = world.by("administrator")
    other = give_key(assessed_source(world, add_source("other", "别的应用", world.county, by=by)), by=by)
    assert ask(f"requests/{sent.number}.json", api_key=other) == ask(f"requests/{sent.number}.json")


def test_a_sensitive_matter_does_not_exist_for_the_public(ask, send, lamp, key):
    (receipt,) = send("requests.json", **{**lamp, "service_code": NOISE})
    number = receipt["service_request_id"]
    assert ask(f"requests/{number}.json", expect=404)[0]["code"] == 404
    assert number not in numbers(ask("requests.json"))
    assert number in numbers(ask("requests.json", api_key=key))


def test_a_matter_below_a_sensitive_category_does_not_exist_either(ask, world, sent):
    assert numbers(ask("requests.json")) == [sent.number]
    Category.objects.filter(code="0201").update(parent=Category.objects.get(kind="matters", code="0401"))
    bump("catalogue")
    assert numbers(ask("requests.json")) == []


def test_what_is_not_sorted_yet_is_not_public(ask, world):
    assert reported(world, "") not in numbers(ask("requests.json"))


def test_what_came_another_way_is_public_in_the_same_coarse_way(ask, world):
    number = reported(world, "0201")
    (found,) = ask(f"requests/{number}.json")
    assert "不能公开" not in str(found)
    assert "某号楼" not in str(found)


def test_promise_and_body_are_public(ask, way):
    way.dispatched()
    (found,) = ask(f"requests/{way.case.number}.json")
    assert found["agency_responsible"] == way.case.lead.organisation.name
    assert found["expected_datetime"].endswith("+08:00")


def test_words_to_the_reporter_are_for_the_source_only(ask, way, key):
    way.dispatched().go("power", "ask", question="几号楼的灯？")
    (own,) = ask(f"requests/{way.case.number}.json", api_key=key)
    (public,) = ask(f"requests/{way.case.number}.json")
    assert "几号楼的灯？" in own["status_notes"]
    assert public["status_notes"] is None


def test_what_posts_write_to_each_other_is_for_nobody_here(ask, way, key):
    way.dispatched()
    assert "内部备注" not in str(ask(f"requests/{way.case.number}.json", api_key=key))


def test_closed_only_when_the_reporter_has_spoken(ask, way):
    way.checked()
    assert ask(f"requests/{way.case.number}.json")[0]["status"] == "open"
    way.go("reporter", "confirm")
    (found,) = ask(f"requests/{way.case.number}.json")
    assert found["status"] == "closed"
    assert found["updated_datetime"] == timezone.localtime(way.case.closed_at).isoformat(timespec="seconds")


def test_the_list_is_newest_first_and_pages(ask, world):
    made = [reported(world, "0201") for _ in range(3)]
    assert numbers(ask("requests.json", page_size="2")) == made[:0:-1]
    assert numbers(ask("requests.json", page_size="2", page="2")) == made[:1]
    assert ask("requests.json", page_size="2", page="9") == []


def test_the_list_narrows_by_code_and_state(ask, way, world):
    other = reported(world, "0101")
    assert numbers(ask("requests.json", service_code=LAMP)) == [way.case.number]
    assert set(numbers(ask("requests.json", service_code=f"{LAMP},matters.0101"))) == {other, way.case.number}
    way.checked().go("reporter", "confirm")
    assert numbers(ask("requests.json", status="closed")) == [way.case.number]
    assert numbers(ask("requests.json", status="open")) == [other]
    assert len(ask("requests.json", status="open,closed")) == 2
    assert ask("requests.json", service_code="nothing") == []


def test_without_days_the_list_is_of_the_last_ninety(ask, world):
    long_ago = timezone.now() - timedelta(days=100)
    number = reported(world, "0201", at=long_ago)
    assert numbers(ask("requests.json")) == []
    start = (long_ago - timedelta(days=1)).isoformat()
    assert numbers(ask("requests.json", start_date=start)) == [number]
    assert numbers(ask("requests.json", service_request_id=number, status="closed")) == [number]


def test_several_numbers_override_everything_else(ask, world):
    made = [reported(world, "0201") for _ in range(3)]
    found = ask("requests.json", service_request_id=f"{made[0]}, {made[2]},990101-26-99999-9")
    assert set(numbers(found)) == {made[0], made[2]}


def test_what_changed_since_can_be_asked_for(ask, way):
    before = timezone.now()
    assert numbers(ask("requests.json", updated_after=before.isoformat())) == []
    assert numbers(ask("requests.json", updated_before=before.isoformat())) == [way.case.number]
    way.dispatched()
    assert numbers(ask("requests.json", updated_after=before.isoformat())) == [way.case.number]
    assert numbers(ask("requests.json", updated_before=before.isoformat())) == []


def test_a_zone_whose_plus_became_a_blank_is_understood(ask, world):
    number = reported(world, "0201")
    start = timezone.localtime(timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S 08:00")
    assert numbers(ask("requests.json", start_date=start)) == [number]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start_date", "2026-03-01"),
        ("start_date", "2026-03-01T10:00:00"),
        ("start_date", "2026-02-30T10:00:00Z"),
        ("end_date", "yesterday"),
        ("updated_after", "\x00"),
        ("status", "done"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "٣"),
        ("page", "999999"),
        ("page_size", "many"),
    ],
)
def test_a_bad_filter_is_named(ask, world, name, value):
    (error,) = ask("requests.json", expect=400, **{name: value})
    assert error["description"].startswith(f"{name}: ")


def test_days_far_from_now_are_read(ask, world):
    assert ask("requests.json", start_date="0001-01-01T00:00:00+14:00") == []
    assert ask("requests.json", end_date="9999-12-31T23:59:59-12:00") == []
    assert ask("requests.json", updated_after="9999-12-31T23:59:59-12:00") == []


def test_more_than_ninety_days_are_refused(ask, world):
    query = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}
    assert ask("requests.json", expect=400, **query)[0]["description"].startswith("end_date: ")


@pytest.mark.parametrize("number", ["1", "990101-26-99999-9", "%00", "路", "9" * 300, "a.b"])
def test_an_unknown_number_is_404(ask, world, number):
    assert ask(f"requests/{number}.xml", expect=404).findtext("error/code") == "404"


def test_a_number_is_its_own_token(ask, sent):
    assert ask(f"tokens/{sent.number}.json") == [{"service_request_id": sent.number, "token": sent.number}]
    assert ask("tokens/123.json", expect=404)[0]["code"] == 404


def test_a_long_list_costs_as_many_statements_as_a_short_one(
    ask, world, key, sent, django_assert_max_num_queries
):
    for _ in range(20):
        reported(world, "0201")
    ask("requests.json", api_key=key)
    with django_assert_max_num_queries(12):
        assert len(ask("requests.json", api_key=key)) == 21


def test_a_number_that_is_none_of_ours_finds_nothing_and_not_everything(ask, sent):
    assert ask("requests.json", service_request_id="SP-1") == []
    assert [
        each["service_request_id"] for each in ask("requests.json", service_request_id=f"SP-1,{sent.number}")
    ] == [sent.number]


def test_its_own_report_is_no_answer_to_the_reporter(ask, sent, key):
    (found,) = ask(f"requests/{sent.number}.json", api_key=key)
    assert found["status_notes"] is None


def test_an_address_that_is_nothing_answers_in_the_format_it_ends_in(ask):
    assert ask("nothing.json", expect=404)[0]["code"] == 404
    assert ask("nothing.xml", expect=404).tag == "errors"
