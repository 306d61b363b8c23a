"""Outside systems: who may add them, their keys, and what they may send."""

from __future__ import annotations

import pytest

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, TooMany
from linli.exchange.models import Delivery, Foreign, Rejection, Source
from linli.exchange.sources import (
    add_source,
    called_in,
    count_request,
    end_source,
    give_key,
    note_refusal,
    require_quota,
    set_limits,
    source_of,
    took_in,
)
from linli.kinds.matters.actions import report
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.posts.tokens import Unknown
from tests.assessing import assessed_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(world):
    return world.by("administrator")


@pytest.fixture
def hotline(world, administrator):
    return assessed_source(world, add_source("hotline", "12345热线", world.county, by=administrator))


def test_an_administrator_adds_a_source_and_the_ledger_knows(hotline):
    assert Entry.objects.get(name="exchange.add_source").facts == {"source": "hotline"}


def test_a_clerk_may_not_add_one(world):
    with pytest.raises(NotYours):
        add_source("hotline", "12345热线", world.county, by=world.by("county_clerk"))


def test_another_place_looks_as_if_it_did_not_exist(world, administrator):
    with pytest.raises(NotFound):
        add_source("hotline", "12345热线", world.county.parent, by=administrator)


@pytest.mark.parametrize("code", ["", "热线", "web", "grid", "telephone", "1a", "a b", "a" * 21])
def test_a_code_that_cannot_be_a_channel_is_refused(world, administrator, code):
    with pytest.raises(Invalid):
        add_source(code, "12345热线", world.county, by=administrator)
    assert not Source.objects.exists()


def test_a_code_is_used_once(world, administrator, hotline):
    with pytest.raises(Conflict):
        add_source("hotline", "另一个", world.county, by=administrator)


def test_a_key_opens_the_source_and_only_its_digest_is_kept(hotline, administrator):
    secret = give_key(hotline, by=administrator)
    assert source_of(secret) == hotline
    assert secret not in str(Source.objects.values().get())


def test_a_new_key_ends_the_old_one(hotline, administrator):
    old = give_key(hotline, by=administrator)
    give_key(hotline, by=administrator)
    with pytest.raises(Unknown):
        source_of(old)


def test_a_key_that_was_asked_for_once_is_made_once(hotline, administrator):
    asked = {"by": administrator, "seen": hotline.last_four}
    secret = give_key(hotline, **asked)
    with pytest.raises(Conflict, match="another key"):
        give_key(hotline, **asked)
    assert source_of(secret) == hotline


def test_an_ended_source_is_told_so(hotline, administrator):
    secret = give_key(hotline, by=administrator)
    end_source(hotline, by=administrator)
    with pytest.raises(NotYours):
        source_of(secret)


def test_what_was_sent_today_counts_against_the_quota(hotline):
    Source.objects.update(per_day=3)
    hotline.refresh_from_db()
    count_request(hotline, taken=1)
    count_request(hotline, known=1)
    require_quota(hotline)
    note_refusal(hotline, "POST requests.json", "没有坐标")
    with pytest.raises(TooMany):
        require_quota(hotline)


def test_a_refused_request_is_kept_with_its_reason_and_nothing_else(hotline):
    note_refusal(hotline, "POST requests.json", "没有坐标")
    assert Delivery.objects.get().refused == 1
    assert Rejection.objects.get().reason == "没有坐标"


def test_a_number_is_kept_once_and_what_comes_again_is_known(world, hotline):
    opened = report(by=PartyActor("reporter"), text="路灯坏了", division=world.county)
    took_in(hotline, "A-1", opened.case, again=False)
    took_in(hotline, "A-1", opened.case, again=True)
    assert Foreign.objects.get().case_id == opened.case
    assert (Delivery.objects.get().taken, Delivery.objects.get().known) == (1, 1)


def test_limits_are_the_administrators_to_change(world, hotline, administrator):
    with pytest.raises(NotYours):
        set_limits(hotline, per_minute=1, per_day=1, by=world.by("county_clerk"))
    with pytest.raises(Invalid):
        set_limits(hotline, per_minute=0, per_day=1, by=administrator)
    set_limits(hotline, per_minute=1, per_day=2, by=administrator)
    assert Source.objects.values_list("per_minute", "per_day").get() == (1, 2)


def test_a_system_is_called_by_its_name_where_its_cases_may_lie(world, hotline):
    assert called_in(world.place("东门社区第一网格").span) == [("hotline", "12345热线")]
    assert called_in((0, 1000)) == []
