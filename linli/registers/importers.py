"""`linli import inhabitants`: how many people live in each place."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Invalid
from linli.base.tabular import Row, rows_of
from linli.divisions.models import Division
from linli.divisions.sources import Importer, Progress, Report, register
from linli.posts.actor import SystemActor
from linli.registers.actions.inhabitants import Living, enter_inhabitants

COLUMNS = ("code", "inhabitants")


@dataclass(frozen=True)
class Entered(Report):
    """How many figures were entered."""

    count: int

    def lines(self) -> Iterator[str]:
        """In one sentence."""
        yield _("%(count)d figures entered.") % {"count": self.count}


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="CSV or .xlsx: code,inhabitants")
    parser.add_argument("--as-of", required=True, type=date.fromisoformat, help="the day of the figures")
    parser.add_argument("--source", required=True, help="who says so, such as a census")


def _import(options: dict[str, Any], progress: Progress) -> Entered:
    rows = list(rows_of(options["file"], COLUMNS))
    given = [_living(number, row, options) for number, row in rows]
    entered = enter_inhabitants(given, by=SystemActor("import"))
    progress(entered, len(given))
    return Entered(entered)


def _living(number: int, row: Row, options: dict[str, Any]) -> Living:
    try:
        found = Division.objects.current().coded(str(row["code"]).strip()).first()
        if found is None:
            raise Invalid(_("There is no place with this code here. Choose one from the list."))
        return Living(found, int(str(row["inhabitants"])), options["as_of"], options["source"][:100])
    except (Invalid, ValueError) as trouble:
        said = {"row": number, "code": row["code"], "count": row["inhabitants"]}
        raise Invalid(
            _("Row %(row)d cannot be entered, so none was: code %(code)s, inhabitants %(count)s.") % said
        ) from trouble


register(Importer("inhabitants", gettext_lazy("how many people live in each place"), _arguments, _import))
