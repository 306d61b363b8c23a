"""`linli serve`: the web server, with the worker loops in a process beside it."""

from __future__ import annotations

import gc
import os
import socket
from contextlib import nullcontext
from logging import getLogger
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.urls import get_resolver
from django.utils.translation import gettext as _
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from linli.base import processors
from linli.base.errors import Refusal
from linli.conf.apart import loops_apart
from linli.conf.condition import unapplied
from linli.conf.standing import serve_here


class Command(BaseCommand):
    """Checks that it can serve, then runs granian: one worker process on SQLite."""

    help = "Serve this place over HTTP, with the worker loops beside it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (0.0.0.0: every network)"
        )
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument(
            "--threads", type=int, default=settings.WEB_THREADS, help="web threads per process"
        )
        parser.add_argument(
            "--processes", type=int, default=settings.WEB_PROCESSES, help="more than one needs PostgreSQL"
        )
        parser.add_argument(
            "--no-loops", action="store_true", help="leave the loops to `linli worker` (PostgreSQL)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse in a sentence, or serve until stopped."""
        _check_one_process_on_sqlite(options)
        _check_port(options["host"], options["port"])
        _check_database()
        try:
            serve_here()
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(
            _("Linli answers on %(url)s (Ctrl-C ends it).")
            % {"url": f"http://{options['host']}:{options['port']}"}
        )
        if not settings.PLAIN_HTTP:
            self.stdout.write(
                _("It expects a proxy with HTTPS in front; for a trial alone, set LINLI_PLAIN_HTTP=1.")
            )
        self.stdout.flush()
        _serve(options)


def _serve(options: dict[str, Any]) -> None:
    """Granian forks its workers from this process, as the loops are, so that all start with everything loaded."""
    settings.WEB_THREADS = options["threads"]
    _keep_caches_small()
    get_resolver().url_patterns  # noqa: B018  reads all views now, once for all workers
    gc.freeze()
    gc.set_threshold(
        10_000, 20, 20
    )  # what a request makes is freed as it goes; looking for circles seldom finds any
    server = Granian(
        "linli.conf.wsgi:application",
        address=options["host"],
        port=options["port"],
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # what a proxy speaks to us; HTTP/2 without TLS is only a way round it
        workers=options["processes"],
        blocking_threads=options["threads"],
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    # So many threads are meant (LINLI_THREADS says why); whoever runs a place should not wonder at every start.
    getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    processors.share_out(answering=options["processes"])
    with nullcontext() if options["no_loops"] else loops_apart():
        server.serve()


def _keep_caches_small() -> None:
    """Eighty threads with 16 MB of pages each would be a gigabyte; the one that opens cases takes its own again."""
    if settings.ON_SQLITE:
        told = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]
        told["init_command"] = told["init_command"].replace("cache_size=-16000", "cache_size=-2000")


def _check_one_process_on_sqlite(options: dict[str, Any]) -> None:
    if settings.ON_SQLITE and (options["processes"] > 1 or options["no_loops"]):
        raise CommandError(
            _(
                "SQLite has one writer: one process answers, one runs loops. For more, set DATABASE_URL to PostgreSQL."
            )
        )


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            raise CommandError(
                _("Port %(port)d on %(host)s is not free (%(reason)s). Choose another with --port.")
                % {"port": port, "host": host, "reason": trouble.strerror}
            ) from trouble


def _check_database() -> None:
    try:
        lacking = unapplied()
    except DatabaseError as trouble:
        raise CommandError(
            _("The database does not answer: %(reason)s") % {"reason": str(trouble).strip()}
        ) from trouble
    finally:
        connection.close()
    if lacking:
        raise CommandError(
            _("The database lacks %(count)d migrations: run `linli upgrade` (a new place: `linli init`).")
            % {"count": len(lacking)}
        )
