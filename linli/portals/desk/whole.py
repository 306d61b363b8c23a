"""The whole of a list, page after page, for files: the same lists, narrowed the same way, by the same post."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.base.errors import NotFound
from linli.base.text import tidy
from linli.cases import lists
from linli.cases.models import Case, Task
from linli.cases.narrowing import Narrowing
from linli.cases.walking import Page, Turn
from linli.portals.desk.lists import AreaFilter
from linli.portals.desk.rows import CaseRow, rows_of_cases, rows_of_tasks
from linli.posts.actor import PostActor

LISTS = ("to_do", "done", "area")


def title_of(name: str) -> str:
    """What a list is called."""
    titles = {
        "to_do": pgettext("desk", "To do"),
        "done": pgettext("desk", "Done"),
        "area": pgettext("desk", "Area"),
    }
    if name not in titles:
        raise NotFound
    return titles[name]


def moment_of(name: str) -> str:
    """What the moments of a list are."""
    return {"to_do": _("Handed to you"), "done": _("Finished by you")}.get(name, _("Reported"))


def narrowed_words(name: str, query: QueryDict) -> str:
    """The list and how it is narrowed, in words, for whoever reads the file or has to approve it."""
    colon, comma = pgettext("between a label and its value", ": "), pgettext("between items of a list", ", ")
    form = AreaFilter(query)
    form.is_valid()
    words = [title_of(name)]
    for bound in form if name == "area" else ():
        value = form.cleaned_data.get(bound.name)
        if value:
            choices = dict(_flat(getattr(bound.field, "choices", ())))
            words.append(f"{bound.label}{colon}{choices.get(value, value)}")
    return comma.join(words)


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def rows_of(name: str, query: QueryDict, by: PostActor) -> Iterator[CaseRow]:
    """Every row of a list, read page by page."""
    for rows in _pages(name, query, by):
        yield from rows_of_tasks(rows) if rows and isinstance(rows[0], Task) else rows_of_cases(rows)


def cases_of(name: str, query: QueryDict, by: PostActor, most: int) -> list[Case]:
    """The first cases of a list, at most one more than `most`, each once."""
    found: dict[Any, Case] = {}
    for rows in _pages(name, query, by):
        for row in rows:
            case = row.case if isinstance(row, Task) else row
            found[case.pk] = case
        if len(found) > most:
            break
    return list(found.values())[: most + 1]


def _pages(name: str, query: QueryDict, by: PostActor) -> Iterator[Sequence[Any]]:
    read, key = _reader(name, query, by), ""
    while True:
        page = read(key)
        yield page.rows
        key = page.next_key
        if not key:
            return


def _reader(name: str, query: QueryDict, by: PostActor) -> Callable[[str], Page]:
    if name == "to_do":
        return lambda key: lists.to_do(by, turn=Turn(key))
    if name == "done":
        return lambda key: lists.done(by, turn=Turn(key))
    form = AreaFilter(query)
    form.is_valid()
    given = form.cleaned_data
    kind, _dot, stage = given.get("stage", "").rpartition(".")
    wanted = Narrowing(kind=kind or given.get("kind", ""), stage=stage, words=tidy(given.get("words", "")))
    return lambda key: lists.in_area(by, wanted, Turn(key))
