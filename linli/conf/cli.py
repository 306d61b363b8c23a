"""The `linli` command. All verbs, ours and Django's, are management commands; this opens the door."""

from __future__ import annotations

import os
import sys

from linli.base.frames import in_one_stretch
from linli.conf import home

NEEDS_NO_PLACE = {"help", "version", "startkind", "makemessages", "makemigrations"}


def main() -> None:
    """Run `linli VERB ...`; `linli help` lists the verbs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.conf.settings")
    _lay_the_ground(sys.argv[1].lstrip("-") if len(sys.argv) > 1 else "help")
    from django.core.exceptions import ImproperlyConfigured  # after the settings module is named
    from django.core.management import execute_from_command_line

    try:
        in_one_stretch(execute_from_command_line, ["linli", *sys.argv[1:]])
    except ImproperlyConfigured as trouble:
        sys.exit(f"linli: {trouble}")


def _lay_the_ground(verb: str) -> None:
    """What must be decided before the settings are read."""
    if verb in NEEDS_NO_PLACE or "--help" in sys.argv or "-h" in sys.argv:
        os.environ.setdefault("LINLI_BUILDING", "1")
    elif verb in {"demo", "replay", "simulate"}:
        os.environ.setdefault("LINLI_HOME", os.path.join(os.getcwd(), "var", "demo"))
        os.environ["LINLI_DEMO"] = "1"
        home.prepare()
    elif verb == "init":
        home.prepare()
    elif verb == "upgrade":
        home.add_backup_key(home.folder() / "linli.env")
