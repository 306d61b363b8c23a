"""Processes that write to one file take turns; one that dies is not waited for."""

from __future__ import annotations

import os
import signal
import threading

from linli.base.writing import _Gate


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
