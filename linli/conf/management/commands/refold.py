"""`linli refold`: throw the rollups of figures away and build them from zero, while people work."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from rich.progress import Progress

from linli.analytics.anew import build_anew
from linli.analytics.folding import cases_to_fold
from linli.base.generations import refresh
from linli.ledger.sequencing import sequence_all


class Command(BaseCommand):
    """Until it is done figures are counted live; stopped half-way, the server's loop goes on."""

    help = "Build the rollups of figures from zero."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin, go on until nothing is left, say how many cases they hold."""
        refresh()
        sequence_all()
        with Progress() as bar:
            line = bar.add_task("", total=cases_to_fold())
            for done in build_anew(jobs=(os.cpu_count() or 1) - 1):
                bar.advance(line, done)
        self.stdout.write(_("The figures of %(count)d cases were built anew.") % {"count": cases_to_fold()})
