"""The WSGI application."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from linli.base import processors
from linli.base.frames import in_one_stretch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.conf.settings")
_answer = get_wsgi_application()
processors.take_one()  # where `linli serve` shares them out; threads that begin later stay with this one


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request."""
    return in_one_stretch(_answer, environ, start_response)
