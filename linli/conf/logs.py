"""What goes into the log: a request that could not be read is one line, not a page of our own code."""

from __future__ import annotations

import logging

OUR_MISTAKE = 500
_REFUSED = "django.security"  # a strange host, too many fields: refused too, though these carry no status


class OneLineForRefusals(logging.Filter):
    """Leaves the traceback to requests that failed by our mistake; else any visitor could fill the disk."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, those of refused requests without their traceback."""
        refused = record.name.startswith(_REFUSED)
        if refused or getattr(record, "status_code", OUR_MISTAKE) < OUR_MISTAKE:
            record.exc_info, record.exc_text = None, None
        return True
