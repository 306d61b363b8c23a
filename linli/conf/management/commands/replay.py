"""`linli replay`: a day of real requests, through the real actions, into the demo county."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from linli.base.errors import Refusal
from linli.base.generations import refresh
from linli.conf.condition import unapplied
from linli.portals.demo.boston import requests_of
from linli.portals.demo.pristine import demo_root, is_demo
from linli.portals.demo.replay import Replayed, replay


class Command(BaseCommand):
    """Reads the day, carries every request through, and says what became of them."""

    help = "Replay a day of real requests (Boston 311, Parquet) in the demo."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="Parquet file of requests")
        parser.add_argument("--day", type=date.fromisoformat, required=True, help="such as 2015-01-20")
        parser.add_argument(
            "--speed",
            type=_speed,
            default=3600.0,
            help="times as fast as it was (3600: an hour a second), or max",
        )
        parser.add_argument(
            "--report", type=Path, help="write what became of each request into this JSON file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay, tell, and write the report."""
        if not settings.DEMO or unapplied() or not is_demo():
            raise CommandError(_("A day is replayed into a demo. Build one first: linli demo --no-serve"))
        refresh()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        try:
            requests = requests_of(options["file"], options["day"])
            with Progress(*columns, disable=not sys.stdout.isatty(), transient=True) as bar:
                task = bar.add_task(_("Requests"), total=len(requests))
                done = replay(
                    requests,
                    demo_root(),
                    speed=options["speed"],
                    progress=lambda reported, total: bar.update(task, completed=reported, total=total),
                )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["report"]:
            text = json.dumps(done.as_json(requests), ensure_ascii=False, indent=1)
            options["report"].write_text(text, encoding="utf-8")
        self._tell(done)

    def _tell(self, done: Replayed) -> None:
        self.stdout.write(
            _("%(stored)d of %(asked)d requests stored, %(steps)d steps taken in %(seconds)d seconds.")
            % {"stored": len(done.cases), "asked": done.asked, "steps": done.steps, "seconds": done.seconds}
        )
        for key, sentence in sorted(done.refused.items()):
            self.stdout.write(f"{key}: {sentence}")


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise ArgumentTypeError(_("give a number above 0, or max"))
    return speed
