"""`linli backup`: a sealed, consistent copy of the database and of the attachments, while people work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.conf.backups.nightly import is_due, make_backup


class Command(BaseCommand):
    """Database first, attachments after it, so that every row of the copy has its file."""

    help = "Seal a copy of the database, and the attachments that are new, into a folder."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default=str(settings.BACKUPS_ROOT))
        parser.add_argument(
            "--if-due", action="store_true", help="only if today's has not been made (for timers)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say where it is."""
        if options["if_due"] and not is_due(timezone.now()):
            self.stdout.write(_("Today's backup is there already."))
            return
        try:
            made = make_backup(Path(options["folder"]).resolve())
        except (Refusal, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(
            _("Sealed into %(target)s; %(files)d new attachments, %(removed)d old backups removed.")
            % {"target": made.path, "files": made.new, "removed": made.removed}
        )
        if made.lost:
            self.stderr.write(_("%(count)d attachments have no file to copy.") % {"count": made.lost})
        self.stdout.write(
            _("The keys in linli.env are not in it: keep them apart; without them it cannot be read.")
        )
