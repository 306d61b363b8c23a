"""The pages of a source's feed: agreeing it, pushing it, mapping its codes, its dictionary."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from linli.base.generations import bump
from linli.exchange.feeds.conftest import accepted, agreed, begun, receiver  # noqa: F401  a fixture
from linli.exchange.feeds.keeping import secret_of, set_webhook
from linli.exchange.feeds.sending import send_feeds
from linli.exchange.models import Batch, Feed, TheirCode
from linli.exchange.sources import add_source, end_source
from linli.residents.models import Assessment
from linli.residents.openings import FAMILY
from tests.assessing import assessed, assessed_source

pytestmark = pytest.mark.django_db
SOURCE = "/desk/exchange/city/"
PAGE = SOURCE + "feed/"
TERMS = {"kinds": ["matters"], "division": "990101", "level": "5"}


@pytest.fixture
def source(world):
    return assessed_source(world, add_source("city", "市平台", world.county, by=world.by("administrator")))


@pytest.fixture
def feed(world, source):
    return agreed(world, source, kinds=["matters"])


@pytest.fixture
def stuck(world, feed, receiver):  # noqa: F811
    begun()
    set_webhook(feed, receiver.url, by=world.by("administrator"))
    accepted(world)
    receiver.answers = [500]
    send_feeds()
    Batch.objects.update(state="stuck")
    return Feed.objects.get()


def text(response):
    return response.content.decode()


def test_an_administrator_agrees_an_assessed_feed_and_sees_where_it_is_pulled(sign_in, source, world):
    browser = sign_in("administrator")
    assert "尚未" not in text(browser.get(SOURCE))
    refused = browser.post(PAGE, TERMS)
    assert refused.status_code == 422
    assert "影响评估" in text(refused)
    assert not Feed.objects.exists()
    assessed(world, "feed-city")
    assert browser.post(PAGE, TERMS).status_code == 302
    page = text(browser.get(PAGE))
    assert "http://testserver/exchange/v1/feed?after=0" in page
    assert (Feed.objects.get().kinds, Feed.objects.get().level) == (["matters"], 5)


def test_a_clerk_sees_it_and_has_no_button(sign_in, feed):
    page = text(sign_in("county_clerk").get(PAGE))
    assert "网格事件" in page
    assert 'name="act"' not in page
    assert sign_in("county_clerk").post(PAGE, TERMS).status_code == 403


def test_a_clerk_reads_that_nothing_was_agreed(sign_in, source):
    assert "尚未约定数据订阅" in text(sign_in("county_clerk").get(PAGE))


@pytest.mark.parametrize("wrong", [{"kinds": []}, {"kinds": ["x"]}, {"level": "9"}, {"division": "320803"}])
def test_what_cannot_be_agreed_comes_back_with_its_error(sign_in, source, wrong):
    response = sign_in("administrator").post(PAGE, {**TERMS, **wrong})
    assert response.status_code == 422
    assert "error" in text(response)
    assert not Feed.objects.exists()


def test_the_secret_is_shown_once_and_on_no_page_after(sign_in, feed, receiver):  # noqa: F811
    browser = sign_in("administrator")
    response = browser.post(PAGE + "push/", {"url": receiver.url})
    secret = secret_of(Feed.objects.get())
    assert secret in text(response)
    assert "no-store" in response["Cache-Control"]
    assert secret not in text(browser.get(PAGE))


@pytest.mark.parametrize(
    "url", ["", "example", "http://127.0.0.1/", "https://169.254.169.254/", "https://a:b@c/"]
)
def test_an_address_nothing_is_sent_to_comes_back_with_a_sentence(sign_in, feed, url):
    response = sign_in("administrator").post(PAGE + "push/", {"url": url})
    assert response.status_code == 422
    assert Feed.objects.get().url == ""


def test_what_is_stuck_is_shown_with_its_reason_and_sent_again(sign_in, stuck):
    browser = sign_in("administrator")
    assert "对方没有接收推送的数据" in text(browser.get(SOURCE))
    assert "对方返回错误（500）" in text(browser.get(PAGE))
    browser.post(PAGE + "act/", {"act": "again"})
    assert send_feeds() == 1
    assert "对方没有接收" not in text(browser.get(SOURCE))


def test_pause_go_on_and_end_by_their_buttons(sign_in, stuck):
    browser = sign_in("administrator")
    browser.post(PAGE + "act/", {"act": "pause"})
    assert "起暂停" in text(browser.get(PAGE))
    browser.post(PAGE + "act/", {"act": "resume"})
    assert Feed.objects.get().paused_at is None
    browser.post(PAGE + "act/", {"act": "end_push"})
    assert (Feed.objects.get().url, Batch.objects.count()) == ("", 0)
    browser.post(PAGE + "act/", {"act": "end"})
    assert Feed.objects.get().until
    assert browser.post(PAGE + "act/", {"act": "pause"}).status_code == 404
    browser.post(PAGE, TERMS)
    assert Feed.objects.get().until is None


def test_an_act_that_does_not_exist_changes_nothing(sign_in, feed):
    assert sign_in("administrator").post(PAGE + "act/", {"act": "give_key"}).status_code == 404


def test_it_is_sent_from_a_position_on(sign_in, stuck):
    browser = sign_in("administrator")
    assert browser.post(PAGE + "replay/", {"first": "1"}).status_code == 302
    assert Feed.objects.get().mark == 0
    assert browser.post(PAGE + "replay/", {"first": "99999999"}).status_code == 422
    assert browser.post(PAGE + "replay/", {"first": "x"}).status_code == 422


def test_codes_are_filled_in_and_gaps_are_shown(sign_in, feed):
    browser, codes = sign_in("administrator"), PAGE + "codes/matters/"
    response = browser.post(codes, {"stage.accepted": "20", "category.0201": "L-7"})
    assert response.status_code == 302
    assert sorted(TheirCode.objects.values_list("code", "theirs")) == [("0201", "L-7"), ("accepted", "20")]
    page = text(sign_in("county_clerk").get(codes))
    assert "L-7" in page
    assert "未对照" in page
    assert re.search(r"\d+ 项未对照", text(browser.get(PAGE)))


def test_a_code_that_is_too_long_comes_back(sign_in, feed):
    response = sign_in("administrator").post(PAGE + "codes/matters/", {"stage.accepted": "x" * 61})
    assert response.status_code == 422
    assert not TheirCode.objects.exists()


def test_the_dictionary_shows_fields_and_codes_in_both_languages(sign_in, feed):
    page = text(sign_in("county_clerk").get(PAGE + "dictionary/"))
    for each in (
        "their_category",
        "本系统的办件编号。",
        "The case&#x27;s number here.",
        "待派遣",
        "Accepted",
    ):
        assert each in page


def test_without_a_feed_there_is_no_dictionary(sign_in, source):
    assert sign_in("county_clerk").get(PAGE + "dictionary/").status_code == 404


def test_an_ended_source_agrees_nothing_more(sign_in, world, source):
    end_source(source, by=world.by("administrator"))
    browser = sign_in("administrator")
    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE, TERMS).status_code in {409, 422}
    assert not Feed.objects.exists()


def test_a_feed_whose_assessment_is_over_says_what_to_do_next(sign_in, feed):
    Assessment.objects.filter(activity="feed-city").update(until=timezone.now())
    bump(FAMILY)
    page = text(sign_in("administrator").get("/desk/exchange/city/feed/"))
    assert "该数据订阅已暂停" in page
    assert "/desk/privacy/feed-city/" in page
