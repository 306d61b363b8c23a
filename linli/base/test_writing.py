"""Processes that write to one file take turns; one that dies is not waited for."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from linli.base.writing import _Gate, give_way

# Since Python 3.12 whoever forks with threads is warned; those that are forked here need none.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def test_at_the_gate_one_process_waits_for_the_other_and_not_for_one_that_died() -> None:
    gate, (told, tell) = _Gate(), os.pipe()
    gate.put_up()
    other = os.fork()
    if not other:
        with gate:
            os.write(tell, b"inside")
            signal.pause()
    assert os.read(told, 6) == b"inside"
    passed = threading.Thread(target=_pass, args=(gate,), daemon=True)
    passed.start()
    passed.join(0.2)
    assert passed.is_alive()
    os.kill(other, signal.SIGKILL)
    os.waitpid(other, 0)
    passed.join(10)
    assert not passed.is_alive()


def _pass(gate: _Gate) -> None:
    with gate:
        pass


def test_who_writes_batch_after_batch_lets_others_in_by_giving_way() -> None:
    """Without it whoever waits at the gate may never get in: it wakes up to find it shut again."""
    gate = _Gate()
    gate.put_up()
    other = os.fork()
    while not other:
        with gate:
            _work(0.02)
        give_way()
    passed = threading.Thread(target=_pass_often, args=(gate,), daemon=True)
    passed.start()
    passed.join(20)
    still_waits = passed.is_alive()
    os.kill(other, signal.SIGKILL)
    os.waitpid(other, 0)
    assert not still_waits


def _pass_often(gate: _Gate) -> None:
    for _each in range(20):
        time.sleep(0.05)
        _pass(gate)


def _work(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
