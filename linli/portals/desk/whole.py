"""The whole of a list, page after page, for files: the same lists, narrowed the same way, by the same post."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import pgettext

from linli.cases import lists
from linli.cases.models import Case
from linli.cases.walking import Turn
from linli.portals.desk.lists import title_of
from linli.portals.desk.narrowing import FilterRow
from linli.portals.desk.rows import CaseRow, case_of
from linli.portals.desk.rows import rows_of as shown_rows
from linli.posts.actor import PostActor

LISTS = tuple(lists.LISTS)


def narrowed_words(name: str, query: QueryDict, by: PostActor) -> str:
    """The list and how it is narrowed, in words, for whoever reads the file or has to approve it."""
    comma = pgettext("between items of a list", ", ")
    form = FilterRow(query, by=by)
    return comma.join([title_of(name), *(chip.words for chip in form.chips())])


def rows_of(name: str, query: QueryDict, by: PostActor) -> Iterator[CaseRow]:
    """Every row of a list, read page by page."""
    for rows in _pages(name, query, by):
        yield from shown_rows(rows)


def cases_of(name: str, query: QueryDict, by: PostActor, most: int) -> list[Case]:
    """The first cases of a list, at most one more than `most`, each once."""
    found: dict[Any, Case] = {}
    for rows in _pages(name, query, by):
        for row in rows:
            case = case_of(row)
            found[case.pk] = case
        if len(found) > most:
            break
    return list(found.values())[: most + 1]


def _pages(name: str, query: QueryDict, by: PostActor) -> Iterator[Sequence[Any]]:
    narrowing, key = FilterRow(query, by=by).narrowing, ""
    while True:
        page = lists.LISTS[name](by, narrowing, Turn(key))
        yield page.rows
        key = page.next_key
        if not key:
            return
