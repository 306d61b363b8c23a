"""A processor for each process: what threads of one process hand to each other wakes no other processor.

Python lets one thread of a process run at a time. To hand that right to a thread on another processor takes 35 µs on a
virtual machine, on the same one 2.5, and a report does it dozens of times (decision 42).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import randbelow


class Places:
    """Who has which processor. The system keeps it, and a place is free again when the process that took it is gone."""

    def __init__(self) -> None:
        self._file = self._answering = 0
        self.processors = sorted(os.sched_getaffinity(0))

    def lay_out(self, answering: int) -> None:
        """From here on processes forked from this one may take places; the first so many are for those that answer."""
        self._answering = answering
        self._file = os.memfd_create("linli-processors")
        first = randbelow(len(self.processors))  # several places on one machine mostly differ
        self.processors = self.processors[first:] + self.processors[:first]

    def take(self) -> None:
        """Stay on the first free processor; on all where none is free, or none have been laid out."""
        self._take_after(0)

    def take_left_over(self) -> None:
        """The same, without those that are for who answers."""
        self._take_after(self._answering)

    def _take_after(self, first: int) -> None:
        for place in range(first, len(self.processors) if self._file else 0):
            with suppress(BlockingIOError):
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                _stay_on([self.processors[place]])
                return


_places = Places()
share_out, take_one, take_one_left_over = _places.lay_out, _places.take, _places.take_left_over


@contextmanager
def anywhere() -> Iterator[None]:
    """For long work that needs no Python (a photo, a backup): on any processor, so nobody has to wait for it."""
    own = os.sched_getaffinity(0)
    _stay_on(_places.processors)
    try:
        yield
    finally:
        _stay_on(own)


def _stay_on(processors: list[int] | set[int]) -> None:
    with suppress(OSError):  # a processor may be taken from the machine while it runs
        os.sched_setaffinity(0, processors)
