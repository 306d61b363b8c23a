"""Pushing: signed, in order, again until it is taken, never lost; a real receiver on loopback."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base import addresses
from linli.base.errors import Conflict, Invalid
from linli.exchange.feeds import sending
from linli.exchange.feeds.conftest import accepted, agreed, begun, dispatched, whole
from linli.exchange.feeds.keeping import (
    end_feed,
    pause,
    replay,
    resume,
    secret_of,
    send_again,
    set_webhook,
)
from linli.exchange.feeds.sending import failing, forget_sent, send_feeds, signature
from linli.exchange.models import Batch, Feed
from linli.exchange.sources import add_source, end_source
from linli.ledger.models import Entry

pytestmark = pytest.mark.django_db


def later(minutes: float) -> None:
    """Let the waiting time of every batch pass."""
    for batch in Batch.objects.exclude(state="sent"):
        batch.next_try -= timedelta(minutes=minutes)
        batch.save(update_fields=["next_try"])


def test_what_happens_is_pushed_once_and_signed(world, pushed, receiver):
    case = accepted(world)
    assert (send_feeds(), send_feeds()) == (1, 0)
    ((headers, body),) = receiver.got
    moment, signed = (each.partition("=")[2] for each in headers["Linli-Signature"].split(","))
    assert signed == signature(receiver.secret, moment, body)
    assert abs(int(moment) - time.time()) < 60
    assert headers["Linli-Delivery"] == receiver.said[0]["delivery"] == str(Batch.objects.get().pk)
    assert [entry["number"] for entry in receiver.entries] == [case.number]


def test_the_signature_is_that_of_the_body_and_of_this_secret():
    good = signature("s", "1", b"{}")
    assert good != signature("s", "1", b"{ }")
    assert good != signature("t", "1", b"{}")
    assert good != signature("s", "2", b"{}")


def test_what_was_before_the_address_was_set_is_not_pushed(world, feed, receiver):
    accepted(world)
    set_webhook(feed, receiver.url, by=world.by("administrator"))
    assert send_feeds() == 0


def test_a_receiver_that_fails_gets_the_same_delivery_again(world, pushed, receiver):
    accepted(world)
    receiver.answers = [500]
    assert send_feeds() == 0
    assert Batch.objects.get().trouble == "answer 500"
    assert send_feeds() == 0  # not before its time
    assert len(receiver.got) == 1
    later(1)
    assert send_feeds() == 1
    assert receiver.got[0][1] == receiver.got[1][1]
    assert receiver.said[0]["delivery"] == receiver.said[1]["delivery"]


def test_it_is_tried_after_1_5_30_120_and_720_minutes_then_it_is_stuck_and_shown(world, pushed, receiver):
    accepted(world)
    receiver.answers = [503] * 6
    waited = []
    for _each in range(6):
        send_feeds()
        batch = Batch.objects.get()
        waited.append(round((batch.next_try - timezone.now()).total_seconds() / 60))
        assert failing().get() == batch
        later(721)
    assert waited == [1, 5, 30, 120, 720, 720]
    assert batch.state == "stuck"
    assert (send_feeds(), len(receiver.got)) == (0, 6)
    send_again(pushed(), by=world.by("administrator"))
    assert send_feeds() == 1
    assert not failing().exists()


def test_what_fails_holds_back_what_comes_after_it(world, pushed, receiver):
    first = accepted(world)
    receiver.answers = [500]
    send_feeds()
    second = accepted(world)
    send_feeds()
    assert {entry["number"] for entry in receiver.entries} == {first.number}
    later(1)
    send_feeds()
    send_feeds()
    assert [entry["number"] for entry in receiver.entries] == [first.number, first.number, second.number]


def test_one_receiver_that_fails_keeps_no_other_waiting(world, pushed, receiver, monkeypatch):
    other = agreed(world, add_source("other", "别的", world.county, by=world.by("administrator")))
    set_webhook(other, receiver.url + "/other", by=world.by("administrator"))
    accepted(world)
    receiver.answers = [500]
    assert send_feeds() == 1


def test_what_is_pushed_in_batches_is_what_a_pull_gives(world, pushed, receiver, monkeypatch):
    after = begun()
    for _each in range(3):
        dispatched(world, accepted(world))
    monkeypatch.setattr(sending, "ENTRIES", 2)
    while send_feeds():
        pass
    assert [len(each["entries"]) for each in receiver.said] == [2, 2, 2]
    assert receiver.entries == whole(pushed(), after)
    assert [each["after"] for each in receiver.said][1:] == [each["next"] for each in receiver.said][:-1]


def test_a_replay_pushes_everything_from_a_position_on(world, pushed, receiver):
    after = begun()
    for _each in range(2):
        accepted(world)
    send_feeds()
    by = world.by("administrator")
    replay(pushed(), after + 1, by=by)
    send_feeds()
    assert receiver.said[0]["entries"] == receiver.said[1]["entries"] == whole(pushed(), after)
    assert Entry.objects.get(name="exchange.replay_feed").facts == {"source": "city", "first": after + 1}
    with pytest.raises(Invalid):
        replay(pushed(), 0, by=by)
    with pytest.raises(Invalid):
        replay(pushed(), 10**9, by=by)


def test_a_redirect_is_not_followed(world, pushed, receiver):
    accepted(world)
    receiver.answers = [(302, {"Location": receiver.url + "/elsewhere"}), (307, {"Location": receiver.url})]
    send_feeds()
    assert Batch.objects.get().trouble == "redirect 302"
    later(1)
    send_feeds()
    assert len(receiver.got) == 2


def test_a_receiver_that_says_nothing_is_left_after_a_while(world, pushed, receiver, monkeypatch):
    accepted(world)
    monkeypatch.setattr(addresses, "SILENCE", 0.3)
    left, said = threading.Event(), []
    receiver.answers = [lambda _handler: said.append(left.wait(30)) or 200]
    send_feeds()
    assert said == []
    left.set()
    assert Batch.objects.get().trouble == "slow"


def test_a_receiver_that_answers_drop_by_drop_is_left_too(world, pushed, receiver, monkeypatch):
    accepted(world)
    monkeypatch.setattr(addresses, "LONGEST", 0.5)
    left, said = threading.Event(), []

    def drip(handler):
        for each in range(300):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            said.append(each)
            left.wait(0.1)
        return 200

    receiver.answers = [drip]
    send_feeds()
    assert 0 < len(said) < 300
    left.set()
    assert Batch.objects.get().state == "waiting"


def test_nobody_at_home_is_tried_again(world, pushed, receiver):
    accepted(world)
    Feed.objects.update(url="http://127.0.0.1:9/")
    send_feeds()
    assert Batch.objects.get().trouble.startswith("unreachable")


def test_a_pause_holds_everything_and_loses_nothing(world, pushed, receiver):
    pause(pushed(), by=world.by("administrator"))
    case = accepted(world)
    assert send_feeds() == 0
    resume(pushed(), by=world.by("administrator"))
    assert send_feeds() == 1
    assert receiver.entries[0]["number"] == case.number


def test_after_the_end_of_feed_or_source_nothing_is_pushed(world, pushed, receiver, source):
    accepted(world)
    end_source(source, by=world.by("administrator"))
    assert send_feeds() == 0
    end_feed(pushed(), by=world.by("administrator"))
    assert secret_of(pushed()) == ""
    with pytest.raises(Conflict):
        pause(pushed(), by=world.by("administrator"))


def test_the_secret_is_kept_sealed_and_a_new_one_ends_the_old(world, pushed, receiver):
    assert receiver.secret.encode() not in bytes(pushed().secret_sealed)
    again = set_webhook(pushed(), receiver.url, by=world.by("administrator"))
    assert secret_of(pushed()) == again != receiver.secret


def test_batches_that_were_taken_are_forgotten_after_a_month(world, pushed, receiver):
    accepted(world)
    send_feeds()
    assert forget_sent() == 0
    assert forget_sent(timezone.now() + timedelta(days=31)) == 1


def test_a_secret_that_was_read_over_somebodys_shoulder_is_in_no_log_and_no_row(
    world, pushed, receiver, caplog
):
    accepted(world)
    receiver.answers = [500]
    send_feeds()
    assert receiver.secret not in caplog.text + str(list(Batch.objects.values())) + str(
        list(Entry.objects.filter(name__startswith="exchange").values())
    )
