"""`linli worker`: the loops alone, beside several web processes on PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.conf.apart import run_until_told
from linli.conf.standing import serve_here


class Command(BaseCommand):
    """Runs the loops until it is told to end."""

    help = "Run the worker loops without a web server (PostgreSQL)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the loops and wait for SIGTERM or Ctrl-C."""
        if settings.ON_SQLITE:
            raise CommandError(
                _("On SQLite `linli serve` runs the loops itself; others would only be in their way.")
            )
        try:
            serve_here()
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(_("The loops are running (Ctrl-C ends them)."))
        self.stdout.flush()
        run_until_told()
