"""A processor for each process, and any for what takes long without Python."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection

import pytest

from linli.base import processors
from linli.base.processors import Places

ALL = os.sched_getaffinity(0)
pytestmark = [
    pytest.mark.once,
    # Since Python 3.12 whoever forks with threads is warned; those that are forked here need none.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
    pytest.mark.skipif(len(ALL) < 2, reason="needs two processors"),
]


def _beside(act: Callable[[], None]) -> tuple[set[int], Callable[[], None]]:
    """Where a process forked from this one may run after an act, and what ends it: places are of processes."""
    here, there = get_context("fork").Pipe()

    def live(end: Connection) -> None:
        act()
        end.send(os.sched_getaffinity(0))
        end.recv()

    process = get_context("fork").Process(target=live, args=(there,))
    process.start()

    def leave() -> None:
        here.send("")
        process.join(10)

    return here.recv(), leave


def test_each_takes_a_free_one_and_who_is_too_many_runs_on_all() -> None:
    places = Places()
    places.lay_out(answering=1)
    found = [_beside(places.take) for _each in range(len(ALL) + 1)]
    try:
        own = [each for each, _leave in found[:-1]]
        assert (set().union(*own), {len(each) for each in own}) == (ALL, {1})
        assert found[-1][0] == ALL
        found[0][1]()
        again, leave = _beside(places.take)
        leave()
        assert again == own[0]
    finally:
        for _own, leave in found[1:]:
            leave()


def test_those_kept_for_who_answers_are_left_to_them() -> None:
    places = Places()
    places.lay_out(answering=1)
    loops, leave = _beside(places.take_left_over)
    leave()
    crowded = Places()
    crowded.lay_out(answering=len(ALL))
    none_left, leave = _beside(crowded.take_left_over)
    leave()
    assert (loops, none_left) == ({places.processors[1]}, ALL)


def test_without_a_server_nothing_is_taken() -> None:
    stayed, leave = _beside(Places().take)
    leave()
    assert stayed == ALL


def test_a_photo_is_decoded_anywhere_and_then_one_is_back() -> None:
    one, seen = min(ALL), list[set[int]]()

    def act() -> None:
        os.sched_setaffinity(0, {one})
        with processors.anywhere():
            seen.append(os.sched_getaffinity(0))
        assert seen == [ALL]

    back, leave = _beside(act)
    leave()
    assert back == {one}
