"""Three addresses for whoever watches the machine: is the process alive, can it take work, and how is it doing."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.conf.condition import unapplied
from linli.conf.metrics import REQUESTS, may_read, measured
from linli.ledger.triggers import missing

_migrated: set[str] = set()


class Watched:
    """Answers both before anything asks for whom the request is: who watches knows an address, not the place's name."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view, begun = ADDRESSES.get(request.path_info, self.answer), REQUESTS.begin()
        status = 500
        try:
            response = view(request)
            status = response.status_code
            return response
        finally:
            REQUESTS.end(request, status, begun)


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


@require_safe
@never_cache
def measures(request: HttpRequest) -> HttpResponse:
    """Numbers for whoever has the token of LINLI_METRICS_TOKEN; for everybody else there is nothing here."""
    if not may_read(request):
        return _said("nothing here", status=404)
    try:
        return _said(measured().rstrip("\n"), form="text/plain; version=0.0.4; charset=utf-8")
    except DatabaseError:
        connection.close()
        return _said("the database does not answer", status=503)


def _said(text: str, *, status: int = 200, form: str = "text/plain") -> HttpResponse:
    """A line with its length, which no middleware adds out here."""
    line = f"{text}\n".encode()
    return HttpResponse(line, status=status, headers={"Content-Type": form, "Content-Length": len(line)})


def _trouble() -> str:
    database = str(connection.settings_dict["NAME"])
    if database not in _migrated:  # the plan is read once: it cannot become unapplied under a running server
        if unapplied():
            return "migrations are missing"
        _migrated.add(database)
    return "triggers of the ledger are missing" if missing() else ""


ADDRESSES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": alive,
    "/readyz": ready,
    "/metrics": measures,
}
