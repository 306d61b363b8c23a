"""`linli simulate`: matters in the demo at any speed, past days or now, through the real actions."""

from __future__ import annotations

import math
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from linli.base.generations import refresh
from linli.conf.condition import unapplied
from linli.divisions.models import Division
from linli.portals.demo.crowd import Crowd
from linli.portals.demo.living import Days, arrivals, catch_up, ground, live_through, undisturbed
from linli.portals.demo.pristine import demo_root, is_demo

A_DAY = 86_400
LONGEST = 3660  # days
MOST = 1_000_000  # matters of one run: what has to come is drawn up before the first of it is reported
UNITS = {"s": 1, "m": 60, "h": 3600, "d": A_DAY}


class Command(BaseCommand):
    """Lets matters live in the demo: past days up to now as fast as it goes, or from now on at a rate."""

    help = "Simulate matters in the demo through the real actions: past days, or from now on."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--place", default="", help="a code within the demo, such as 990101001; else all of it"
        )
        parser.add_argument("--days", type=int, help="so many past days up to now; without it from now on")
        parser.add_argument(
            "--rate", type=_rate, default=_rate("16/d"), help="such as 200/s, 20/h or 16/d (default)"
        )
        parser.add_argument("--seconds", type=float, default=60.0, help="how long from now on (default 60)")
        parser.add_argument("--seed", type=int, default=311, help="the same seed brings the same matters")

    def handle(self, *args: Any, **options: Any) -> None:
        """Simulate, tell what came of it."""
        if not settings.DEMO or unapplied() or not is_demo():
            raise CommandError(_("Only a demo is simulated in. Build one first: linli demo --no-serve"))
        _require_possible(options)
        refresh()
        made = ground(_place(options["place"]), timezone.now(), options["seed"])
        if not made.grids:
            raise CommandError(_("There are no grids with an outline in this place."))
        made.phones = 0.0  # nobody is to be written to
        begun, run = monotonic(), _now if options["days"] is None else _days
        try:
            with undisturbed():
                run(made, options, self.stdout.write)
        except KeyboardInterrupt:
            self.stdout.write(_("Stopped. What was reported so far stays."))
        catch_up()
        self.stdout.write(_("%(seconds)d seconds.") % {"seconds": monotonic() - begun})


def _require_possible(options: dict[str, Any]) -> None:
    """Raise CommandError where the time is none, or more would come of it than one run is for."""
    days, seconds = options["days"], options["seconds"]
    if not (0 < seconds < math.inf and (days is None or 1 <= days <= LONGEST)):
        raise CommandError(_("Give 1 to 3660 days, or more than 0 seconds."))
    expected = options["rate"] * (seconds if days is None else days * A_DAY)
    if expected > MOST:
        raise CommandError(
            _(
                "That would be %(count)d matters; one run brings %(most)d at most. Take a lower rate or less time."
            )
            % {"count": expected, "most": MOST}
        )


def _days(made: Days, options: dict[str, Any], tell: Callable[[str], object]) -> None:
    moments = arrivals(made, options["days"], round(options["rate"] * A_DAY * options["days"]))
    with _bar(len(moments)) as told:
        live_through(made, moments, lambda done, _total: told(done))
    tell(
        _("%(count)d matters lived through %(days)d days.") % {"count": len(moments), "days": options["days"]}
    )


def _now(made: Days, options: dict[str, Any], tell: Callable[[str], object]) -> None:
    crowd = Crowd(made)
    try:
        with _bar(round(options["rate"] * options["seconds"])) as told:
            crowd.live(options["rate"], options["seconds"], told)
    finally:
        tell(
            _("%(reported)d matters reported, %(steps)d steps taken, %(refused)d refused.")
            % {"reported": crowd.reported, "steps": crowd.steps, "refused": crowd.refused}
        )


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=not sys.stdout.isatty(), transient=True) as bar:
        task = bar.add_task(_("Simulating"), total=total)
        yield lambda done: bar.update(task, completed=done)


def _place(code: str) -> Division:
    root = demo_root()
    if not code:
        return root
    found = Division.objects.within(root.trimmed).current().coded(code).first() if code.isdigit() else None
    if found is None:
        raise CommandError(
            _("There is no %(code)s in this demo. It stands in %(root)s (%(place)s).")
            % {"code": code, "root": root.name, "place": root.trimmed}
        )
    return found


def _rate(text: str) -> float:
    """Matters a second, from such as 200/s."""
    number, _slash, unit = text.partition("/")
    try:
        rate = float(number) / UNITS[unit or "d"]
    except (ValueError, KeyError):
        rate = 0.0
    if not 0 < rate <= 100_000:
        raise ArgumentTypeError(_("give such as 200/s, 20/h or 16/d"))
    return rate
