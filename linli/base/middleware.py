"""Per request: learn what changed, and turn refusals into answers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from linli.base import generations

Answer = Callable[[HttpRequest], HttpResponse]
_WITHOUT_DATABASE = "/static/"


class Generations:
    """Reads the generation row once, so that a revoked power or a changed limit takes effect at once."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(_WITHOUT_DATABASE):
            generations.refresh()
        return self.answer(request)
