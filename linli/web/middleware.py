"""The one place where a refusal becomes an answer."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _

from linli.base.errors import Refusal, Unavailable
from linli.base.writing import is_store_trouble
from linli.web.errors import answer


class NotThisWay(Refusal):
    """The address exists, but is not opened like this (405)."""

    status = 405
    code = "not_this_way"


class Refusals:
    """Turns refusals raised in views, and trouble with the store, into pages or JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = answer(request, NotThisWay(_("This address cannot be opened like this.")))
            page["Allow"] = response.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what is ours to answer; everything else stays an error of the program."""
        if isinstance(exception, Refusal):
            return answer(request, exception)
        if isinstance(exception, OperationalError) and is_store_trouble(exception):
            return answer(request, Unavailable())
        if isinstance(exception, UnreadablePostError):
            return answer(request, Refusal(_("The request broke off before it was complete.")))
        return None
