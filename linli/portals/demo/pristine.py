"""Starting the demo over: a copy of the untouched database is kept beside it and put back while the server runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, NotFound, Unavailable
from linli.base.generations import refresh
from linli.base.models import Generation
from linli.base.writing import writing
from linli.cases.models import Mark
from linli.divisions.models import Division
from linli.posts.models import Account, Holding

MARK = "demo"  # its position is the day on which the demo was built
FIRST = "demo-001"
PATIENCE = 8.0  # seconds that others may keep the database busy
_one_at_a_time = Lock()


def is_demo() -> bool:
    """Whether this database was begun by the demo: its first account says so."""
    return Account.objects.filter(username=FIRST).exists()


def built_on() -> date | None:
    """The day on which the demo was completed; None if it never was."""
    mark = Mark.objects.filter(name=MARK).first()
    return date.fromordinal(mark.position) if mark else None


def demo_root() -> Division:
    """The place the demo stands in."""
    return Holding.objects.select_related("post__division").filter(account__username=FIRST)[0].post.division


def keep_pristine() -> None:
    """Note that the demo is complete, and keep the copy that starting over puts back (SQLite)."""
    with writing():
        Mark.objects.update_or_create(name=MARK, defaults={"position": timezone.localdate().toordinal()})
    if connection.vendor == "sqlite":
        target = pristine_file()
        unfinished = target.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        _copy(_live_file(), unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(target)


def start_over() -> None:
    """Put the untouched database back, all at once; sessions end with it. Refused anywhere but in a demo."""
    if not settings.DEMO or not is_demo():
        raise NotFound
    if connection.vendor != "sqlite" or not pristine_file().is_file():
        raise Conflict(_("This demo is started over from the command line: linli demo --reset"))
    with _one_at_a_time:
        before = dict(Generation.objects.values_list("name", "number"))
        connection.close()
        _copy(pristine_file(), _live_file())
        _outdate(before)


def _outdate(before: dict[str, int]) -> None:
    """Give every generation a number never used yet, so that no cache takes the old for the new."""
    with writing():
        for name, number in before.items():
            Generation.objects.update_or_create(name=name, defaults={"number": number + 1})
    refresh()


def pristine_file() -> Path:
    """Where the untouched copy lies."""
    return _live_file().with_name(_live_file().name + ".pristine")


def _live_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy(source: Path, target: Path) -> None:
    """SQLite's online backup: one transaction on the target, so that nobody sees half of it."""
    with (
        closing(sqlite3.connect(source, timeout=PATIENCE)) as old,
        closing(sqlite3.connect(target, timeout=PATIENCE)) as new,
    ):
        try:
            old.backup(new)
        except sqlite3.OperationalError as trouble:
            raise Unavailable(_("The demo is busy just now. Please try again in a moment.")) from trouble
