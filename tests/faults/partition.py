"""A server behind a line that is cut again and again, and clients that send the same once more with the same key.

    unshare -n python -m tests.faults.partition REPORTS

Runs in a network of its own; the server gets another one inside it, with a pair of interfaces between them. The line is
cut just after a report was sent, or at any moment: then the answer is lost, though the report may be stored. Prints
what was acknowledged as JSON: key -> number; and how many answers never came.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from random import Random

HERE, THERE, PORT = "10.98.76.1", "10.98.76.2", 8765
ANSWER_WITHIN, CLIENTS, PATIENCE = 0.6, 4, 60.0


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _in_the_other(process: int, *words: str) -> None:
    subprocess.run(["nsenter", "-t", str(process), "-n", "ip", *words], check=True)


def start_server() -> subprocess.Popen[bytes]:
    """A server in a network of its own, and the line to it."""
    command = [sys.executable, "-m", "django", "serve", "--host", "0.0.0.0", "--port", str(PORT)]
    server = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", 'sleep 1; exec "$@"', "sh", *command],
        stdout=sys.stderr,
        start_new_session=True,
    )
    time.sleep(0.5)
    _ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(server.pid))
    _ip("addr", "add", f"{HERE}/24", "dev", "here")
    _ip("link", "set", "here", "up")
    _in_the_other(server.pid, "addr", "add", f"{THERE}/24", "dev", "there")
    _in_the_other(server.pid, "link", "set", "there", "up")
    _in_the_other(server.pid, "link", "set", "lo", "up")
    end = time.monotonic() + PATIENCE
    while _post("first", cut=False) is None:
        assert time.monotonic() < end, "the server does not answer"
        time.sleep(0.2)
    return server


class Line:
    """The line between the two: cut, and mended a moment later."""

    lock = threading.Lock()
    cuts = 0

    @classmethod
    def cut(cls, seconds: float) -> None:
        """Nothing goes through for a moment."""
        with cls.lock:
            cls.cuts += 1
            _ip("link", "set", "here", "down")
            time.sleep(seconds)
            _ip("link", "set", "here", "up")


def _post(key: str, *, cut: bool) -> str | None:
    """One report; the number in its receipt, or None when no answer came."""
    line = HTTPConnection(THERE, PORT, timeout=ANSWER_WITHIN)
    body = json.dumps({"text": f"{key}:路灯不亮", "contact": {"phone": "13912345678"}}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Host": "localhost"}
    try:
        line.request("POST", "/api/v1/matters", body, headers)
        if cut:
            Line.cut(ANSWER_WITHIN)
        answer = line.getresponse()
        said = json.loads(answer.read())
    except (TimeoutError, OSError, HTTPException):
        return None
    finally:
        line.close()
    assert answer.status in {200, 201}, said
    return str(said["number"])


def _report(client: int, count: int, receipts: dict[str, str], unanswered: list[str]) -> None:
    chance = Random(client)
    for number in range(count):
        key = f"report-{client}-{number}"
        end = time.monotonic() + PATIENCE
        while (found := _post(key, cut=chance.random() < 0.25)) is None:
            unanswered.append(key)
            assert time.monotonic() < end, f"{key} never got through"
        receipts[key] = found


def main() -> None:
    """Report over the failing line until everything is acknowledged."""
    receipts: dict[str, str] = {}
    unanswered: list[str] = []
    server = start_server()
    try:
        threads = [
            threading.Thread(target=_report, args=(client, int(sys.argv[1]), receipts, unanswered))
            for client in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        receipts["first"] = str(_post("first", cut=False))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    print(json.dumps({"receipts": receipts, "unanswered": len(unanswered), "cuts": Line.cuts}))


if __name__ == "__main__":
    main()
