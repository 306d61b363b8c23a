"""How long a document takes: the first of a process and the next, beside a bare typst call with the same text.

The notice of a result, and a mediation agreement; name others on the command line.

    .venv/bin/python bench/paper.py [matters.result disputes.agreement]

Prints one JSON line for each. The yardstick (`bare`) is typst alone, compiling the same text and data anew each time;
the service may cost at most half as much again. A document must come within 300 ms.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.conf.settings")
os.environ.setdefault("LINLI_BUILDING", "1")
os.environ.setdefault("LINLI_HOME", tempfile.mkdtemp(prefix="linli_bench_"))

import django

django.setup()

import typst  # noqa: E402

from linli.documents.overriding import _Sample  # noqa: E402
from linli.documents.setting import sheet_of  # noqa: E402
from linli.documents.wordings import template_named, wording_of  # noqa: E402
from linli.web.typesetting import ARCHIVAL, _fonts, made_of  # noqa: E402

ROUNDS = 20
PAPERS = ("matters.result", "disputes.agreement")
LIMIT = 300


def milliseconds(act: Callable[[], object]) -> float:
    """How long it takes once."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def measured(name: str) -> bool:
    """Set the sample of a template many times, and print how long it took; whether that is in time."""
    template = template_named(name)
    text = wording_of(template.own_text).text
    number = iter(range(10_000))

    def ours() -> None:
        data = {**template.sample, "number": f"320831-26-{next(number):05d}-7"}
        made_of(sheet_of(text, data, _Sample()))

    def bare() -> None:
        data = {
            **template.sample,
            "number": f"320831-26-{next(number):05d}-7",
            "signed": [],
            "code": "A",
            "version": 1,
        }
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "main.typ").write_text(text, encoding="utf-8")
            (root / "data.json").write_text(json.dumps(data), encoding="utf-8")
            (root / "qr.svg").write_bytes(sheet_of(text, {}, _Sample()).pictures["qr.svg"])
            typst.Compiler(root / "main.typ", root=root, font_paths=_fonts()).compile(
                format="pdf", pdf_standards=[ARCHIVAL]
            )

    first = milliseconds(ours)
    bare()
    pairs = [(milliseconds(ours), milliseconds(bare)) for _round in range(ROUNDS)]
    next_ones, yardstick = (statistics.median(column) for column in zip(*pairs, strict=True))
    found = {
        "paper": name,
        "first_ms": round(first, 1),
        "next_ms": round(next_ones, 1),
        "bare_ms": round(yardstick, 1),
        "ratio": round(next_ones / yardstick, 2),
        "limit_ms": LIMIT,
    }
    print(json.dumps(found))
    return next_ones <= LIMIT and next_ones <= 1.5 * yardstick


def main() -> None:
    """Each paper by itself."""
    in_time = [measured(name) for name in sys.argv[1:] or PAPERS]
    sys.exit(not all(in_time))


if __name__ == "__main__":
    main()
