"""The folder a place lives in (`LINLI_HOME`), made before the settings are read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

ENVIRONMENT = """\
# Settings of this place; docs/settings.md lists them all. Whoever reads this file can read people's data:
# keep its mode 0600 and keep a copy apart from the backups.
LINLI_SECRET_KEY={secret}
LINLI_DATA_KEY={data}
"""


def folder() -> Path:
    """Where this place lives: LINLI_HOME, or `var` in the current folder."""
    return Path(os.environ.get("LINLI_HOME") or Path.cwd() / "var").resolve()


def prepare() -> Path:
    """Make the folder and its `linli.env` with fresh secrets, unless they are there; returns that file."""
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = home / "linli.env"
    text = ENVIRONMENT.format(
        secret=secrets.token_urlsafe(50), data=base64.b64encode(secrets.token_bytes(32)).decode()
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    return file
