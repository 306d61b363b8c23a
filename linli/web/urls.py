"""Addresses of the web layer: the reader's preferences, the tiles of maps and, in the demo, the style guide."""

from __future__ import annotations

from django.urls import path

from linli.web.guide import guide
from linli.web.outlines import outlines
from linli.web.views import preferences

app_name = "web"
urlpatterns = [
    path("preferences/", preferences, name="preferences"),
    path("web/guide/", guide, name="guide"),
    path("web/tiles/<int:z>/<int:x>/<int:y>/", outlines, name="outlines"),
]
