"""What keeps a step of a leak from being taken now: one function per step, which says why not; empty where it can."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.cases.hindrances import Look


def finish(now: Look) -> str:
    """Authority and people have been told."""
    if not now.detail.authority_at:
        return _("First tell the authority, and note it here.")
    if now.detail.told_count is None and not now.detail.spared:
        return _("First tell the people it touches, or say why they need not be told.")
    return ""
