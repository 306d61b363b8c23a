"""`linli rekey`: a new data key, everything sealed anew while people work, the old key destroyed."""

from __future__ import annotations

import secrets
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.progress import Progress

from linli.base.errors import Conflict
from linli.posts.actor import SystemActor
from linli.residents.crypto import current_version
from linli.residents.rotating import begin, count_old, renew, retire, unfinished, wrap_again
from linli.residents.sealing import sealed_tables
from linli.residents.sessions import renew_sessions

CONSOLE = SystemActor("console")
PAUSE = 0.005  # between batches, so that people's writes come in between
SETTLED = 60.0  # the longest a request may still use the keys it read at its beginning


class Command(BaseCommand):
    """Goes on where it was stopped; run it again after a crash."""

    help = "Seal people's data with a new key, and destroy the old one."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--master", action="store_true", help="only wrap the keys anew, after LINLI_DATA_KEY was changed"
        )
        parser.add_argument(
            "--settled", type=float, default=SETTLED, help="seconds to wait until no request uses the old key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin or go on; say what was done."""
        if options["master"]:
            said = {"count": wrap_again()}
            if not said["count"]:
                raise CommandError(_("There are no keys to wrap yet. Run `linli rekey` first."))
            self.stdout.write(_("%(count)d keys were wrapped with the present LINLI_DATA_KEY.") % said)
            return
        begun = time.monotonic()
        if unfinished():
            self.stdout.write(_("A change of keys was stopped half-way. It goes on now."))
        else:
            begin(secrets.token_bytes(32), by=CONSOLE)
        self._renew()
        time.sleep(max(0.0, options["settled"] - (time.monotonic() - begun)))
        self._renew()  # what was sealed meanwhile by requests that began before
        try:
            retire(by=CONSOLE)
        except Conflict as late:
            raise CommandError(
                _("Somebody has just written with the old key. Run this again to finish.")
            ) from late
        said = {"version": current_version()}
        self.stdout.write(_("All is sealed with key %(version)d; the old one is destroyed.") % said)
        self.stdout.write(
            _("Older backups hold the old key, wrapped, and still open: let them expire, or destroy them.")
        )

    def _renew(self) -> None:
        with Progress() as bar:
            for table in sealed_tables():
                line = bar.add_task(table.model, total=count_old(table))
                for done in renew(table):
                    bar.advance(line, done)
                    time.sleep(PAUSE)
        renew_sessions()
