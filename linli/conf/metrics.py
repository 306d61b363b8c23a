"""What whoever watches the machine can read at /metrics, in the text form of Prometheus: loads, queues, ages, room.

Numbers of this process and this place only; nothing about a person, a post or an address of a page, which would carry
a case's number. Off without LINLI_METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
import shutil
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from time import perf_counter

from django.conf import settings
from django.db.models import Max, Min
from django.http import HttpRequest
from django.utils import timezone

from linli import __version__
from linli.cases.models import Mark, Notice
from linli.conf.backups.records import remembered
from linli.conf.ballast import ballast
from linli.ledger.models import Position, Unplaced

WITHIN = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_DOORS = {"api", "open311", "exchange", "desk", "demo", "account", "static"}
_READING = {"GET", "HEAD", "OPTIONS"}


class Requests:
    """Requests of this process since it began: how many by door and outcome, and how long they took."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answered: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[tuple[str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self.waiting = 0

    def begin(self) -> float:
        """A request comes in; the moment, for `end`."""
        with self._lock:
            self.waiting += 1
        return perf_counter()

    def end(self, request: HttpRequest, status: int, begun: float) -> None:
        """It was answered, or failed."""
        taken, door = perf_counter() - begun, door_of(request.path_info)
        what = "read" if request.method in _READING else "write"
        with self._lock:
            self.waiting -= 1
            self._answered[door, what, status // 100] += 1
            self._within[door, bisect_left(WITHIN, taken)] += 1
            self._seconds[door] += taken

    def lines(self) -> Iterator[str]:
        """Counters and a histogram per door."""
        with self._lock:
            answered, within, seconds = dict(self._answered), dict(self._within), dict(self._seconds)
        yield from _head("linli_requests_total", "counter", "Requests answered.")
        for (door, what, status), number in sorted(answered.items()):
            yield f'linli_requests_total{{door="{door}",what="{what}",status="{status}xx"}} {number}'
        yield from _head("linli_request_seconds", "histogram", "How long answers took.")
        for door, total in sorted(seconds.items()):
            so_far = 0
            for place, limit in enumerate([*map(str, WITHIN), "+Inf"]):
                so_far += within.get((door, place), 0)
                yield f'linli_request_seconds_bucket{{door="{door}",le="{limit}"}} {so_far}'
            yield f'linli_request_seconds_sum{{door="{door}"}} {total:.6f}'
            yield f'linli_request_seconds_count{{door="{door}"}} {so_far}'


REQUESTS = Requests()


def door_of(path: str) -> str:
    """The door an address belongs to: never more of it than that."""
    first = path.strip("/").partition("/")[0]
    return first if first in _DOORS else "resident"


def may_read(request: HttpRequest) -> bool:
    """Whether this is somebody with the token; without one set, nobody is."""
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given.encode(), wanted.encode())


def measured() -> str:
    """All of it."""
    return "\n".join([*REQUESTS.lines(), *_gauges()]) + "\n"


def _gauges() -> Iterator[str]:
    for name, about, value in _values():
        yield from _head(name, "gauge", about)
        yield f"{name} {value:.10g}"
    yield from _head("linli_info", "gauge", "The release.")
    yield f'linli_info{{version="{__version__}"}} 1'


def _values() -> Iterator[tuple[str, str, float]]:
    yield "linli_requests_waiting", "Requests in this process now.", REQUESTS.waiting - 1
    yield "linli_entries_unplaced", "Ledger entries without a position.", Unplaced.objects.count()
    last = Position.objects.aggregate(last=Max("number"))["last"] or 0
    yield "linli_positions", "The last position of the ledger.", last
    for name, position in Mark.objects.filter(name__in=["search", "figures"]).values_list("name", "position"):
        yield f"linli_{name}_lag_positions", "Positions not folded yet.", max(0, last - position)
    waiting = Notice.objects.filter(sent_at=None)
    yield "linli_notices_stuck", "Notices given up.", waiting.filter(state="stuck").count()
    waiting = waiting.exclude(state="stuck")
    yield "linli_notices_waiting", "Notices not sent yet.", waiting.count()
    oldest = waiting.aggregate(oldest=Min("next_try"))["oldest"]
    yield "linli_notice_overdue_seconds", "Since when the oldest one is due.", max(0.0, _age(oldest))
    disk = shutil.disk_usage(settings.HOME)
    yield "linli_disk_free_bytes", "Room on the disk of the database.", disk.free
    yield "linli_disk_bytes", "Size of that disk.", disk.total
    yield "linli_ballast", "Whether ballast lies there.", ballast().is_file()
    for what in ("backup", "drill", "failure"):
        noted = remembered(what)
        if noted:
            yield f"linli_{what}_age_seconds", f"Since the last {what}.", _age(noted[0])
    drill = remembered("drill")
    yield "linli_drill_passed", "Whether the last drill passed.", bool(drill and drill[1].get("passed"))


def _age(moment: datetime | None) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0.0


def _head(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
