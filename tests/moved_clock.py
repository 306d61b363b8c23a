"""Settings of a server whose clock a test sets: `linli serve` with DJANGO_SETTINGS_MODULE=tests.moved_clock.

The file named by LINLI_TEST_CLOCK says by how many seconds this server is ahead of the machine (or, below zero,
behind). All of Linli asks `timezone.now()` for the time, so that one function is replaced before anything imports it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from linli.conf.settings import *  # noqa: F403  the same settings in all else

_CLOCK = Path(os.environ["LINLI_TEST_CLOCK"])


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(_CLOCK.read_text()))


timezone.now = _now
