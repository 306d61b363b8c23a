"""What is owed to an outside system: the list with its deadlines, and returning replies in the system's own form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import Conflict, Invalid
from linli.exchange.models import Foreign, Reply, Return, Source
from linli.exchange.sheets.owed import INTERIM, OPEN, OVERDUE, READY, is_answered, narrowed, owed
from linli.exchange.sheets.replies import (
    LONGEST_INTERIM,
    MOST_AT_ONCE,
    answer_of,
    chosen_of,
    form_of,
    give_back,
    return_of,
    returned_workbook,
)
from linli.exchange.sources import source_for
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.portals.desk.rows import stage_words
from linli.portals.desk.sheets import workbook_named
from linli.posts.actor import PostActor
from linli.residents.access import MATTERS
from linli.residents.models import How
from linli.residents.purposes import EXCHANGE
from linli.residents.showing import reading_as, show

PAGE = 50
MOST_RETURNS = 20
TABS = (
    ("", gettext_lazy("All")),
    (READY, gettext_lazy("Ready to return")),
    (OPEN, gettext_lazy("Not answered yet")),
    (OVERDUE, gettext_lazy("Past their deadline")),
    (INTERIM, gettext_lazy("Interim answer given")),
)


@dataclass(frozen=True)
class OwedRow:
    """What the list says about one case that is owed."""

    foreign: Foreign
    stage: str
    ready: bool


@require_safe
@seated
def owed_page(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """The cases whose answer a source still waits for, the most urgent first."""
    source = source_for(by, code, "exchange.read")
    reading_as(EXCHANGE, How.LIST)
    state = request.GET.get("state", "")
    page = _page(request)
    rows = (
        narrowed(owed([source], by=by), state)
        .select_related("case__division")
        .defer("case__division__outline")
    )
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "source": source,
        "state": state,
        "tabs": TABS,
        "rows": [OwedRow(each, stage_words(each.case), is_answered(each.case)) for each in found[:PAGE]],
        "page": page,
        "more": len(found) > PAGE,
        "form": form_of(source),
        "may_return": has(by, "exchange.sheets"),
        "returns": _returns(source),
    }
    return render(request, "desk/owed.html", context)


def _told_of(replies: Iterable[Reply]) -> None:
    """What was answered to somebody says what they raised and how it stands."""
    for each in replies:
        show(each.foreign.case.whose, MATTERS)


def _page(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 5 else 1


def _returns(source: Source) -> list[Return]:
    rows = Return.objects.filter(source=source).select_related("by_post").prefetch_related("replies")
    return list(rows.order_by("-id")[:MOST_RETURNS])


@require_POST
@seated
def return_replies(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """What would go back about the ticked cases; with a yes, it is marked as returned, and its workbook is there."""
    source = source_for(by, code, "exchange.sheets")
    reading_as(EXCHANGE, How.EXPORT)
    keys = _ticked(request)
    sure = "sure" in request.POST
    wrong = ""
    if sure:
        try:
            said = {key: request.POST.get(f"words_{key}", "") for key in keys}
            back = give_back(source, said, by=by)
            messages.success(request, _("Returned. Fetch the workbook and send it to the other system."))
            return redirect("desk:returned", code, back.pk)
        except Invalid as refusal:
            wrong = str(refusal.sentence)
    return render(
        request,
        "desk/return.html",
        _asked(request, (source, keys), wrong, by=by),
        status=422 if wrong else 200,
    )


def _ticked(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("pick")
    if not given:
        raise Invalid(_("Tick at least one case first."))
    if len(given) > MOST_AT_ONCE:
        raise Invalid(_("Return at most %(most)d at once.") % {"most": MOST_AT_ONCE})
    return [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 18]


def _asked(
    request: HttpRequest, chosen: tuple[Source, list[int]], wrong: str, *, by: PostActor
) -> dict[str, Any]:
    source, keys = chosen
    answers = [answer_of(each) for each in chosen_of(source, keys, by=by)]
    if not answers:
        raise Conflict(_("These have been returned already. Fetch the workbook again under “Returned”."))
    return {
        "source": source,
        "form": form_of(source),
        "answers": [(each, request.POST.get(f"words_{each.foreign.pk}", each.text)) for each in answers],
        "wrong": wrong,
        "longest": LONGEST_INTERIM,
    }


@require_safe
@seated
def returned(request: HttpRequest, by: PostActor, code: str, key: UUID) -> HttpResponse:
    """A return: what was told about which case, and its workbook."""
    source = source_for(by, code, "exchange.read")
    reading_as(EXCHANGE, How.LIST)
    back = return_of(source, key, by=by)
    replies = list(back.replies.select_related("foreign__case").order_by("pk"))
    _told_of(replies)
    context = {"source": source, "back": back, "replies": replies, "may_fetch": has(by, "exchange.sheets")}
    return render(request, "desk/returned.html", context)


@require_http_methods(["GET", "HEAD"])
@seated
def returned_file(request: HttpRequest, by: PostActor, code: str, key: UUID) -> HttpResponse:
    """The workbook of a return, in the source's own form; the same however often it is fetched."""
    source = source_for(by, code, "exchange.sheets")
    reading_as(EXCHANGE, How.EXPORT)
    back = return_of(source, key, by=by)
    _told_of(back.replies.select_related("foreign__case"))
    return workbook_named(returned_workbook(back), f"{source.name}-{localtime(back.at):%Y%m%d-%H%M}")
