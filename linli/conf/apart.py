"""The worker loops in a process of their own beside those that answer: neither waits for the other's Python lock."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import NoReturn

from linli.base import processors
from linli.base.writing import queue_across_processes
from linli.conf.loops import Loops

log = logging.getLogger("linli.loops")
LOOK = 0.2  # seconds between two looks whether all is as it should be


@contextmanager
def loops_apart() -> Iterator[None]:
    """Run the loops beside this process, which must not have threads yet; they have ended when this has.

    Processes are forked from this one, so that all of them queue together for SQLite's writer. Between it and the
    loops stands a process that does nothing but look after them: when they die, they begin anew; when this one is
    gone, they end.
    """
    queue_across_processes()
    served = os.getpid()
    watching = os.fork() or _look_after(served)
    try:
        yield
    finally:
        os.kill(watching, signal.SIGTERM)
        os.waitpid(watching, 0)


def run_until_told() -> None:
    """The loops in this process, until it is told to stop (SIGTERM, Ctrl-C) or whoever began it is gone."""
    _run(_listening(), os.getppid())


def _listening() -> list[int]:
    """Where signals to stop are noted from now on; in a forked process it is a list of its own."""
    told = list[int]()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: told.append(number))
    return told


def _run(told: list[int], began: int) -> None:
    loops = Loops().start()
    while not told and os.getppid() == began:
        sleep(LOOK)
    loops.stop()


def _look_after(served: int) -> NoReturn:
    told = _listening()
    loops = _forked(told)
    while not told and os.getppid() == served:
        if os.waitpid(loops, os.WNOHANG)[0]:
            log.error("the loops' process has ended; another one begins")
            loops = _forked(told)
        sleep(LOOK)
    os.kill(loops, signal.SIGTERM)
    os.waitpid(loops, 0)
    os._exit(0)


def _forked(told: list[int]) -> int:
    """The process of the loops; it never returns from here itself."""
    looking = os.getpid()
    forked = os.fork()
    if forked:
        return forked
    try:
        processors.take_one_left_over()
        _run(told, looking)
    except Exception:
        log.exception("the loops could not run")
    finally:
        os._exit(0)
