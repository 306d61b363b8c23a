"""`linli drill`: restore the newest backup into an empty place, compare, and note how it went."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.conf.backups.drilling import drill
from linli.conf.backups.records import remember
from linli.conf.management.commands.restore import chosen


class Command(BaseCommand):
    """The living place is only read, and goes on working."""

    help = "Restore a backup into an empty place, compare it with this one, and throw it away again."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", nargs="?", default=str(settings.BACKUPS_ROOT))

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line per comparison; the exit code is 1 when one did not hold."""
        try:
            folder, archive = chosen(options["backup"])
            report = drill(folder, archive)
        except (Refusal, OSError) as trouble:
            remember("drill", file=options["backup"], passed=False, reason=str(trouble))
            raise CommandError(str(trouble)) from trouble
        for held, line in report.lines:
            paint = self.style.SUCCESS("ok   ") if held else self.style.ERROR("fail ")
            self.stdout.write(f"{paint} {line}")
        self.stdout.write(
            _("%(file)s of %(day)s restored and compared in %(seconds).1f seconds.")
            % {"file": report.archive, "day": f"{archive.made_at:%Y-%m-%d %H:%M}", "seconds": report.seconds}
        )
        remember("drill", file=report.archive, passed=report.passed, seconds=round(report.seconds, 1))
        if not report.passed:
            sys.exit(1)
