"""What keeps a step of a screening from being taken now: one function per step; empty where it can be taken."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.cases.hindrances import Look
from linli.kinds.screenings.models import Remark


def send(now: Look) -> str:
    """There is time to answer."""
    if now.detail.until > now.at:
        return ""
    return _("The day until which places should answer has passed. Draw it up anew.")


def say_known(now: Look) -> str:
    """Once per post."""
    said = Remark.objects.filter(screening=now.case.pk, post=now.by_post).exists()
    return _("You have said so already. The answer will stand on this page.") if said else ""


def remind(now: Look) -> str:
    """Once."""
    if not now.detail.reminded_at:
        return ""
    return _("They have been reminded already. Once is enough; a call may help.")
