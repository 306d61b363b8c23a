"""Where the processor time of one public report goes: the request, the opening, each worker loop, in microseconds.

    python bench/budget.py [reports]

In this process and without sockets: requests whose opening is put aside; the openings, in groups as the group commit
forms them under load; then each loop until nothing is left. Each is the least of some blocks, so that a busy machine
tells nearly the same as an idle one. `bench/intake.py` measures the whole server: this, and granian, the threads and
their queueing for Python's lock.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from _ground import county, show
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from intake import ADDRESS, reports
from limits import reporting_grids

from linli.analytics import folding
from linli.base.frames import in_one_stretch
from linli.cases import notices, search
from linli.cases.opening import Draft, Opened, open_many
from linli.ledger import sequencing

BLOCK, GROUP = 256, 32
LOOPS: dict[str, Callable[[], int]] = {
    "loop: positions": sequencing.sequence,
    "loop: search": search.fold,
    "loop: figures": folding.fold_cases,
    "loop: notices": notices.send_waiting,
}


def environ(body: bytes) -> dict[str, Any]:
    """A request as a WSGI server hands it over."""
    return {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": ADDRESS, "QUERY_STRING": "", "SERVER_NAME": "bench",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "HTTP_IDEMPOTENCY_KEY": str(uuid4()),
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
    }  # fmt: skip


def drafts_of(bodies: Sequence[bytes]) -> tuple[list[Draft], float]:
    """Send some reports, and put aside what would be opened; with the processor seconds that took."""
    application, drafts, said = get_wsgi_application(), list[Draft](), list[str]()

    def aside(draft: Draft) -> Opened:
        drafts.append(draft)
        return Opened(uuid4(), "990101-26-00001-1", "3467ACDE", None)

    requests = [environ(body) for body in bodies]
    with patch("linli.kinds.matters.actions.intake.open_grouped", aside):
        begun = process_time()
        for request in requests:
            answer = application(request, lambda status, _headers, *_rest: said.append(status))
            b"".join(answer)
            answer.close()  # type: ignore[attr-defined]
        seconds = process_time() - begun
    if set(said) != {"201 Created"}:
        raise SystemExit(f"Not all were taken in: {set(said)}")
    return drafts, seconds


def opened(drafts: Sequence[Draft]) -> float:
    """Open them in groups; the processor seconds."""
    begun = process_time()
    for start in range(0, len(drafts), GROUP):
        open_many(drafts[start : start + GROUP])
    return process_time() - begun


def worked_off(loop: Callable[[], int]) -> float:
    """Let a loop do what waits; the processor seconds."""
    begun = process_time()
    while loop():
        pass
    return process_time() - begun


def main() -> None:
    """Measure blocks of reports one after another, the first one to warm up."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12 * BLOCK
    settings.INTAKE_PER_MINUTE = 10**9
    least: dict[str, float] = {}
    with county():
        bodies = reports(reporting_grids())
        for block in range(1 + max(1, count // BLOCK)):
            drafts, seconds = drafts_of([bodies[number % len(bodies)] for number in range(BLOCK)])
            used = {"request, form and answer": seconds, f"opening, {GROUP} to a commit": opened(drafts)}
            used |= {name: worked_off(loop) for name, loop in LOOPS.items()}
            if block:
                least |= {name: min(each, least.get(name, each)) for name, each in used.items()}
    rows = [(name, seconds / BLOCK * 1e6) for name, seconds in least.items()]
    rows.append(("together", sum(each for _name, each in rows)))
    show(f"Processor microseconds of one report, the least of {count // BLOCK} blocks", ("", "µs"), rows)


if __name__ == "__main__":
    in_one_stretch(main)
