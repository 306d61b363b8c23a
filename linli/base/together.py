"""The group commit: what arrives while a commit runs goes into the next one together; there is no timer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar, cast

from django.db import DatabaseError, connection
from django.utils.translation import get_language, override

from linli.base.errors import Unsure
from linli.base.frames import in_one_stretch

_GROUP = 200
Work = TypeVar("Work")
Done = TypeVar("Done")


class _Waiting(Generic[Work, Done]):
    """A piece of work in the queue; whoever brought it sleeps until it is done."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.language = get_language()
        self.done: Done | None = None
        self.trouble: Exception | None = None
        self.served = False
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


class _Groups(Generic[Work, Done]):
    """A group is done in one transaction; if that fails one by one, so that one bad piece fails alone.

    But not where it may have been done (Unsure): done once more it would be there twice.
    """

    def __init__(
        self, *, do_all: Callable[[list[Work]], Sequence[Done]], do_one: Callable[[Work], Done]
    ) -> None:
        self._do_all, self._do_one = do_all, do_one
        self._guard = Lock()

    def _do_group(self, group: list[_Waiting[Work, Done]]) -> None:
        """Never raises: nobody else wakes those who wait for this group, and each is told what went wrong."""
        try:
            self._get_ready()
            self._try_group(group)
        except Exception as trouble:  # noqa: BLE001  raised again in the thread of the request
            for each in group:
                each.trouble = trouble

    def _get_ready(self) -> None:
        """Before each group; a thread of a request has its connection looked after by Django."""

    def _try_group(self, group: list[_Waiting[Work, Done]]) -> None:
        try:
            for each, done in zip(group, self._do_all([one.work for one in group]), strict=True):
                each.done = done
        except Unsure as trouble:
            for each in group:
                each.trouble = trouble
        except Exception:  # noqa: BLE001  whatever it was, each learns its own trouble
            connection.close_if_unusable_or_obsolete()  # one that broke while nobody used it is not tried again
            for each in group:
                self._do_alone(each)

    def _do_alone(self, each: _Waiting[Work, Done]) -> None:
        try:
            with override(each.language):  # a refusal is said to whoever brought it
                each.done = self._do_one(each.work)
        except Exception as trouble:  # noqa: BLE001  raised again in the thread of the request
            each.trouble = trouble


class InTurn(_Groups[Work, Done]):
    """The same without a thread: whoever finds nobody at it does what has come in, for all; the others sleep.

    For work so small that handing it to a thread would cost as much again. Who came while a group was done is led by
    the first of them.
    """

    def __init__(
        self, *, do_all: Callable[[list[Work]], Sequence[Done]], do_one: Callable[[Work], Done]
    ) -> None:
        super().__init__(do_all=do_all, do_one=do_one)
        self._queue: deque[_Waiting[Work, Done]] = deque()
        self._led = False

    def do(self, work: Work) -> Done:
        """Do one piece of work, together with whoever is waiting; returns after the commit."""
        mine: _Waiting[Work, Done] = _Waiting(work)
        with self._guard:
            self._queue.append(mine)
            others_lead, self._led = self._led, True
        if others_lead:
            mine.sleep()
        if not mine.served:
            self._lead()
        return mine.result()

    def _lead(self) -> None:
        """Do what waits, the own piece first; then wake who has been served, and the first of those who came since."""
        with self._guard:
            group = [self._queue.popleft() for _each in range(min(_GROUP, len(self._queue)))]
        self._do_group(group)
        with self._guard:
            following = self._queue[0] if self._queue else None
            self._led = following is not None
        for each in group:
            each.served = True
            each.wake()
        if following:
            following.wake()


class Together(_Groups[Work, Done]):
    """Work that arrives while a commit runs goes into the next one together: nobody waits for a timer.

    One thread does all that waits, so one disk flush serves many and the pages it writes stay in one connection's
    cache.
    """

    def __init__(
        self, name: str, *, do_all: Callable[[list[Work]], Sequence[Done]], do_one: Callable[[Work], Done]
    ) -> None:
        super().__init__(do_all=do_all, do_one=do_one)
        self._name = name
        self._queue: SimpleQueue[_Waiting[Work, Done]] = SimpleQueue()
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
                self._thread = Thread(
                    target=in_one_stretch, args=(self._go_on,), name=self._name, daemon=True
                )
                self._thread.start()

    def _go_on(self) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < _GROUP and not self._queue.empty():
                group.append(self._queue.get())
            self._do_group(group)
            for each in group:
                each.wake()
            self._keep_pages_warm()

    def _get_ready(self) -> None:
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
