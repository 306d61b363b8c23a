"""What lies on the device before anybody signs in: a page that names nobody, its files, and the service worker."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.web.context import every_page

WORKER = "field/sw.js"
FILES = (
    "web/linli.css",
    "web/linli.js",
    "web/favicon.svg",
    "field/field.css",
    "field/app.js",
    "field/forms.js",
    "field/outbox.js",
    "field/store.js",
    "field/views.js",
)


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page that stands in for all others without signal; it is the same for everybody, and knows no session."""
    return HttpResponse(render_to_string("field/shell.html", every_page(request)))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with this release's name for its cache: another release has another one."""
    del request
    said = {
        "cache": f"field-{release()}",
        "shell": reverse("field:shell"),
        "files": [static(name) for name in FILES],
    }
    script = f"const RELEASE = {json.dumps(said)};\n{_read(WORKER)}"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to put the app among its others."""
    name = str(every_page(request)["place_name"])
    icon = {"src": static("web/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    content = {
        "name": _("%(place)s: field app") % {"place": name},
        "short_name": _("Field app"),
        "start_url": reverse("field:to_do"),
        "scope": reverse("field:to_do"),
        "display": "standalone",
        "background_color": "#f5f3ed",
        "theme_color": "#0c5158",
        "icons": [icon],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@cache
def release() -> str:
    """A digest of everything that the shell is made of."""
    folder = Path(__file__).resolve().parent / "templates"
    parts = [_read(name) for name in (*FILES, WORKER)]
    parts += [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def _read(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")
