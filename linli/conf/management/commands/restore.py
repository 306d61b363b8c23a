"""`linli restore`: put a backup back in the place of what is there now, which is kept beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.conf.backups.archive import Archive
from linli.conf.backups.folder import Folder
from linli.conf.backups.restoring import put_back
from linli.conf.standing import alone


class Command(BaseCommand):
    """Reads and checks all of it before it touches anything."""

    help = "Put the newest backup of a folder, or the one named, back. Stop the server first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", nargs="?", default=str(settings.BACKUPS_ROOT))
        parser.add_argument(
            "--without-attachments", action="store_true", help="go on without those that cannot be read"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the archive, put it back, and examine the place."""
        try:
            with alone():
                folder, archive = chosen(options["backup"])
                before, files = put_back(folder, archive, whole=not options["without_attachments"])
        except (Refusal, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        if before:
            self.stdout.write(_("What was there before is now %(file)s.") % {"file": before})
        self.stdout.write(
            _("%(copy)s is back, with %(files)d attachments.") % {"copy": archive.path.name, "files": files}
        )
        call_command("doctor", stdout=self.stdout)


def chosen(named: str) -> tuple[Folder, Archive]:
    """The folder and the archive that a command line names; the newest of a folder."""
    given = Path(named).resolve()
    folder = Folder(given.parent if given.is_file() else given)
    return folder, folder.chosen(given if given.is_file() else None)
