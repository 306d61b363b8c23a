"""`linli import matters` and the other kinds: history from a file, by a map."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from linli.cases.history.importing import Order, Report, import_history
from linli.cases.kinds import all_kinds
from linli.divisions.sources import Importer, Progress, register


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="CSV, .xlsx or Parquet")
    parser.add_argument("--map", type=Path, required=True, help="what its columns mean (docs/history.md)")
    parser.add_argument("--check", action="store_true", help="write nothing; say what would come in")
    parser.add_argument("--report", type=Path, help="where rows with a reason are told (CSV)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes that prepare rows (default: all)"
    )


def _import(kind: str, options: dict[str, Any], progress: Progress) -> Report:
    file = options["file"]
    report = options["report"] or Path(f"{file.stem}-report.csv")
    order = Order(file, options["map"], kind, report, options["check"], options["jobs"])
    return import_history(order, progress)


for _kind in all_kinds():
    register(
        Importer(
            _kind.name,
            gettext_lazy("history from another system, by a map"),
            _arguments,
            partial(_import, _kind.name),
        )
    )
