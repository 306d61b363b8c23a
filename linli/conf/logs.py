"""What goes into the log: JSON, one object a line, and nothing personal in it.

A request that could not be read is one line, not a page of our own code. Numbers and names may stand in the message of
an exception (what a database quotes, what could not be parsed), so of an exception only its kind and its way through
the code are told; and what looks like a telephone or identity number is taken out of every line.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

OUR_MISTAKE = 500
# A mobile telephone's eleven digits, with blanks or dashes or without; an identity card's eighteen.
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"
)
_SECRETS = re.compile(r"(?i)\b(code|token|password|key|phone|name)=[^\s&\"']+")
_REFUSED = "django.security"  # a strange host, too many fields: refused too, though these carry no status


class OneLineForRefusals(logging.Filter):
    """Leaves the traceback to requests that failed by our mistake; else any visitor could fill the disk."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, those of refused requests without their traceback."""
        refused = record.name.startswith(_REFUSED)
        if refused or getattr(record, "status_code", OUR_MISTAKE) < OUR_MISTAKE:
            record.exc_info, record.exc_text = None, None
        return True


class Line(logging.Formatter):
    """For people at a console: a line, and of an exception its way through the code."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        when = datetime.fromtimestamp(record.created).strftime("%Y-%m-%d %H:%M:%S")
        lines = [f"{when} {record.levelname} {record.name} {without_people(record.getMessage())}"]
        lines += [f"  {each}" for each in way_of(record)]
        return "\n".join(lines)


class Json(logging.Formatter):
    """For machines: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The object: at, level, logger, message, and for our mistakes the kind of exception and its way."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_people(record.getMessage()),
        }
        if status := getattr(record, "status_code", None):
            told["status"] = status
        if way := way_of(record):
            told["exception"], told["way"] = way[0], way[1:]
        return json.dumps(told, ensure_ascii=False)


def without_people(text: str) -> str:
    """A text without what looks like a number of a person, or a secret in an address; on one line."""
    return _SECRETS.sub(r"\1=***", _NUMBERS.sub("***", text)).replace("\n", " ").replace("\r", " ")


def way_of(record: logging.LogRecord) -> list[str]:
    """The kinds of exception, then file, line and function of each call; never the exception's own words."""
    if not record.exc_info or record.exc_info[1] is None:
        return []
    chain: list[BaseException] = []
    seen: BaseException | None = record.exc_info[1]
    while seen is not None and len(chain) < 5:
        chain.append(seen)
        seen = seen.__cause__ or seen.__context__
    kinds = " < ".join(type(each).__name__ for each in chain)
    frames = [frame for each in reversed(chain) for frame in traceback.extract_tb(each.__traceback__)]
    return [kinds, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-40:])]
