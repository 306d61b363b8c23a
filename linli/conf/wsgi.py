"""The WSGI application, with the worker loops beside it when `linli serve` asks for them."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.conf.settings")
application = get_wsgi_application()
