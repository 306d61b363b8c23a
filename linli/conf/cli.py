"""The `linli` command. Our own verbs and all of Django's are management commands; this only opens the door."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run `linli VERB ...`; `linli help` lists the verbs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.conf.settings")
    from django.core.exceptions import ImproperlyConfigured  # after the settings module is named
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["linli", *sys.argv[1:]])
    except ImproperlyConfigured as trouble:
        sys.exit(f"linli: {trouble}")
