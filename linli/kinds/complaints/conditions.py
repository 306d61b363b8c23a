"""What keeps a step of a complaint from being taken now: one function per step; empty where it can be taken."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.cases.hindrances import Look

REOPENINGS = 2


def decide(now: Look) -> str:
    """A post that is known was heard before."""
    unheard = now.detail.about and not now.detail.question
    return _("Hear the post first, then decide.") if unheard else ""


def contest(now: Look) -> str:
    """Once only."""
    if not now.detail.contested:
        return ""
    return _("A decision is contested once. You may still turn to the petition office of the level above.")


def reopen(now: Look) -> str:
    """Twice at most."""
    if now.detail.reopened < REOPENINGS:
        return ""
    return _("This was taken up again twice. You may still turn to the petition office of the level above.")
