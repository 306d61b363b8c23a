"""The backup every place makes by itself, once a day, beside its other loops."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from linli.base.errors import Refusal
from linli.base.processors import anywhere
from linli.base.worktime import PLACE_TIME
from linli.conf.backups.folder import BeingMade, Folder, Made
from linli.conf.backups.records import remember, remembered

log = logging.getLogger("linli.backups")
TRY_AGAIN = timedelta(hours=1)


def is_due(now: datetime) -> bool:
    """Whether the last moment at which a backup should have begun has passed without one."""
    if settings.BACKUP_AT is None or settings.DEMO:
        return False
    last, failed = remembered("backup"), remembered("failure")
    if failed and failed[0] > now - TRY_AGAIN:
        return False
    return last is None or last[0] < _last_moment(now, settings.BACKUP_AT)


def back_up_when_due() -> int:
    """Make today's backup if it is time (the worker loop calls this). What fails is noted, shown and tried again."""
    if not is_due(timezone.now()):
        return 0
    try:
        with anywhere():
            made = make_backup(Path(settings.BACKUPS_ROOT))
    except BeingMade:
        return 0
    except (Refusal, OSError, DatabaseError) as trouble:
        remember("failure", reason=str(trouble))
        log.error("No backup could be made: %s", trouble)
        return 0
    log.info("Backup %s: %d new attachments", made.path.name, made.new)
    return 1


def make_backup(path: Path) -> Made:
    """Make one now, and note it."""
    begun = timezone.now()
    made = Folder(path).make()
    seconds = (timezone.now() - begun).total_seconds()
    remember("backup", file=str(made.path), bytes=made.path.stat().st_size, seconds=round(seconds, 2))
    return made


def _last_moment(now: datetime, at: time) -> datetime:
    here = now.astimezone(PLACE_TIME)
    today = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today <= here else today - timedelta(days=1)
