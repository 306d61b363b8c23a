# ruff: noqa: N999  the file is named as the verb
"""`linli import WHAT ...`: bring in lists, outlines, and whatever the installed apps' `importers` offer."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from linli.base.errors import Refusal
from linli.divisions.sources import all_importers

LINES_SHOWN = 200
PATIENCE = 2.0  # seconds without a bar


class Command(BaseCommand):
    """Finds the importer by its word, shows progress, prints the report."""

    help = "Bring data in from files: divisions, boundaries, and what else the installed apps take."

    def add_arguments(self, parser: CommandParser) -> None:
        autodiscover_modules("importers")
        parser.add_argument(
            "--all", action="store_true", dest="every_line", help="print every line of the report"
        )
        what = parser.add_subparsers(dest="what", required=True)
        for importer in all_importers():
            importer.add_arguments(what.add_parser(importer.name, help=str(importer.help)))

    def handle(self, *args: Any, **options: Any) -> None:
        importer = next(each for each in all_importers() if each.name == options["what"])
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        task = bar.add_task(str(importer.help), total=None)
        begun = monotonic()

        def advance(done: int, total: int) -> None:
            if monotonic() - begun > PATIENCE:
                bar.start()
            bar.update(task, completed=done, total=total)

        try:
            report = importer.run(options, advance)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            bar.stop()
        self._print(list(report.lines()), LINES_SHOWN if not options["every_line"] else None)
        if report.all_refused:
            raise CommandError(_("No row came in."))

    def _print(self, lines: list[str], limit: int | None) -> None:
        for line in lines[:limit]:
            self.stdout.write(line)
        left = len(lines[limit:]) if limit else 0
        if left:
            self.stdout.write(_("… and {number} more lines; --all prints them.").format(number=left))
