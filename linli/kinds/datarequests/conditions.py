"""What keeps a step of such a request from being taken now: one function per step; empty where it can be taken."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.cases.hindrances import Look


def hear(now: Look) -> str:
    """It is known which post looked."""
    return "" if now.detail.about else _("No post is known that looked. Answer from what you find yourself.")


def decide(now: Look) -> str:
    """A post that looked has been asked to explain."""
    unheard = now.detail.about and not now.detail.question
    return _("Let the post explain first, then answer.") if unheard else ""
