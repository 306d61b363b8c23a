"""The WSGI application, with the worker loops beside it when `linli serve` asks for them."""

from __future__ import annotations

import atexit
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.conf.settings")
application = get_wsgi_application()

if settings.LOOPS:
    from linli.conf.loops import Loops  # reads models, so only after the application is set up

    atexit.register(Loops().start().stop)
