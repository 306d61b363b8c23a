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
LINLI_BACKUP_KEY={backup}
LINLI_PUSH_KEY={push}
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
        secret=secrets.token_urlsafe(50), data=_random_key(), backup=_random_key(), push=_random_key()
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        add_backup_key(file)
        add_push_key(file)
        return file
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    return file


def add_backup_key(file: Path) -> None:
    """Give a place from before backups were sealed the key it lacks; one that has its keys elsewhere is left alone."""
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    elsewhere = any(name in os.environ for name in ("LINLI_BACKUP_KEY", "LINLI_BACKUP_KEY_FILE"))
    if not text or elsewhere or "LINLI_BACKUP_KEY" in text:
        return
    with file.open("a", encoding="utf-8") as opened:
        opened.write("" if text.endswith("\n") else "\n")
        opened.write(f"LINLI_BACKUP_KEY={_random_key()}\n")


def add_push_key(file: Path) -> None:
    """Give a place from before browsers were told the key that signs for it."""
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if text and "LINLI_PUSH_KEY" not in text and "LINLI_PUSH_KEY" not in os.environ:
        with file.open("a", encoding="utf-8") as opened:
            opened.write("" if text.endswith("\n") else "\n")
            opened.write(f"LINLI_PUSH_KEY={_random_key()}\n")


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
