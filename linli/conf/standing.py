"""Whether this place is being served, and whether an upgrade was begun and not ended: one lock and one small file."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.base.files import sync_folder, write_durably

_held: list[int] = []


def serve_here() -> None:
    """Hold the place as one that is served, until the process and all its children have ended.

    Raises Refusal while a backup is being put back, or after an upgrade that was interrupted.
    """
    handle = _lock(fcntl.LOCK_SH)
    if begun_upgrade():
        os.close(handle)
        raise Refusal(_("An upgrade was interrupted. Run `linli upgrade`: it goes back and begins again."))
    _held.append(handle)


@contextmanager
def alone() -> Iterator[None]:
    """Have the place to oneself; raises Refusal while it is served."""
    handle = _lock(fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def begun_upgrade() -> dict[str, Any]:
    """What was noted when an upgrade began that has not ended; empty if there is none."""
    try:
        found = json.loads(_note().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return dict(found)


def note_upgrade(**facts: Any) -> None:
    """An upgrade begins: from here on nothing is served until it has ended or was taken back."""
    write_durably(_note(), json.dumps(facts))


def forget_upgrade() -> None:
    """It ended, one way or the other."""
    _note().unlink(missing_ok=True)
    sync_folder(_note().parent)


def _note() -> Path:
    return Path(settings.HOME) / "upgrading.json"


def _lock(how: int) -> int:
    handle = os.open(Path(settings.HOME) / "serving.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError as trouble:
        os.close(handle)
        raise Refusal(
            _("This place is being served, or another command has it. Stop the server, then try again.")
        ) from trouble
    return handle
