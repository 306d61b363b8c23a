"""The group commit: what arrives while a commit runs goes into the next one together; there is no timer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar, cast

from django.db import DatabaseError, connection

_GROUP = 200
Work = TypeVar("Work")
Done = TypeVar("Done")


class _Waiting(Generic[Work, Done]):
    """A piece of work in the queue; whoever brought it sleeps until it is done."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.done: Done | None = None
        self.trouble: Exception | None = None
        self._asleep = Lock()
        self._asleep.acquire()

    def sleep(self) -> None:
        """Wait to be woken."""
        self._asleep.acquire()

    def wake(self) -> None:
        """Go on: it is done."""
        self._asleep.release()

    def result(self) -> Done:
        """What came of it."""
        if self.trouble:
            raise self.trouble
        return cast(Done, self.done)  # the group that served this one has set it


class Together(Generic[Work, Done]):
    """Work that arrives while a commit runs goes into the next one together: nobody waits for a timer.

    One thread does all that waits, so one disk flush serves many and the pages it writes stay in one connection's
    cache. `do_all` does several in one transaction; a group that fails is done one by one with `do_one`, so that one
    bad piece fails alone.
    """

    def __init__(
        self, name: str, *, do_all: Callable[[list[Work]], Sequence[Done]], do_one: Callable[[Work], Done]
    ) -> None:
        self._name, self._do_all, self._do_one = name, do_all, do_one
        self._queue: SimpleQueue[_Waiting[Work, Done]] = SimpleQueue()
        self._guard = Lock()
        self._thread: Thread | None = None
        self._database, self._warm = "", False

    def do(self, work: Work) -> Done:
        """Do one piece of work, together with whoever is waiting; returns after the commit."""
        mine: _Waiting[Work, Done] = _Waiting(work)
        self._queue.put(mine)
        self._see_that_it_runs()
        mine.sleep()
        return mine.result()

    def _see_that_it_runs(self) -> None:
        if self._thread and self._thread.is_alive():
            return
        with self._guard:
            if not (self._thread and self._thread.is_alive()):
                self._thread = Thread(target=self._go_on, name=self._name, daemon=True)
                self._thread.start()

    def _go_on(self) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < _GROUP and not self._queue.empty():
                group.append(self._queue.get())
            self._face_the_database()
            try:
                self._do_group(group)
            finally:
                for each in group:
                    each.wake()
            self._keep_pages_warm()

    def _do_group(self, group: list[_Waiting[Work, Done]]) -> None:
        try:
            for each, done in zip(group, self._do_all([one.work for one in group]), strict=True):
                each.done = done
        except Exception:  # noqa: BLE001  whatever it was, each learns its own trouble
            for each in group:
                self._do_alone(each)

    def _do_alone(self, each: _Waiting[Work, Done]) -> None:
        try:
            each.done = self._do_one(each.work)
        except Exception as trouble:  # noqa: BLE001  raised again in the thread of the request
            each.trouble = trouble

    def _face_the_database(self) -> None:
        """Tests and benches point a process at another database; a connection that outlived the old one is closed."""
        name = str(connection.settings_dict["NAME"])
        if name != self._database:
            connection.close()
            self._database, self._warm = name, False
        connection.close_if_unusable_or_obsolete()

    def _keep_pages_warm(self) -> None:
        """16 MB for the one that writes, once it has written; the threads that wait have little (`linli serve`)."""
        if not self._warm and connection.vendor == "sqlite":
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("PRAGMA cache_size=-16000")
        self._warm = True
