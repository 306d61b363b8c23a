"""Telling other posts of a case: two clerks who do it at once tell them once."""

from __future__ import annotations

from typing import Any

from django.db import connection

from linli.cases.copying import copy_to
from linli.cases.models import Case, Copy
from linli.cases.test_taking import report
from linli.ledger.models import Entry


def test_two_who_tell_the_same_post_at_once_tell_it_once(committed_world: Any, at_once: Any) -> None:
    case = Case.everywhere.get(pk=report(committed_world).pk)
    by, posts = committed_world.by("chengguan_clerk"), [committed_world.posts["power"]]

    def act() -> list[Any]:
        try:
            return copy_to(case, posts, by=by)
        finally:
            connection.close()

    outcomes = at_once([act] * 8)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert Copy.objects.filter(case=case).count() == 1
    assert Entry.objects.filter(name="cases.copy", about=case.pk).count() == 1
