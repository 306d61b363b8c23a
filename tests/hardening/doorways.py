"""Going to every address as whoever may open it, and writing down what each of them reads of a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse, QueryDict
from django.test import Client

from tests.answers import Door
from tests.doors import DOORS

ROUTES = sorted(DOORS)
_READERS = ("get", "getlist", "__getitem__", "__contains__")


def address_of(route: str, door: Door, world: Any) -> str:
    """A route with its parameters filled in, for something in the area of whoever may open it."""
    filled = door.fill(world)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found.group(1)]), route)


def visitor(world: Any, door: Door) -> Client:
    """The browser of whoever may open it; a mistake of the program comes back as 500, as it would outside."""
    client = Client(raise_request_exception=False)
    client.force_login(world.by(door.right_power).holding.account)
    return client


def went(client: Client, address: str, door: Door) -> HttpResponse:
    """The usual request to a door."""
    return getattr(client, door.method)(address, dict(door.data))


@contextmanager
def names_read() -> Iterator[set[str]]:
    """The names of parameters and form fields that are looked at meanwhile, whatever they are."""
    found: set[str] = set()
    kept = {name: getattr(QueryDict, name) for name in _READERS}

    def noting(usual: Any) -> Any:
        def read(self: QueryDict, name: Any, *rest: Any, **further: Any) -> Any:
            if isinstance(name, str):
                found.add(name)
            return usual(self, name, *rest, **further)

        return read

    for name, usual in kept.items():
        setattr(QueryDict, name, noting(usual))
    try:
        yield found
    finally:
        for name, usual in kept.items():
            if name in vars(QueryDict):
                setattr(QueryDict, name, usual)
