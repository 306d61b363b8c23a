"""`linli upgrade`: back up, migrate, check. Run it after installing a new release."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from linli.conf.condition import unapplied


class Command(BaseCommand):
    """Three commands in the only safe order."""

    help = "Back up, migrate, check."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Stop at the first that fails."""
        lacking = unapplied()
        self.stdout.write(_("%(count)d migrations to apply.") % {"count": len(lacking)})
        if lacking:
            call_command("backup", stdout=self.stdout)
            call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        call_command("doctor", stdout=self.stdout)
