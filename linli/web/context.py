"""What every page knows: the place, the footer, the reader's choices, and the door it belongs to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.posts.accounts import CARE_COOKIE


def every_page(request: HttpRequest) -> dict[str, Any]:
    """Context for all templates; reads no database, so that error pages may use it too.

    A portal sets `request.door` to its base template; pages of kinds and refusals then wear its navigation.
    """
    return {
        "demo": settings.DEMO,
        "place_name": settings.PLACE_NAME or _("Linli"),
        "sign_on": settings.SIGN_ON_ISSUER and (settings.SIGN_ON_NAME or _("single sign-on")),
        "telephone": settings.PLACE_TELEPHONE,
        "scorecard_public": settings.SCORECARD_PUBLIC,
        "footer": _footer(),
        "care": request.COOKIES.get(CARE_COOKIE) == "on",
        "languages": settings.LANGUAGES,
        "door": getattr(request, "door", "web/base.html"),
    }


def _footer() -> list[tuple[str, str]]:
    """The lines a Chinese public site carries (国办发〔2017〕47号); empty ones are not shown."""
    lines = [
        (_("Run by"), "PLACE_ORGANISER"),
        (_("Address"), "PLACE_ADDRESS"),
        (_("Site code"), "PLACE_SITE_CODE"),
        (_("ICP record"), "PLACE_ICP_RECORD"),
        (_("Public security record"), "PLACE_POLICE_RECORD"),
    ]
    found = [(label, str(getattr(settings, name, ""))) for label, name in lines]
    return [(label, value) for label, value in found if value]
