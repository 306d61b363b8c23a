"""A real `linli serve` on a loopback port, against a copy of the template database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests import databases

REPOSITORY = Path(__file__).resolve().parent.parent
PATIENCE = 30.0
# For a place of its own: the first clerk, without whom nothing is taken in.
A_CLERK = """
import django; django.setup()
from linli.posts.actions import appoint, found, open_account
from linli.posts.actor import SystemActor
from linli.posts.models import Organisation, PostKind
by, centre = SystemActor("init"), Organisation.objects.first()
post = found("受理员", kind=PostKind.CLERK, organisation=centre, division=centre.division, by=by)
account, _password = open_account("clerk", called="", division=centre.division, by=by)
appoint(account, post, by=by)
"""


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server: where it answers, what it writes to, and its process group."""

    url: str
    database: str
    process: subprocess.Popen[bytes]
    log: Path
    ready_after: float = 0.0

    def kill(self) -> None:
        """kill -9 for the parent and all its workers at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """Ask the process that looks after all others, as systemd does (KillMode=mixed); returns the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL


def start(
    database: str, *, port: int = 0, home: Path | None = None, inside: Sequence[str] = (), **environment: str
) -> Server:
    """Start `linli serve` and wait until it is ready. The caller ends it with `stop()` or `kill()`.

    `inside`: a command that runs the server as its own, such as unshare or faketime.
    """
    port = port or free_port()
    home = home or databases.root() / f"server_{port}"
    home.mkdir(exist_ok=True)
    log = home / "server.log"
    told = {
        **os.environ,
        "DATABASE_URL": databases.url_of(database),
        "LINLI_HOME": str(home),
        "LINLI_LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(REPOSITORY),
        **environment,
    }
    begun = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*inside, sys.executable, "-m", "django", "serve", "--port", str(port)],
            env=told,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", database, process, log)
    _wait_until_ready(server, begun)
    server.ready_after = time.monotonic() - begun
    return server


def _wait_until_ready(server: Server, begun: float) -> None:
    while time.monotonic() - begun < PATIENCE:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(server.url + "/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    server.kill()
    raise AssertionError(f"The server did not become ready:\n{server.log.read_text()[-4000:]}")
