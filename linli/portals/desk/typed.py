"""What somebody had typed when their session or appointment ended in the middle of a call: back after signing in."""

from __future__ import annotations

from functools import wraps
from typing import cast

from django.http import HttpRequest, HttpResponse

from linli.residents.hats import Given, Opened
from linli.web import typed

KEPT = "desk.typed"


def typed_stays(page: Opened[Given]) -> Opened[Given]:
    """Around a page of the desk: what was sent to it in vain waits in the session."""

    @wraps(page)
    def kept(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        request.typed_stays = True  # type: ignore[attr-defined]
        response = page(request, *args, **kwargs)
        if request.method == "POST" and not hasattr(request, "desk"):
            typed.keep_typed(request, KEPT, request.path)
        return response

    return cast("Opened[Given]", kept)


def take_back(request: HttpRequest) -> dict[str, str]:
    """What waits for this page, once."""
    return typed.take_back(request, KEPT, request.path)
