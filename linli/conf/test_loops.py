"""The loops go on whatever happens in one batch."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import DatabaseError

from linli.conf.loops import Loops, Turn

FAST = 0.01


class Batches:
    """A turn that fails or works as told, and remembers when it was called."""

    __name__ = "batches"

    def __init__(self, *outcomes: int | Exception) -> None:
        self.outcomes = list(outcomes)
        self.called: list[float] = []
        self.through = threading.Event()

    def __call__(self) -> int:
        self.called.append(time.monotonic())
        outcome = self.outcomes.pop(0) if self.outcomes else 0
        if not self.outcomes:
            self.through.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def _run(batches: Batches, every: float) -> None:
    loops = Loops([Turn(batches, every)]).start()
    assert batches.through.wait(10)
    loops.stop()


def test_a_failed_batch_is_tried_again(fresh_database: str) -> None:
    batches = Batches(DatabaseError("gone"), ValueError("a bug"), 1)
    _run(batches, FAST)
    assert len(batches.called) >= 3


def test_it_waits_longer_after_each_failure(fresh_database: str) -> None:
    batches = Batches(*[ValueError("a bug")] * 4, 0)
    _run(batches, 0.02)
    pauses = [after - before for before, after in zip(batches.called, batches.called[1:], strict=False)]
    assert all(pause >= 0.02 * 2**failures for failures, pause in enumerate(pauses, start=1))


def test_while_there_is_work_it_hardly_waits(fresh_database: str) -> None:
    _run(Batches(5, 5, 5, 0), 60)  # which waits for the last batch less than one such pause


def test_one_broken_loop_leaves_the_others_alone(fresh_database: str) -> None:
    broken, well = Batches(*[ValueError("a bug")] * 3), Batches(1, 1, 1, 0)
    loops = Loops([Turn(broken, FAST), Turn(well, FAST)]).start()
    assert well.through.wait(10)
    loops.stop()


@pytest.mark.parametrize("every", [0.01, 60])
def test_they_end_soon_when_asked(fresh_database: str, every: float) -> None:
    loops = Loops([Turn(Batches(0), every)]).start()
    begun = time.monotonic()
    loops.stop(patience=60)
    assert time.monotonic() - begun < 30


def test_stopping_takes_no_longer_than_its_patience_however_many_loops_are_stuck() -> None:
    stuck = threading.Event()

    def waits() -> int:
        stuck.wait(60)
        return 0

    loops = Loops([Turn(waits, FAST) for _loop in range(40)]).start()
    begun = time.monotonic()
    loops.stop(patience=0.5)
    assert time.monotonic() - begun < 15
    stuck.set()
