"""Every address, door by door. A kind's own pages hang below its doors; no kind is named here."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

DOORS = {
    "api/": "api",
    "open311/": "open311",
    "exchange/": "feeds",
    "desk/": "desk",
    "field/": "field",
    "command/": "command",
    "account/": "entrance",
    "": "resident",
}  # the busiest first: addresses are tried in this order
if settings.DEMO:
    DOORS["demo/"] = "demo"

urlpatterns: list[URLPattern | URLResolver] = [
    *[
        path(prefix, include(f"linli.portals.{door}.urls"))
        for prefix, door in DOORS.items()
        if find_spec(f"linli.portals.{door}.urls")
    ],
    path("", include("linli.web.urls")),
]
handler400 = "linli.web.errors.bad_request"
handler403 = "linli.web.errors.forbidden"
handler404 = "linli.web.errors.not_found"
handler500 = "linli.web.errors.failed"
