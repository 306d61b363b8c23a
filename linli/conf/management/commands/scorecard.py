"""`linli scorecard`: the headline figures of this place from its own records, as lines or as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.analytics.periods import Period
from linli.analytics.scorecard import UNMEASURED, Score, Scorecard, own_place, scorecard
from linli.base.errors import Refusal
from linli.divisions.models import Division
from linli.web.times import instant, moment_words


class Command(BaseCommand):
    """Reads only. Whoever runs the machine sees what the county sees; nothing of it names a person."""

    help = "Print the scorecard of a place: shares with their numbers, and what is not measured yet."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--place", default="", help="code of a division, such as 320831; the whole place without it"
        )
        parser.add_argument(
            "--period",
            default="",
            help="a year, quarter or month, such as 2026, 2026-Q3 or 2026-11; this year without it",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        try:
            period = Period.named(options["period"] or f"{timezone.localdate().year}")
            card = scorecard(_place(options["place"]), period, timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        lines = (
            [json.dumps(_as_data(card), ensure_ascii=False, indent=2)] if options["json"] else _lines(card)
        )
        for line in lines:
            self.stdout.write(line)


def _place(code: str) -> Division:
    found = Division.objects.current().coded(code).first() if code else own_place()
    if found is None:
        sentence = (
            _("There is no division with this code here.") if code else _("No post was founded here yet.")
        )
        raise CommandError(sentence)
    return found


def _lines(card: Scorecard) -> list[str]:
    head = _("%(place)s, %(since)s to %(until)s, as of %(now)s") % {
        "place": card.place.name,
        "since": card.period.since,
        "until": card.period.until,
        "now": moment_words(card.now),
    }
    unmeasured = _("Not yet measured")
    missing = [f"{unmeasured}\t{each.label}\t{each.why}" for each in UNMEASURED]
    return [head, *(_line(score) for score in card.every), *missing]


def _line(score: Score) -> str:
    if score.count is None or score.whole is None:
        return f"{_('withheld')}\t{score.label}\t{score.whole_label}"
    share = "—" if score.percent is None else f"{score.percent}%"
    return f"{share}\t{score.label}\t{score.count}/{score.whole} {score.whole_label}"


def _as_data(card: Scorecard) -> dict[str, Any]:
    return {
        "place": card.place.trimmed,
        "since": card.period.since.isoformat(),
        "until": card.period.until.isoformat(),
        "as_of": instant(card.now),
        "headlines": [
            {
                "name": score.name,
                "label": str(score.label),
                "definition": str(score.meaning),
                "source": score.source,
                "better": score.better.value,
                "unit": score.sort.value,
                "kind": score.kind or None,
                "count": score.count,
                "of": score.whole,
                "percent": score.percent,
            }
            for score in card.every
        ],
        "not_yet_measured": [
            {"name": each.name, "label": str(each.label), "why": str(each.why)} for each in UNMEASURED
        ],
    }
