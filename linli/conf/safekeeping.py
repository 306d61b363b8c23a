"""What doctor asks about not losing: backups, drills, ballast, an upgrade that stopped half-way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.conf.backups.records import remembered
from linli.conf.backups.stream import backup_key
from linli.conf.ballast import ballast
from linli.conf.findings import Finding, Level
from linli.conf.standing import begun_upgrade

LITTLE_SPACE, NO_SPACE = 2 << 30, 200 << 20
BACKUP_WITHIN = timedelta(hours=36)  # a daily one, and time to notice that last night's is missing
DRILL_WITHIN = timedelta(days=35)


def backups_recent() -> Iterator[Finding]:
    """Backups are sealed, made daily and kept apart from the database."""
    if settings.DEMO:
        yield Finding(Level.OK, _("A demo is not backed up."))
        return
    try:
        backup_key()
    except Refusal as trouble:
        yield Finding(Level.FAIL, _("No backup can be made."), trouble.sentence)
        return
    yield _last_backup()
    root = Path(settings.BACKUPS_ROOT)
    if root.is_dir() and root.stat().st_dev == Path(settings.HOME).stat().st_dev:
        yield Finding(
            Level.WARN,
            _("Backups lie on the disk of the database: what destroys one destroys both."),
            _("Set LINLI_BACKUPS to a folder on another machine or disk."),
        )


def _last_backup() -> Finding:
    last, failed = remembered("backup"), remembered("failure")
    advice = _("Run `linli backup`; it says what is in the way.")
    if failed and (last is None or failed[0] > last[0]):
        return Finding(
            Level.FAIL, _("The last backup failed: %(reason)s") % {"reason": failed[1].get("reason")}, advice
        )
    if last is None:
        return Finding(Level.WARN, _("No backup has been made yet."), advice)
    hours = int((timezone.now() - last[0]).total_seconds() // 3600)
    seen = _("The last backup is %(hours)d hours old.") % {"hours": hours}
    if timezone.now() - last[0] > BACKUP_WITHIN:
        return Finding(Level.FAIL, seen, advice)
    if not Path(last[1].get("file", "")).is_file():
        return Finding(Level.FAIL, _("The last backup is not where it was put: %(file)s.") % last[1], advice)
    return Finding(Level.OK, seen)


def drilled() -> Iterator[Finding]:
    """A backup was restored and compared lately."""
    if settings.DEMO:
        return
    last, advice = remembered("drill"), _("Run `linli drill`: it restores a backup apart and compares.")
    if last is None:
        yield Finding(Level.WARN, _("No backup has ever been tried out."), advice)
        return
    seen = _("Last drill: %(days)d days ago.") % {"days": (timezone.now() - last[0]).days}
    if not last[1].get("passed"):
        yield Finding(Level.FAIL, _("The last drill failed: the backup is not what it should be."), advice)
    elif timezone.now() - last[0] > DRILL_WITHIN:
        yield Finding(Level.WARN, seen, advice)
    else:
        yield Finding(Level.OK, seen)


def space_left() -> Iterator[Finding]:
    """There is room on the disk, and ballast to throw off when there is none."""
    free, lies = shutil.disk_usage(settings.HOME).free, ballast().is_file()
    level = Level.FAIL if free < NO_SPACE else Level.WARN if free < LITTLE_SPACE else Level.OK
    advice = _("Move old files away, or give the disk more room.")
    if level is Level.FAIL and lies:
        advice = _("Delete %(file)s: that makes room at once. Then move old files away.") % {
            "file": ballast()
        }
    seen = _("%(megabytes)d MB are free on the disk.") % {"megabytes": free >> 20}
    yield Finding(level, seen, "" if level is Level.OK else advice)
    if settings.BALLAST_MB and not lies:
        yield Finding(
            Level.WARN,
            _("There is no ballast to throw off when the disk is full."),
            _("`linli serve` lays it as soon as there is room for it."),
        )


def upgrade_ended() -> Iterator[Finding]:
    """No upgrade stopped half-way."""
    if begun_upgrade():
        yield Finding(
            Level.FAIL,
            _("An upgrade was interrupted; nothing is served until it is dealt with."),
            _("Run `linli upgrade`: it goes back and begins again."),
        )
