"""Ballast: a file that does nothing but take room, so that a full disk can be emptied a little in one second.

When the disk is full, delete it: there is room again for what is running to finish, and for whoever mends it to work.
It comes back by itself once the disk has room enough.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings

ROOM_BESIDE = 4  # it is laid only where so many times its size stay free beside it
_MEGABYTE = 1 << 20


def ballast() -> Path:
    """Where it lies: on the disk of the database."""
    return Path(settings.HOME) / "ballast"


def lay_ballast() -> int:
    """Lay the ballast unless it lies there already or there is too little room (the worker loop calls this)."""
    size = settings.BALLAST_MB * _MEGABYTE
    if not size or (ballast().is_file() and ballast().stat().st_size == size):
        return 0
    if shutil.disk_usage(settings.HOME).free < size * (1 + ROOM_BESIDE):
        return 0
    part = ballast().with_suffix(".part")
    try:
        with part.open("wb") as file:
            for _piece in range(settings.BALLAST_MB):
                file.write(os.urandom(_MEGABYTE))  # a file system that compresses would make nothing of zeros
            file.flush()
            os.fsync(file.fileno())
        part.replace(ballast())
    finally:
        part.unlink(missing_ok=True)
    return 1
