"""`linli demo`: an invented county with thirty days behind it, a guided tour, and somebody living in it."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import Any

import segno
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from linli.base.errors import Refusal
from linli.divisions.models import Division
from linli.portals.demo.days import COUNT, fill_days, open_tasks
from linli.portals.demo.places import build_place
from linli.portals.demo.pristine import built_on, demo_root, is_demo, keep_pristine, pristine_file
from linli.portals.demo.world import build_world


class Command(BaseCommand):
    """Builds the demo unless it stands already, says where it is, and serves it."""

    help = "Start a demo: an invented county, or a real place's tree with invented people."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--place", default="", help="a real place's code, such as 320831, with invented people"
        )
        parser.add_argument("--reset", action="store_true", help="throw the demo away and build it anew")
        parser.add_argument("--here", action="store_true", help="let in nobody but this machine")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument(
            "--matters", type=int, default=COUNT, help="how many matters the thirty days bring"
        )
        parser.add_argument("--no-serve", action="store_true", help="only build it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, tell, serve."""
        if not settings.DEMO:
            raise CommandError(_("Start the demo by `linli demo`: it has settings and a folder of its own."))
        call_command("migrate", interactive=False, verbosity=0)
        _refuse_real_places()
        if options["reset"] or (is_demo() and built_on() is None):
            _empty()
            call_command("migrate", interactive=False, verbosity=0)
        if is_demo():
            self._stands(options["place"])
        else:
            self._build(options["place"], options["matters"])
        root = demo_root()
        self._tell(root, options)
        if not options["no_serve"]:
            _serve(root, options)

    def _stands(self, place: str) -> None:
        root, day = demo_root(), built_on()
        if place and place != root.trimmed:
            raise CommandError(
                _(
                    "This demo stands in %(root)s. Build the other one with: linli demo --place %(place)s --reset"
                )
                % {"root": root.name, "place": place}
            )
        if day and day != timezone.localdate():
            self.stdout.write(
                _("This demo was built on %(day)s. For thirty days up to today: linli demo --reset")
                % {"day": day}
            )

    def _build(self, place: str, count: int) -> None:
        begun = monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, disable=not sys.stdout.isatty(), transient=True) as bar:
            building = bar.add_task(_("The place and its people"), total=None)
            try:
                world = build_place(place) if place else build_world()
            except Refusal as refusal:
                raise CommandError(refusal.sentence) from refusal
            bar.update(building, total=1, completed=1)
            filling = bar.add_task(_("Thirty days of matters"), total=None)
            fill_days(
                world,
                count=count,
                progress=lambda done, total: bar.update(filling, completed=done, total=total),
            )
            keep_pristine()
        self.stdout.write(_("Built in %(seconds)d seconds.") % {"seconds": monotonic() - begun})

    def _tell(self, root: Division, options: dict[str, Any]) -> None:
        here = f"http://127.0.0.1:{options['port']}"
        lines = [
            _("Demo in %(place)s; %(tasks)d pieces of work wait.")
            % {"place": root.name, "tasks": open_tasks()},
            _("All people and matters in it are invented."),
            "",
            _("Guided tour, no passwords:  %(url)s") % {"url": f"{here}/demo/"},
            _("What residents see:         %(url)s") % {"url": f"{here}/"},
            _("For programs:               %(url)s") % {"url": f"{here}/api/v1/docs"},
        ]
        self.stdout.write("\n".join(lines))
        if options["here"]:
            return
        address = f"http://{_own_address()}:{options['port']}/demo/"
        self.stdout.write(
            "\n" + _("In the same network, anybody can come in by:  %(url)s") % {"url": address}
        )
        self.stdout.write(_("(For this machine alone: linli demo --here)"))
        drawn = StringIO()  # this command's own output would end every piece with a new line
        segno.make(address).terminal(out=drawn, compact=True)
        self.stdout.write(drawn.getvalue())


def _refuse_real_places() -> None:
    """The demo lets everybody in without a password: never where a real place lives."""
    if not is_demo() and Division.objects.exists():
        raise CommandError(
            _("%(home)s holds a real place. The demo needs a folder and a database of its own.")
            % {"home": settings.HOME}
        )


def _empty() -> None:
    """Throw the demo's database away; the caller has made sure that it is one."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        connection.close()
        for file in (name, f"{name}-wal", f"{name}-shm", pristine_file()):
            Path(file).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _own_address() -> str:
    """This machine's address in its network; no packet is sent to find it."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _serve(root: Division, options: dict[str, Any]) -> None:
    """Become the server: a process of its own, which reads the settings anew and owes nothing to the building."""
    connection.close()
    sys.stdout.flush()
    os.environ.setdefault("LINLI_PLACE_NAME", root.name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.conf.settings"
    host = "127.0.0.1" if options["here"] else "0.0.0.0"  # noqa: S104  nothing in a demo is real; telephones come in
    arguments = ["-m", "django", "serve", "--host", host, "--port", str(options["port"])]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606  our own interpreter, no shell
