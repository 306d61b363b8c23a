"""What was done last and when: backups, drills and what failed, in one small file that doctor and metrics read."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from linli.base.files import write_durably

AHEAD = timedelta(hours=1)


def remember(what: str, **facts: Any) -> None:
    """Note something of now (`backup`, `drill`, `failure`), in the place of what was noted before."""
    told = {**_all(), what: {"at": timezone.now().isoformat(), **facts}}
    write_durably(_file(), json.dumps(told, ensure_ascii=False, indent=1))


def remembered(what: str) -> tuple[datetime, dict[str, Any]] | None:
    """When it was last done, and its facts; None if never.

    What is noted of the future was noted by a clock that has been put right since: it counts as never.
    """
    facts = _all().get(what)
    at = parse_datetime(facts["at"]) if facts else None
    if at is None or facts is None or at > timezone.now() + AHEAD:
        return None
    return at, facts


def _file() -> Path:
    return Path(settings.HOME) / "backups.json"


def _all() -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
