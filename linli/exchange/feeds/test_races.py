"""Two senders at once, and one that is killed between sending and marking."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

from django.utils import timezone

from linli.exchange.feeds.conftest import accepted, agreed, begun
from linli.exchange.feeds.keeping import set_webhook
from linli.exchange.feeds.sending import CLAIM, send_feeds
from linli.exchange.models import Batch, Feed, Source
from linli.exchange.sources import add_source
from tests.assessing import assessed_source


def pushed_to(world, receiver):
    source: Source = assessed_source(
        world, add_source("city", "市平台", world.county, by=world.by("administrator"))
    )
    feed = agreed(world, source)
    begun()
    receiver.secret = set_webhook(feed, receiver.url, by=world.by("administrator"))


def test_several_senders_send_every_batch_once(committed_world, receiver, at_once):
    pushed_to(committed_world, receiver)
    for _each in range(3):
        case = accepted(committed_world)
        receiver.answers = [lambda _handler: time.sleep(0.2) or 200]
        outcomes = at_once([send_feeds] * 4)
        assert sorted(outcomes) == [0, 0, 0, 1]
        assert receiver.entries[-1]["number"] == case.number
    ids = [each["delivery"] for each in receiver.said]
    assert len(ids) == len(set(ids)) == 3


PROGRAM = """
import django
django.setup()
from ipaddress import ip_network
from django.conf import settings
from tests import databases
from linli.exchange.feeds.sending import send_feeds
settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
with databases.pointing_at({name!r}):
    send_feeds()
"""


def test_a_sender_killed_between_sending_and_marking_sends_the_same_again(
    fresh_database, committed_world, receiver
):
    pushed_to(committed_world, receiver)
    case = accepted(committed_world)
    came, go_on = threading.Event(), threading.Event()

    def hold(_handler):
        came.set()
        go_on.wait(10)
        return 200

    receiver.answers = [hold]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(name=fresh_database)], env=dict(os.environ)
    )
    assert came.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    go_on.set()
    batch = Batch.objects.get()
    assert batch.state == "sending"
    assert send_feeds() == 0  # the claim of the dead still holds
    Batch.objects.update(next_try=timezone.now() - timedelta(seconds=1))
    assert batch.next_try <= timezone.now() + CLAIM
    assert send_feeds() == 1
    assert receiver.got[0][1] == receiver.got[1][1]
    assert [entry["number"] for entry in receiver.entries] == [case.number] * 2
    assert Feed.objects.get().mark == batch.upto
