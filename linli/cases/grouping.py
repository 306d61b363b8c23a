"""The group commit: requests that arrive while a commit runs go into the next one together; there is no timer."""

from __future__ import annotations

from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread

from django.db import DatabaseError, connection

from linli.cases.books import in_hand
from linli.cases.opening import Draft, Opened, open_many, open_one

_GROUP = 200


class _Waiting:
    """A draft in the queue; whoever brought it sleeps until it is opened."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.opened: Opened | None = None
        self.trouble: Exception | None = None
        self._asleep = Lock()
        self._asleep.acquire()

    def sleep(self) -> None:
        """Wait to be woken."""
        self._asleep.acquire()

    def wake(self) -> None:
        """Go on: it is done."""
        self._asleep.release()

    def open_alone(self) -> None:
        """Open it by itself, and keep the trouble for whoever brought it."""
        try:
            self.opened = open_one(self.draft)
        except Exception as trouble:  # noqa: BLE001  raised again in the thread of the request
            self.trouble = trouble

    def result(self) -> Opened:
        """What came of it."""
        if self.trouble:
            raise self.trouble
        assert self.opened is not None  # noqa: S101  the group that served this one has set either
        return self.opened


class _Writer:
    """Requests that arrive while a commit runs go into the next one together: nobody waits for a timer.

    One thread opens all that wait, so one disk flush serves many and the pages it writes stay in one connection's
    cache. A group that fails is opened one by one, so that one bad row fails alone.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Waiting] = SimpleQueue()
        self._guard = Lock()
        self._thread: Thread | None = None
        self._database, self._warm = "", False

    def open(self, draft: Draft) -> Opened:
        """Open one draft, together with whoever is waiting."""
        mine = _Waiting(draft)
        self._queue.put(mine)
        self._see_that_it_runs()
        mine.sleep()
        return mine.result()

    def _see_that_it_runs(self) -> None:
        if self._thread and self._thread.is_alive():
            return
        with self._guard:
            if not (self._thread and self._thread.is_alive()):
                self._thread = Thread(target=self._go_on, name="opening", daemon=True)
                self._thread.start()

    def _go_on(self) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < _GROUP and not self._queue.empty():
                group.append(self._queue.get())
            self._face_the_database()
            try:
                _open_together(group)
            finally:
                for each in group:
                    each.wake()
            self._keep_pages_warm()

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


def _open_together(group: list[_Waiting]) -> None:
    try:
        for each, opened in zip(group, open_many([one.draft for one in group]), strict=True):
            each.opened = opened
    except Exception:  # noqa: BLE001  whatever it was, each learns its own trouble
        for each in group:
            each.open_alone()


_writer = _Writer()


def open_grouped(draft: Draft) -> Opened:
    """Open one case from a request thread, sharing the commit with requests that arrive at the same time."""
    opened: Opened | None = in_hand().opened(draft)
    if opened:
        return opened
    if connection.in_atomic_block:
        return open_one(draft)
    return _writer.open(draft)
