"""Pulling a feed over HTTP with the system's key."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from linli.exchange.feeds.conftest import accepted, agreed, begun, whole
from linli.exchange.feeds.keeping import end_feed
from linli.exchange.models import Feed, Rejection, Source
from linli.exchange.sources import add_source, end_source, give_key
from tests.assessing import assessed_source

pytestmark = pytest.mark.django_db
FEED, DICTIONARY = "/exchange/v1/feed", "/exchange/v1/dictionary"


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def source(world) -> Source:
    return assessed_source(world, add_source("city", "市平台", world.county, by=world.by("administrator")))


@pytest.fixture
def feed(world, source) -> Feed:
    return agreed(world, source)


@pytest.fixture
def ask(world, source):
    key = give_key(source, by=world.by("administrator"))
    browser = Client(headers={"authorization": f"Bearer {key}"})
    return lambda address=FEED, **query: browser.get(address, query)


def test_a_page_has_the_entries_and_where_to_go_on(world, feed, ask):
    after = begun()
    case = accepted(world)
    said = ask(after=after).json()
    assert (said["feed"], said["next"], said["more"]) == ("city", after + 2, False)
    assert [row["number"] for row in said["entries"]] == [case.number]
    assert said["entries"] == whole(feed, after)


def test_going_on_with_next_gives_everything_once(world, feed, ask):
    begun()
    for _each in range(3):
        accepted(world)
    found, after = [], 0
    while True:
        said = ask(after=after, limit=1).json()
        found += said["entries"]
        after = said["next"]
        if not said["more"]:
            break
    assert found == whole(feed)


def test_asking_again_without_news_costs_nothing_to_carry(world, feed, ask, client):
    after = begun()
    accepted(world)
    first = ask(after=after)
    again = client.get(
        FEED,
        {"after": after},
        headers={
            "authorization": first.wsgi_request.headers["Authorization"],
            "if-none-match": first["ETag"],
        },
    )
    assert (again.status_code, again.content) == (304, b"")
    assert ask(after=after)["ETag"] == first["ETag"]
    accepted(world)
    assert ask(after=after)["ETag"] != first["ETag"]


def test_without_a_key_or_with_a_wrong_one_nobody_is_told(feed, client):
    assert client.get(FEED).status_code == 401
    assert client.get(FEED, headers={"authorization": "Bearer linli_x"}).status_code == 401
    assert client.get(FEED, headers={"authorization": "Basic eDp5"}).status_code == 401
    assert client.get(FEED + "?api_key=x").json()["error"]["code"] == "unknown"


def test_a_session_at_the_desk_is_no_key(world, feed, client):
    client.force_login(world.by("administrator").holding.account)
    assert client.get(FEED).status_code == 401


def test_keys_cannot_be_guessed_at_will(feed, client):
    answers = [client.get(FEED, headers={"authorization": f"Bearer {n}"}).status_code for n in range(62)]
    assert answers[-1] == 429


def test_a_system_without_a_feed_is_told_whom_to_ask(ask):
    assert ask().status_code == 404
    assert ask().json()["error"]["code"] == "not_found"


def test_an_ended_feed_or_system_is_told_nothing(world, feed, source, ask):
    end_feed(feed, by=world.by("administrator"))
    assert ask().status_code == 404
    end_source(source, by=world.by("administrator"))
    assert ask().status_code == 403


def test_more_questions_in_a_minute_than_agreed_are_refused(world, feed, source, ask):
    Source.objects.update(per_minute=2)
    assert [ask().status_code for _each in range(4)] == [200, 200, 429, 429]
    assert Rejection.objects.get().where == "GET /exchange/v1/feed"


@pytest.mark.parametrize(
    "query",
    [
        *({"after": "x"}, {"after": "-1"}, {"after": "²"}, {"after": "9" * 30}, {"after": "1.5"}),
        *({"limit": "0"}, {"limit": "1001"}, {"limit": "x"}),
    ],
)
def test_a_number_that_is_none_is_refused_with_the_field(feed, ask, query):
    response = ask(**query)
    assert response.status_code == 422
    assert set(response.json()["error"]["fields"]) == set(query)


def test_a_receiver_that_is_ahead_is_told_so(feed, ask):
    last = begun()
    response = ask(after=last + 5)
    assert (response.status_code, response.json()["error"]["last"]) == (409, last)
    assert ask(after=2**63 - 1).status_code == 409


def test_entries_that_are_gone_are_410_with_the_first_there_is(feed, ask, monkeypatch):
    monkeypatch.setattr("linli.exchange.feeds.reading._bounds", lambda: (50, 60))
    response = ask(after=3)
    assert (response.status_code, response.json()["error"]["first"]) == (410, 50)


def test_nothing_can_be_sent_here(feed, client):
    assert client.post(FEED).status_code == 405


def test_the_dictionary_goes_by_the_same_key(world, feed, ask, client):
    said = ask(DICTIONARY).json()
    assert said["fields"][0]["name"] == "position"
    assert client.get(DICTIONARY).status_code == 401


def test_a_page_of_a_thousand_is_read_in_a_moment(
    world, feed, ask, monkeypatch, django_assert_max_num_queries
):
    """The speed stands in docs/feeds.md; here only that the statements do not grow with the rows."""
    begun()
    for _each in range(12):
        accepted(world)
    with django_assert_max_num_queries(12):
        said = ask(limit=1000).json()
    assert len(said["entries"]) >= 12
