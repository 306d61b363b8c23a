"""What residents' pages cost at a hundred thousand cases, and what travels: pages, with and without map, the field.

    python bench/portal.py [matters]

Bytes are compressed, as they travel: a page with the style and scripts it loads, first visit; and what is fetched when
its map is opened (what tiles weigh is held by linli/web/test_tiles.py). Statements are those of a second visit and,
for what is kept by the process, of the first one after a change (cold), in a process that has shown another village
before. Limits are those of issue 7.
"""

from __future__ import annotations

import gzip
import re
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import _many
from _client import closed_loop, get
from _desk import counted
from _ground import county, percentile, serving, show
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.base.generations import refresh
from linli.cases.models import Case
from linli.portals.demo.world import standing_world

MOST_STATEMENTS, P95, ASKED = 15, 80.0, 40
LIGHT, WITH_MAP, SHELL = 60_000, 330_000, 80_000
HOST = {"host": "127.0.0.1", "accept-language": "zh-hans"}
LOADED = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js|mjs|svg))"')
EVENTUALLY = re.compile(r'"/static/([^"]+\.(?:css|js|mjs|svg|pbf))"')  # also what a script fetches later


@dataclass(frozen=True)
class Cost:
    """Of one page: bytes as they travel, statements of the first visit and of the next."""

    sent: int
    cold: int
    warm: int


def cost_of(path: str, other: str) -> Cost:
    """Ask twice, the first time with nothing kept of public numbers; `other`: the code of another village."""
    client, counts = Client(headers=HOST), []
    Client(headers=HOST).get(
        f"/neighbourhood/?place={other}"
    )  # posts, tree and catalogue are kept by every process
    cache.clear()
    for _turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
        counts.append(counted(asked))
    return Cost(weight(answer.content), *counts)


def weight(page: bytes, loaded: re.Pattern[str] = LOADED) -> int:
    """The page and what it loads, each compressed."""
    text = unescape(page.decode())
    names = {re.sub(r"\.[0-9a-f]{12}(?=\.)", "", each) for each in loaded.findall(text)}
    files = [Path(str(finders.find(each))).read_bytes() for each in sorted(names)]
    return sum(len(gzip.compress(each)) for each in (page, *files))


def main() -> None:
    """Fill, count, then ask over HTTP, one after the other."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with county() as database:
        world = standing_world()
        print(f"{count:,} matters laid down in {_many.fill(world, count):.0f} s")
        refresh()
        village, other = (world.place(name).trimmed for name in ("东门社区", "文昌社区"))
        assert Case.everywhere.count() >= count
        pages = (
            "/", "/report/", "/report/matters/", "/follow/", "/neighbourhood/",
            f"/neighbourhood/?place={village}", "/figures/", f"/figures/?place={village}", "/mediation/", "/handling/",
        )  # fmt: skip
        costs = {path: cost_of(path, other) for path in pages}
        whole, shell = (
            weight(Client(headers=HOST).get(path).content, EVENTUALLY)
            for path in ("/report/matters/", "/field/shell/")
        )
        connection.close()
        rows = []
        with serving(database) as server:
            port = urlsplit(server.url).port or 0
            for path, cost in costs.items():
                closed_loop(port, 1, lambda _n, path=path: get(path), most=5)
                run = closed_loop(port, 1, lambda _n, path=path: get(path), most=ASKED)
                p95 = percentile(run.milliseconds, 0.95)
                rows.append((path, cost.sent, cost.cold, cost.warm, p95))
                if set(run.statuses) != {200}:
                    raise SystemExit(f"{path}: {dict(run.statuses)}")
    head = ("", f"bytes of {LIGHT:,}", f"cold of {MOST_STATEMENTS}", "warm", f"p95 ms of {P95:.0f}")
    show(f"Residents' pages at {count:,} matters", head, rows)
    sizes = [("/report/matters/ with its map", whole, WITH_MAP), ("/field/shell/", shell, SHELL)]
    show("A map, and the field", ("", "bytes", "limit"), sizes)


if __name__ == "__main__":
    main()
