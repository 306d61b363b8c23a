"""Two addresses for whoever watches the machine: is the process alive, and can it take work."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.conf.condition import unapplied
from linli.ledger.triggers import missing

_migrated: set[str] = set()


class Watched:
    """Answers both before anything asks for whom the request is: who watches knows an address, not the place's name."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = ADDRESSES.get(request.path_info, self.answer)
        return view(request)


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; the database is not asked."""
    return _said("alive")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers, every migration is applied and the ledger's triggers are in place; else 503."""
    try:
        trouble = _trouble()
    except DatabaseError:
        connection.close()
        trouble = "the database does not answer"
    if trouble:
        return _said(f"not ready: {trouble}", status=503)
    return _said("ready")


def _said(text: str, *, status: int = 200) -> HttpResponse:
    """A line with its length, which no middleware adds out here."""
    line = f"{text}\n".encode()
    return HttpResponse(
        line, status=status, headers={"Content-Type": "text/plain", "Content-Length": len(line)}
    )


def _trouble() -> str:
    database = str(connection.settings_dict["NAME"])
    if database not in _migrated:  # the plan is read once: it cannot become unapplied under a running server
        if unapplied():
            return "migrations are missing"
        _migrated.add(database)
    return "triggers of the ledger are missing" if missing() else ""


ADDRESSES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": alive, "/readyz": ready}
