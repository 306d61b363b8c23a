"""What a check of this installation says: how bad it is, what was seen, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: `fail` must be mended before people can rely on it."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of `linli doctor`: what was seen, and for all but `ok` what to do next."""

    level: Level
    seen: str
    advice: str = ""
