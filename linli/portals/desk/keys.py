"""The page about the keys, and the way from one case of a list to the next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from linli.base.errors import Refusal
from linli.cases.lists import LISTS, around
from linli.cases.models import Case
from linli.portals.desk.hats import seated
from linli.portals.desk.narrowing import FilterRow
from linli.posts.actor import PostActor


@dataclass(frozen=True)
class Way:
    """Where a case stands in the list it was opened from: the cases before and after it, and the list itself."""

    query: str
    back: str
    before: str = ""
    after: str = ""


@require_safe
@seated
def keys(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Which key does what."""
    return render(request, "desk/keys.html", {"by": by})


def way_through(query: QueryDict, by: PostActor) -> Way | None:
    """The neighbours of a case in its list, by the key in its address; None for a case opened by itself."""
    name, key = query.get("list", ""), query.get("at", "")
    if name not in LISTS or not key:
        return None
    choices = query.copy()
    for each in ("list", "at"):
        choices.pop(each, None)
    back = f"{reverse(f'desk:{name}')}?{choices.urlencode()}"
    try:
        before, after = around(name, by, FilterRow(choices, by=by).narrowing, key)
    except Refusal:
        return Way("", back)
    return Way(query.urlencode(), back, _address(before, query), _address(after, query))


def _address(found: tuple[Case, str] | None, query: QueryDict) -> str:
    if found is None:
        return ""
    case, key = found
    onwards = query.copy()
    onwards["at"] = key
    return f"{reverse('desk:case', args=[case.number])}?{onwards.urlencode()}"
