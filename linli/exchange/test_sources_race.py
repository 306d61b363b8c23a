"""Outside systems, in real transactions."""

from __future__ import annotations

from typing import Any

from django.db import connection

from linli.base.errors import Conflict
from linli.exchange.models import Source
from linli.exchange.sources import add_source


def test_of_two_who_add_the_same_source_at_once_one_is_refused_politely(
    committed_world: Any, at_once: Any
) -> None:
    by = committed_world.by("administrator")

    def act() -> None:
        try:
            add_source("hotline", "12345热线", committed_world.county, by=by)
        finally:
            connection.close()

    outcomes = [each for each in at_once([act] * 6) if each is not None]
    assert [type(each) for each in outcomes] == [Conflict] * 5
    assert Source.objects.count() == 1
