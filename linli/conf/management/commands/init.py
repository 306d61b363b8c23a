"""`linli init`: make a place ready to be served: folder, keys, tables, divisions, the first administrator."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.progress import Progress

from linli.base.errors import Refusal
from linli.base.writing import writing
from linli.cases.seeding import seed
from linli.conf import home
from linli.divisions.importing import plant
from linli.divisions.models import Division
from linli.posts.actions import appoint, found, open_account
from linli.posts.actor import SystemActor
from linli.posts.models import Holding, Organisation, PostKind
from linli.registers.actions.seeding import seed_ways

INIT = SystemActor("init")


class Command(BaseCommand):
    """Running it again completes what is missing and changes nothing else."""

    help = "Set up a place: keys, tables, divisions, calendar and the first administrator."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--place", help="division code of the place, such as 320831")
        parser.add_argument("--username", default="admin", help="of the first administrator")
        parser.add_argument("--organisation", default="", help="the centre that the administrator belongs to")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through the steps; each says what it did."""
        self.stdout.write(_("Keys and settings: %(file)s") % {"file": home.prepare()})
        call_command("migrate", interactive=False, verbosity=0)
        seed()
        seed_ways()
        code = options["place"] or self._asked()
        if not code:
            self.stdout.write(_("No place yet. Give one with --place, such as `linli init --place 320831`."))
            return
        try:
            division = self._planted(code)
            self._administrator(division, options)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self._next_steps()

    def _asked(self) -> str:
        if not sys.stdin.isatty():
            return ""
        return input(_("Which place is this? Division code (empty: later): ")).strip()

    def _planted(self, code: str) -> Division:
        with Progress(disable=not sys.stdout.isatty(), transient=True) as bar:
            task = bar.add_task(_("Divisions"), total=None)
            report = plant(
                code, by=INIT.by(), progress=lambda done, total: bar.update(task, completed=done, total=total)
            )
        for line in report.lines():
            self.stdout.write(line)
        division = Division.objects.current().coded(code).get()
        _remember_name(division.name)
        return division

    def _administrator(self, division: Division, options: dict[str, Any]) -> None:
        held = Holding.objects.current().filter(post__kind=PostKind.ADMINISTRATOR, post__division=division)
        if held.exists():
            self.stdout.write(_("%(place)s has an administrator already.") % {"place": division.name})
            return
        username = options["username"]
        with writing():
            password = _seat_first_administrator(division, username, options["organisation"])
        self.stdout.write(
            _("Administrator of %(place)s: user name %(username)s, password %(password)s")
            % {"place": division.name, "username": username, "password": password}
        )
        self.stdout.write(
            _(
                "The password is shown this once, and works once: after signing in a new one is chosen, "
                "and a passkey or an app is set up as second factor."
            )
        )

    def _next_steps(self) -> None:
        self.stdout.write(
            _("Next: `linli doctor` tells what is still missing, `linli serve` starts the server.")
        )


def _seat_first_administrator(division: Division, username: str, organisation: str) -> str:
    centre, _new = Organisation.objects.get_or_create(
        name=organisation or f"{division.name}社会治理现代化指挥中心", division=division
    )
    post = found("系统管理员", kind=PostKind.ADMINISTRATOR, organisation=centre, division=division, by=INIT)
    account, password = open_account(username, called="", division=division, by=INIT)
    appoint(account, post, by=INIT)
    return password


def _remember_name(name: str) -> None:
    """Put the name of the place into linli.env, unless one is set."""
    file = settings.HOME / "linli.env"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if text and "LINLI_PLACE_NAME" not in text:
        file.write_text(f"{text}LINLI_PLACE_NAME={name}\n", encoding="utf-8")
