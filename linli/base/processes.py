"""Processes beside this one that help with what takes long; they read, and leave writing to the one that began them.

This module is imported before Django is ready in them, so it knows no model.
"""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

import django
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections

_RARELY = 100_000
Result = TypeVar("Result")


@contextmanager
def helpers(count: int) -> Iterator[ProcessPoolExecutor]:
    """So many processes on the same database, started afresh: a copy of this one would share its connection."""
    database = str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=_begin, initargs=(database,)) as pool:
        yield pool


def in_order(coming: Iterable[Future[Result]], ahead: int) -> Iterator[Result]:
    """What comes of the work that is given to helpers, in its order; so many are begun ahead, so memory stays flat.

    `coming` gives the work out as it is asked for the next piece.
    """
    waiting: deque[Future[Result]] = deque()
    for each in coming:
        waiting.append(each)
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for circles seldom: rows live for a moment only, and looking through them costs a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _begin(database: str) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    if not apps.ready:
        django.setup()
    connections[DEFAULT_DB_ALIAS].settings_dict["NAME"] = database
    gc.freeze()
    gc.set_threshold(_RARELY)  # as in `seldom_collecting`, for good


def _end_with_parent() -> None:
    """A parent that is killed cannot say goodbye; nobody would be left waiting for work."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
