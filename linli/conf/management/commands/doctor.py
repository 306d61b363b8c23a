"""`linli doctor`: is this installation sound, and what to do where it is not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases.attachments import sweep
from linli.conf.condition import examine
from linli.conf.findings import Finding, Level


class Command(BaseCommand):
    """Prints a line per finding; the exit code is 1 when something must be mended."""

    help = "Check settings, database, ledger, calendar, notices, attachments and disk."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sweep", action="store_true", help="remove files that have belonged to no case for a day"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine everything, then say how it went."""
        if options["sweep"]:
            swept = sweep(timezone.now())
            self.stdout.write(_("%(count)d files that belonged to no case were removed.") % {"count": swept})
        findings = list(examine())
        for finding in findings:
            self._show(finding)
        if any(finding.level is Level.FAIL for finding in findings):
            sys.exit(1)

    def _show(self, finding: Finding) -> None:
        paint = {Level.OK: self.style.SUCCESS, Level.WARN: self.style.WARNING, Level.FAIL: self.style.ERROR}[
            finding.level
        ]
        self.stdout.write(f"{paint(f'{finding.level:<5}')} {finding.seen}")
        if finding.advice:
            self.stdout.write(f"      → {finding.advice}")
