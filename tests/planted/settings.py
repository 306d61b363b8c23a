"""Settings of that release: `linli upgrade` with DJANGO_SETTINGS_MODULE=tests.planted.settings."""

from __future__ import annotations

from linli.conf.settings import *  # noqa: F403  the same settings in all else
from linli.conf.settings import INSTALLED_APPS

INSTALLED_APPS.append("tests.planted")
