"""The lists of the desk: to do (待办), done (已办), raised (我发起的), copied (抄送) and area (辖区)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linli.base.errors import NotFound
from linli.base.text import half_width, tidy
from linli.cases import lists
from linli.cases.bodywork import Waiting, waiting_of
from linli.cases.copying import log_search
from linli.cases.filters import SHARE
from linli.cases.walking import Page, Turn
from linli.portals.desk.batches import batches_for
from linli.portals.desk.filtering import offered
from linli.portals.desk.hats import seated
from linli.portals.desk.narrowing import PAGE_KEYS, FilterRow
from linli.portals.desk.places import has
from linli.portals.desk.rows import CaseRow, case_of, rows_of
from linli.posts.actor import PostActor
from linli.posts.may import watches
from linli.posts.models import PostKind
from linli.posts.tree import standing_at
from linli.residents.models import How
from linli.residents.purposes import OVERSEE, SEARCH, TOLD, WORK
from linli.residents.showing import reading_as

BY_STEP = {PostKind.MEDIATOR, PostKind.HEAD}  # whose cases stay with them through many steps
_NUMBER = re.compile(r"\d{6}-\d{2}-\d+-\d")


@dataclass(frozen=True)
class Entry:
    """A row of a list, the case's address as the list's next one, and what a tick box says of it."""

    row: CaseRow
    address: str
    pick: str


@dataclass(frozen=True)
class Listing:
    """A page of a list as it is shown."""

    rows: list[Entry]
    title: str
    moment: str
    page: Page
    onwards: str
    backwards: str


def title_of(name: str) -> str:
    """What a list is called; NotFound for any other."""
    titles = {
        "to_do": pgettext("desk", "To do"),
        "done": pgettext("desk", "Done"),
        "raised": pgettext("desk", "Raised here"),
        "copied": pgettext("desk", "Copied to you"),
        "area": pgettext("desk", "Area"),
    }
    if name not in titles:
        raise NotFound
    return titles[name]


def moment_of(name: str) -> str:
    """What the moments of a list are."""
    words = {"to_do": _("Handed to you"), "done": _("Finished by you"), "copied": _("Copied to you")}
    return words.get(name, _("Reported"))


@require_safe
@seated
def to_do(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The open tasks of the hat, the most pressing first."""
    return _shown(request, by, "to_do")


@require_safe
@seated
def done(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What this post finished, the last first."""
    return _shown(request, by, "done")


@require_safe
@seated
def raised(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What this post opened, the last first."""
    return _shown(request, by, "raised")


@require_safe
@seated
def copied(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What this post was told of, the last first."""
    return _shown(request, by, "copied")


@require_safe
@seated
def area(request: HttpRequest, by: PostActor) -> HttpResponse:
    """All cases of the hat's area, newest first; a whole number in the search box opens its case."""
    number = half_width(tidy(request.GET.get("words", "")))
    if _NUMBER.fullmatch(number):
        return redirect("desk:case", number)
    return _shown(request, by, "area")


def why_listed(name: str, *, words: str) -> tuple[str, How]:
    """Why a list shows what people raised, and how, as they will read it."""
    if words:
        return SEARCH, How.HIT
    return {"area": OVERSEE, "copied": TOLD}.get(name, WORK), How.LIST


def turn_of(query: QueryDict) -> Turn:
    """Which page of a list an address asks for."""
    if key := query.get("before", ""):
        return Turn(key, back=True)
    return Turn(query.get("after", ""))


def _shown(request: HttpRequest, by: PostActor, name: str) -> HttpResponse:
    form, turn = FilterRow(request.GET, by=by), turn_of(request.GET)
    page = lists.LISTS[name](by, form.narrowing, turn)
    reading_as(*why_listed(name, words=form.narrowing.words))
    if form.narrowing.words and not turn.key:
        log_search(form.narrowing.words, name, by=by)
    batches = batches_for(page.rows, by) if name in {"to_do", "area"} else []
    context = {
        "page": _listing(name, request.GET, page),
        "form": form,
        "export": address_with(reverse("desk:exports"), request.GET, list=name),
        "list": name,
        "by": by,
        "afar": watches(by),
        "may_share": has(by, SHARE),
        "node": standing_at(by, form.narrowing.place),
        "without_place": address_with("", request.GET, place=""),
        "tabs": _tabs(request),
        "batches": batches,
        "steps": _by_step(request, by) if name == "to_do" and by.post.kind in BY_STEP else [],
        "filters": offered(by),
        "here": address_with("", request.GET),
    }
    return render(request, "desk/list.html", context)


@dataclass(frozen=True)
class Step:
    """A step that comes next in some of one's cases, and the list of these."""

    waiting: Waiting
    address: str
    chosen: bool


def _by_step(request: HttpRequest, by: PostActor) -> list[Step]:
    names = [(f"{each.kind}.{each.stage}", each) for each in waiting_of(by)]
    own, chosen = reverse("desk:to_do"), request.GET.get("stage", "")
    return [
        Step(each, address_with(own, request.GET, stage="" if name == chosen else name), name == chosen)
        for name, each in names
    ]


def _listing(name: str, query: QueryDict, page: Page) -> Listing:
    rows, cases = rows_of(page.rows), [case_of(each) for each in page.rows]
    entries = [
        Entry(
            row,
            address_with(reverse("desk:case", args=[row.number]), query, list=name, at=key),
            f"{row.number}:{case.version}",
        )
        for row, key, case in zip(rows, page.keys, cases, strict=True)
    ]
    return Listing(
        entries,
        title_of(name),
        moment_of(name),
        page,
        address_with("", query, after=page.next_key) if page.next_key else "",
        address_with("", query, before=page.previous_key) if page.previous_key else "",
    )


def address_with(path: str, query: QueryDict, **given: str) -> str:
    """An address with the list's choices, without its page, and with these parameters."""
    left = query.copy()
    for name in (*PAGE_KEYS, *given):
        left.pop(name, None)
    for name, value in given.items():
        if value:
            left[name] = value
    return f"{path}?{left.urlencode()}"


@dataclass(frozen=True)
class Tab:
    """One of the lists above each list, with how many rows it has."""

    name: str
    label: str
    address: str
    waiting: str


def _tabs(request: HttpRequest) -> list[Tab]:
    counted: Any = request.desk.counted  # type: ignore[attr-defined]
    return [
        Tab(name, title_of(name), reverse(f"desk:{name}"), counted.get(name, ""))
        for name in ("to_do", "done", "raised", "copied", "area")
    ]
