"""Who may open which address. Every address of the product is in this table, or the tests fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver


class Answer(Enum):
    """What a visitor gets."""

    OPEN = "opens"
    SIGN_IN = "must sign in first"
    HIDDEN = "looks as if it did not exist"
    REFUSED = "is refused"

    @classmethod
    def of(cls, response: HttpResponse) -> Answer:
        """Read an answer; a redirect to the sign-in page and 401 mean the same, bad input (4xx) has got in."""
        if response.status_code == 401:
            return cls.SIGN_IN
        if response.status_code in {301, 302, 303} and "/login" in response["Location"]:
            return cls.SIGN_IN
        return {404: cls.HIDDEN, 403: cls.REFUSED}.get(response.status_code, cls.OPEN)


VISITORS = ("signed_out", "wrong_division", "missing_power", "right_power")


@dataclass(frozen=True)
class Door:
    """One address: who of the demo county is sent to it, and what each must get.

    `fill(world)` gives the address's parameters, for something in the area of `right_power`.
    """

    answers: tuple[Answer, Answer, Answer, Answer]
    wrong_division: str = "liuhe_clerk"
    missing_power: str = "chengguan_team"
    right_power: str = "chengguan_clerk"
    fill: Callable[[Any], dict[str, Any]] = lambda _world: {}
    method: str = "get"
    data: tuple[tuple[str, str], ...] = ()


EVERYONE = (Answer.OPEN,) * 4
STAFF = (Answer.SIGN_IN, Answer.OPEN, Answer.OPEN, Answer.OPEN)
AREA_AND_POWER = (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.OPEN)
AREA = (Answer.SIGN_IN, Answer.HIDDEN, Answer.OPEN, Answer.OPEN)

# Address (with * for a family of addresses of a library) -> who may open it.
DOORS: dict[str, Door] = {
    "healthz": Door(EVERYONE),
    "readyz": Door(EVERYONE),
    "preferences/": Door(EVERYONE),
    "web/guide/": Door((Answer.HIDDEN,) * 4),  # in the demo only
}
# allauth guards its own pages; what it shows is about the visitor's own account only.
LIBRARY = ("account/*",)


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product as it is written in the urls modules."""
    yield from _below(get_resolver(), "")


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _below(each, route)
        else:
            yield route, each


def ours() -> dict[str, URLPattern]:
    """Every address that is not a library's."""
    return {
        route: pattern
        for route, pattern in routes()
        if not any(fnmatchcase(route, family) for family in LIBRARY)
    }
