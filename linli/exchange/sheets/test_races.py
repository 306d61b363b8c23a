"""Two clerks with one sheet, and a process that is killed in the middle: every row is in once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

from linli.cases.models import Case
from linli.exchange.models import Delivery, Foreign, Parcel
from linli.exchange.sheets.conftest import BODY, Book, good
from linli.exchange.sheets.maps import save_map
from linli.exchange.sheets.taking_in import go_on, keep_sheet, take_in
from linli.exchange.sources import add_source
from tests.assessing import assessed_source

ROWS = 160


def sent(world: Any, *keys: str) -> list[Parcel]:
    """The same sheet, looked at by the holders of these posts."""
    source = assessed_source(
        world, add_source("hotline", "12345热线", world.county, by=world.by("administrator"))
    )
    save_map(source, BODY, by=world.by("administrator"))
    content = Book(*[good(n) for n in range(1, ROWS + 1)]).bytes()
    return [keep_sheet(source, "工单.xlsx", content, by=world.by(key)) for key in keys]


def finish(parcel: Parcel) -> None:
    while go_on(parcel):
        pass


def test_two_clerks_with_the_same_sheet_open_every_row_once(committed_world, at_once):
    keys = ("county_clerk", "call_taker")
    one, other = sent(committed_world, *keys)
    before = Case.everywhere.count()

    def take(parcel: Parcel, key: str) -> None:
        take_in(parcel, by=committed_world.by(key))
        finish(parcel)

    outcomes = at_once([lambda: take(one, keys[0]), lambda: take(other, keys[1])])
    assert outcomes == [None, None]
    assert Foreign.objects.count() == Case.everywhere.count() - before == ROWS
    counts = Delivery.objects.values_list("taken", "known", "refused")
    assert sum(taken for taken, _known, _refused in counts) == ROWS
    assert sum(known for _taken, known, _refused in counts) == ROWS
    assert all(refused == 0 for _taken, _known, refused in counts)


def test_two_who_go_on_with_one_delivery_take_every_row_once(committed_world, at_once):
    (parcel,) = sent(committed_world, "county_clerk")
    by = committed_world.by("county_clerk")
    outcomes = at_once(
        [lambda: take_in(parcel, by=by), lambda: take_in(parcel, by=by), lambda: finish(parcel)]
    )
    assert not [each for each in outcomes if isinstance(each, Exception)]
    finish(parcel)
    assert (Delivery.objects.get().taken, Foreign.objects.count()) == (ROWS, ROWS)


PROGRAM = """
import django
django.setup()
from tests import databases
from linli.exchange.models import Parcel
from linli.exchange.sheets import taking_in
from linli.posts.actor import PostActor
taking_in.AT_ONCE, taking_in.IN_A_REQUEST = 5, 60
with databases.pointing_at({name!r}):
    parcel = Parcel.objects.select_related("map", "source__division", "holding__post__division").get()
    print("going", flush=True)
    taking_in.take_in(parcel, by=PostActor(parcel.holding))
"""


def test_what_was_in_when_the_process_was_killed_is_in_and_the_rest_follows(fresh_database, committed_world):
    (parcel,) = sent(committed_world, "county_clerk")
    before = Case.everywhere.count()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(name=fresh_database)],
        stdout=subprocess.PIPE,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    process.stdout.readline()
    for _ in range(400):
        if Foreign.objects.exists() or process.poll() is not None:
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    in_already = Foreign.objects.count()
    assert 0 < in_already < ROWS
    assert Delivery.objects.get().taken == in_already == Case.everywhere.count() - before
    finish(parcel)
    assert Foreign.objects.count() == Case.everywhere.count() - before == ROWS
    assert Delivery.objects.get().taken == ROWS
