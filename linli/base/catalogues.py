"""Compile translation catalogues without gettext: Babel writes the `.mo` files Django reads."""

from __future__ import annotations

from pathlib import Path


def compile_catalogues(root: Path) -> int:
    """Compile every `.po` below `root` that is newer than its `.mo`; return how many were written."""
    from babel.messages.mofile import write_mo  # babel is a build-time need only
    from babel.messages.pofile import read_po

    written = 0
    for source in root.rglob("locale/*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as po, target.open("wb") as mo:
            write_mo(mo, read_po(po))
        written += 1
    return written
