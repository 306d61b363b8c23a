"""`linli import divisions` and `linli import boundaries`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.coordinates import Datum
from linli.base.errors import Invalid
from linli.divisions import boundaries, importing, lists
from linli.divisions.sources import Importer, Progress, register
from linli.ledger.records import By

SYSTEM = By("system")
DATUMS = [each.value for each in Datum if each is not Datum.NONE]


def _list_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, help="CSV: code,name (.gz as well)")
    parser.add_argument(
        "--shipped", action="store_true", help="the national list of 2023 that comes with Linli"
    )
    parser.add_argument("--place", default="", help="only this place and its ancestors, with --shipped")
    parser.add_argument(
        "--from", dest="valid_from", type=date.fromisoformat, help="day the list is valid from"
    )
    parser.add_argument("--source", default="", help="a short word for where the list comes from")


def _import_list(options: dict[str, Any], progress: Progress) -> importing.Report:
    if bool(options["files"]) == options["shipped"]:
        raise Invalid(_("Give files, or --shipped for the list that comes with Linli."))
    if options["shipped"]:
        listed, day, source = lists.shipped(options["place"]), lists.SHIPPED_DAY, lists.SHIPPED_SOURCE
    else:
        listed, day = lists.read_lists(options["files"]), options["valid_from"] or timezone.localdate()
        source = options["source"] or options["files"][0].name
    return importing.import_divisions(
        listed, valid_from=day, source=source[:60], by=SYSTEM, progress=progress
    )


def _boundary_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="GeoJSON")
    parser.add_argument("--datum", required=True, choices=DATUMS, help="the datum of its coordinates")
    parser.add_argument("--property", default="", help="the property that holds the code (code, adcode)")


def _import_boundaries(options: dict[str, Any], progress: Progress) -> boundaries.Report:
    source = boundaries.Source(Datum(options["datum"]), timezone.localdate(), options["property"])
    return boundaries.import_boundaries(
        boundaries.read_features(options["file"]), source, by=SYSTEM, progress=progress
    )


register(
    Importer("divisions", gettext_lazy("a list of divisions: codes and names"), _list_arguments, _import_list)
)
register(Importer("boundaries", gettext_lazy("outlines as GeoJSON"), _boundary_arguments, _import_boundaries))
