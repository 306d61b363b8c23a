"""`linli install --systemd`: units that serve this place, back it up and try the backups out."""

from __future__ import annotations

import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from string import Template
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

UNITS = Path(settings.PACKAGE) / "conf" / "units"
ENABLED = ("linli.service", "linli-backup.timer", "linli-drill.timer")


class Command(BaseCommand):
    """Says what it will do; writes units, and starts nothing by itself."""

    help = "Write systemd units for this place: server, daily backup, monthly drill."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--systemd", action="store_true", help="the only kind there is")
        parser.add_argument("--user", default="linli", help="the system's user that owns the place")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--into", default="/etc/systemd/system", help="where units lie")
        parser.add_argument("--dry-run", action="store_true", help="only show them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show or write; either way systemd looks through them first, where it is installed."""
        if not options["systemd"]:
            raise CommandError(_("Say --systemd: there is no other kind of installation."))
        texts = units(options["user"], options["port"])
        _look_through(texts)
        if options["dry_run"]:
            for name, text in texts.items():
                self.stdout.write(f"# {Path(options['into']) / name}\n{text}")
            return
        self._write(texts, Path(options["into"]), options["user"])

    def _write(self, texts: dict[str, str], into: Path, user: str) -> None:
        try:
            pwd.getpwnam(user)
        except KeyError as trouble:
            raise CommandError(
                _("There is no user %(user)s. Make one: useradd --system --home %(home)s %(user)s")
                % {"user": user, "home": settings.HOME}
            ) from trouble
        try:
            for name, text in texts.items():
                (into / name).write_text(text, encoding="utf-8")
                self.stdout.write(_("Written: %(file)s") % {"file": into / name})
        except OSError as trouble:
            raise CommandError(
                _("It could not be written: %(reason)s. Run this as root.") % {"reason": trouble}
            ) from trouble
        self.stdout.write(_("Give the place to its user, then start it:"))
        self.stdout.write(f"  chown -R {user}: {settings.HOME}")
        self.stdout.write(f"  systemctl daemon-reload && systemctl enable --now {' '.join(ENABLED)}")


def units(user: str, port: int) -> dict[str, str]:
    """The text of each unit for this place, by name."""
    home = Path(settings.HOME)
    writable = sorted({str(home), str(settings.BACKUPS_ROOT)})
    told = {
        "user": user,
        "port": str(port),
        "home": str(home),
        "place": settings.PLACE_NAME or str(home),
        "linli": str(Path(sys.argv[0]).resolve() if Path(sys.argv[0]).name == "linli" else _beside_python()),
        "database": "" if settings.ON_SQLITE else " postgresql.service",
        "writable": " ".join(f"-{each}" for each in writable),
    }
    # What lies in somebody's home must stay readable; elsewhere everything there is hidden.
    at_home = any(told[name].startswith(("/home/", "/root/")) for name in ("home", "linli"))
    told["protect_home"] = "read-only" if at_home else "yes"
    told["hardening"] = (
        Template((UNITS / "hardening.conf").read_text(encoding="utf-8")).substitute(told).strip()
    )
    return {
        file.name: Template(file.read_text(encoding="utf-8")).substitute(told)
        for file in sorted(UNITS.glob("linli*"))
    }


def _beside_python() -> Path:
    return Path(sys.executable).with_name("linli")


def _look_through(texts: dict[str, str]) -> None:
    """systemd's own reading of the units, before any is put in its place."""
    program = shutil.which("systemd-analyze")
    if not program:
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        done = subprocess.run(  # noqa: S603  the system's own program
            [program, "verify", "--man=no", *(str(Path(folder) / name) for name in texts)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    # Of other units on this machine it may complain as well.
    found = [line for line in done.stderr.splitlines() if any(f"{name}:" in line for name in texts)]
    if found:
        raise CommandError(_("systemd does not take these units: %(reason)s") % {"reason": "; ".join(found)})
