"""`linli upgrade`: back up, migrate, check, and go back when one of them fails. Run it after installing a release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.conf.backups.folder import Folder
from linli.conf.backups.nightly import make_backup
from linli.conf.backups.restoring import put_back
from linli.conf.condition import checks_failing, unapplied
from linli.conf.safekeeping import upgrade_ended
from linli.conf.standing import alone, begun_upgrade, forget_upgrade, note_upgrade


class Command(BaseCommand):
    """Either the place is whole on the new release, or it is as it was before."""

    help = "Back up, migrate, check; go back if something fails. Stop the server first."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Take back what was interrupted, then go forward."""
        try:
            if unapplied() or begun_upgrade():
                with alone():
                    self._take_back_the_interrupted()
                    self._go_forward()
        except (Refusal, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        call_command("doctor", stdout=self.stdout)

    def _take_back_the_interrupted(self) -> None:
        if begun := begun_upgrade():
            _go_back(Path(begun["archive"]))
            self.stdout.write(_("An upgrade was interrupted before; the place is as it was before it."))

    def _go_forward(self) -> None:
        lacking = unapplied()
        self.stdout.write(_("%(count)d migrations to apply.") % {"count": len(lacking)})
        before = checks_failing()
        made = make_backup(Path(settings.BACKUPS_ROOT))
        self.stdout.write(_("Backed up to %(file)s.") % {"file": made.path})
        note_upgrade(archive=str(made.path), first=lacking[0] if lacking else "")
        try:
            call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
            trouble = ", ".join(sorted(checks_failing() - before - {upgrade_ended.__name__}))
        except Exception as failed:  # noqa: BLE001  whatever a migration may run into
            trouble = f"{type(failed).__name__}: {failed}"
        if trouble:
            _go_back(made.path)
            raise CommandError(
                _(
                    "The upgrade failed and was taken back: %(trouble)s. Everything is as it was before; install the "
                    "former release again to serve it."
                )
                % {"trouble": trouble}
            )
        forget_upgrade()


def _go_back(archive: Path) -> None:
    folder = Folder(archive.parent)
    half, _files = put_back(folder, folder.chosen(archive))
    if half:
        Path(half).unlink()  # half of an upgrade is of use to nobody
    forget_upgrade()
